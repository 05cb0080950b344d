package rpc_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
	"go.uber.org/goleak"

	"github.com/rampart-chain/rampart/relay/rpc"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/rpc/rpctest"
	"github.com/rampart-chain/rampart/relay/txpool"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// serve serves a chain, both families of methods, until the test ends.
func serve(t *testing.T, c jsonrpc.Config) (*rpctest.Chain, string) {
	t.Helper()
	chain := rpctest.New(t, true)
	s, err := rpc.New(rpc.Endpoint{Listen: []string{"127.0.0.1:0"}, JSONRPC: c}, rpc.Backend{
		Chain: chain.Chain, Transactions: chain.Transactions(txpool.Params{}), Archive: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return chain, "ws://" + s.Addresses()[0]
}

func dial(t *testing.T, address string) *websocket.Conn {
	t.Helper()
	socket, _, err := websocket.Dial(t.Context(), address, nil)
	if err != nil {
		t.Fatal(err)
	}
	socket.SetReadLimit(16 << 20)
	t.Cleanup(func() { socket.CloseNow() })
	return socket
}

// TestEndpoints serves one chain at three addresses, one of which cannot be had.
func TestEndpoints(t *testing.T) {
	chain := rpctest.New(t, true)
	backend := rpc.Backend{Chain: chain.Chain}
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	e := rpc.Endpoint{Listen: []string{"127.0.0.1:0"}, More: []rpc.Endpoint{
		{Listen: []string{taken.Addr().String()}, Optional: true},
		{Listen: []string{"127.0.0.1:0"}, JSONRPC: jsonrpc.Config{Exposure: jsonrpc.SafeOnly}},
	}}
	s, err := rpc.New(e, backend)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	if len(s.Addresses()) != 2 {
		t.Fatalf("listens on %q, want two addresses", s.Addresses())
	}
	for i, refused := range []bool{false, true} {
		socket := dial(t, "ws://"+s.Addresses()[i])
		a := ask(t, socket, "state_getKeys")
		socket.CloseNow()
		if got := a.Error != nil && strings.Contains(a.Error.Message, "unsafe"); got != refused {
			t.Errorf("an unsafe method at %s: %+v, want refused %t", s.Addresses()[i], a, refused)
		}
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	alone, err := rpc.New(rpc.Endpoint{Listen: e.More[0].Listen, Optional: true}, backend)
	if err != nil || len(alone.Addresses()) != 0 {
		t.Fatal(alone, err)
	}
	synctest.Test(t, func(t *testing.T) { runsOn(t, alone) })
	e.More[0].Optional = false
	if s, err := rpc.New(e, backend); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("an address in use: %v, %v", s, err)
	}
	e.More[0] = rpc.Endpoint{JSONRPC: jsonrpc.Config{Exposure: "sometimes"}}
	if s, err := rpc.New(e, backend); !errors.Is(err, jsonrpc.ErrConfig) {
		t.Errorf("rules that are none: %v, %v", s, err)
	}
}

// runsOn checks that a server without a listener runs until its context ends.
func runsOn(t *testing.T, s *rpc.Server) {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	synctest.Wait()
	select {
	case err := <-ended:
		t.Errorf("a server without listener ended: %v", err)
	default:
		stop()
		<-ended
	}
	stop()
}

type answer struct {
	Result json.RawMessage
	Error  *struct {
		Code    int
		Message string
	}
}

// ask calls a method without parameters.
func ask(t *testing.T, socket *websocket.Conn, method string) (a answer) {
	t.Helper()
	if err := wsjson.Write(t.Context(), socket, map[string]any{"jsonrpc": "2.0", "id": 1, "method": method}); err != nil {
		t.Fatal(err)
	}
	for {
		_, text, err := socket.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), `"id":1`) { // else a notification
			if err := json.Unmarshal(text, &a); err != nil {
				t.Fatal(err)
			}
			return a
		}
	}
}

// unsafeMethods are those that strangers may not call, without those of the keystore
// and of peers: a chain without them is served here. A new method is one of them until
// it says that it is safe. state_subscribeStorage is refused because no keys are given.
var unsafeMethods = []string{"state_getKeys", "state_getPairs", "state_queryStorage", "state_subscribeStorage", "system_dryRun", "system_dryRunAt"}

// TestStrangersCallNothingUnsafe calls every method that there is as a stranger.
func TestStrangersCallNothingUnsafe(t *testing.T) {
	_, address := serve(t, jsonrpc.Config{Exposure: jsonrpc.SafeOnly})
	socket := dial(t, address)
	var list struct{ Methods []string }
	if err := json.Unmarshal(ask(t, socket, "rpc_methods").Result, &list); err != nil {
		t.Fatal(err)
	}
	var refused []string
	for _, method := range list.Methods {
		if a := ask(t, socket, method); a.Error != nil && a.Error.Code == jsonrpc.CodeMethodNotFound && strings.Contains(a.Error.Message, "unsafe") {
			refused = append(refused, method)
		}
	}
	if len(list.Methods) < 80 || !slices.Equal(refused, unsafeMethods) {
		t.Errorf("of %d methods, refused are %q, want %q", len(list.Methods), refused, unsafeMethods)
	}
}

// heap returns what lives in memory, in bytes.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Of TestSubscribersThatDoNotRead: 1,024 subscriptions.
const (
	clients         = 32
	perClient       = 32
	maxGrowth       = 64 << 20
	blocksOfTheTest = 100
)

// TestSubscribersThatDoNotRead grows a chain with 1,024 subscribers, of whom half
// never read: memory stays bounded, and those who read learn of the last block.
func TestSubscribersThatDoNotRead(t *testing.T) {
	if testing.Short() {
		t.Skip("sends a hundred thousand notifications")
	}
	chain, address := serve(t, jsonrpc.Config{})
	seen := make(chan error, clients)
	for i := range clients {
		socket := dial(t, address)
		for id := range perClient {
			if err := wsjson.Write(t.Context(), socket, map[string]any{"jsonrpc": "2.0", "id": id, "method": "chain_subscribeAllHeads", "params": []any{}}); err != nil {
				t.Fatal(err)
			}
		}
		if i%2 == 0 {
			continue // never reads
		}
		// All its subscriptions stand before the chain grows.
		for range perClient {
			var a answer
			if err := wsjson.Read(t.Context(), socket, &a); err != nil || a.Error != nil {
				t.Fatal(a, err)
			}
			_ = wsjson.Read(t.Context(), socket, &a) // the present head
		}
		go func() { seen <- follow(t.Context(), socket) }()
	}
	before := heap()
	var most uint64
	for n := range blocksOfTheTest {
		chain.GrowBest(1)
		if n%20 == 0 {
			most = max(most, heap())
		}
	}
	for range clients / 2 {
		if err := <-seen; err != nil {
			t.Error(err)
		}
	}
	if most > before+maxGrowth {
		t.Errorf("heap grew from %d to %d bytes", before, most)
	}
}

// follow reads until it was told of the last block by each of its subscriptions.
func follow(ctx context.Context, socket *websocket.Conn) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	last := fmt.Sprintf("0x%x", blocksOfTheTest)
	for told := 0; told < perClient; {
		var n struct {
			Params struct{ Result struct{ Number string } }
		}
		if err := wsjson.Read(ctx, socket, &n); err != nil {
			return fmt.Errorf("after %d of %d subscriptions: %w", told, perClient, err)
		}
		if n.Params.Result.Number == last {
			told++
		}
	}
	return nil
}
