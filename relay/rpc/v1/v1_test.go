package v1_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/goleak"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/rpc/rpctest"
	v1 "github.com/rampart-chain/rampart/relay/rpc/v1"
	"github.com/rampart-chain/rampart/relay/scale"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/dgraph-io/badger/v4.(*DB).monitorCache"),
		goleak.IgnoreAnyFunction("github.com/dgraph-io/ristretto/v2/z.(*AllocatorPool).freeupAllocators"))
}

// patience is how long a test waits for something that must come.
const patience = 20 * time.Second

// serve serves a chain until the test ends.
func serve(t testing.TB, config v1.Config, options ...jsonrpc.Config) (address string) {
	t.Helper()
	options = append(options, jsonrpc.Config{})
	s, err := jsonrpc.New(options[0])
	must(t, err)
	v1.Register(s, config)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		must(t, <-ended)
	})
	return l.Addr().String()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// client is a connection that keeps notifications until they are asked for.
type client struct {
	*websocket.Conn
	t      testing.TB
	last   int
	queues map[string][]event
}

// event is the result of a notification.
type event map[string]any

func (e event) name() string { s, _ := e["event"].(string); return s }

// list returns a list of strings.
func (e event) list(name string) (out []string) {
	values, _ := e[name].([]any)
	for _, each := range values {
		out = append(out, each.(string))
	}
	return out
}

func dial(t testing.TB, address string) *client {
	t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	conn, _, err := websocket.Dial(ctx, "ws://"+address, nil)
	must(t, err)
	conn.SetReadLimit(-1)
	c := &client{Conn: conn, t: t, queues: map[string][]event{}}
	t.Cleanup(func() { _ = conn.CloseNow() })
	return c
}

// message is what a server sends.
type message struct {
	ID     *int
	Result json.RawMessage
	Error  *struct {
		Code    int
		Message string
		Data    any
	}
	Method string
	Params struct {
		Subscription string
		Result       event
	}
}

func (c *client) read() message {
	c.t.Helper()
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	_, text, err := c.Read(ctx)
	must(c.t, err)
	var m message
	must(c.t, json.Unmarshal(text, &m))
	if m.ID == nil {
		c.queues[m.Params.Subscription] = append(c.queues[m.Params.Subscription], m.Params.Result)
	}
	return m
}

// try makes a call with parameters as they stand in JSON, and returns the answer.
func (c *client) try(method, params string, arguments ...any) message {
	c.t.Helper()
	c.last++
	ctx, stop := context.WithTimeout(context.Background(), patience)
	defer stop()
	text := fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":%q,"params":%s}`, c.last, method, fmt.Sprintf(params, arguments...))
	must(c.t, c.Write(ctx, websocket.MessageText, []byte(text)))
	for {
		if m := c.read(); m.ID != nil {
			if *m.ID != c.last {
				c.t.Fatalf("answer to call %d, want that to %d", *m.ID, c.last)
			}
			return m
		}
	}
}

// call makes a call that succeeds, and returns the result as JSON.
func (c *client) call(method, params string, arguments ...any) string {
	c.t.Helper()
	m := c.try(method, params, arguments...)
	if m.Error != nil {
		c.t.Fatalf("%s%s: %+v", method, fmt.Sprintf(params, arguments...), *m.Error)
	}
	return string(m.Result)
}

// refused makes a call that fails with a code.
func (c *client) refused(code int, method, params string, arguments ...any) {
	c.t.Helper()
	m := c.try(method, params, arguments...)
	if m.Error == nil {
		c.t.Errorf("%s%s is %s, want code %d", method, fmt.Sprintf(params, arguments...), m.Result, code)
	} else if m.Error.Code != code {
		c.t.Errorf("%s%s: %+v, want code %d", method, fmt.Sprintf(params, arguments...), *m.Error, code)
	}
}

// want makes a call and compares the result.
func (c *client) want(result, method, params string, arguments ...any) {
	c.t.Helper()
	if got := c.call(method, params, arguments...); got != result {
		c.t.Errorf("%s%s\ngot  %.300s\nwant %.300s", method, fmt.Sprintf(params, arguments...), got, result)
	}
}

// subscribe makes a call whose result is an id.
func (c *client) subscribe(method, params string, arguments ...any) (id string) {
	c.t.Helper()
	must(c.t, json.Unmarshal([]byte(c.call(method, params, arguments...)), &id))
	return id
}

// next returns the next notification of a subscription.
func (c *client) next(id string) event {
	c.t.Helper()
	for len(c.queues[id]) == 0 {
		if m := c.read(); m.ID != nil {
			c.t.Fatalf("answer %d out of turn", *m.ID)
		}
	}
	e := c.queues[id][0]
	c.queues[id] = c.queues[id][1:]
	return e
}

// expect compares the next notifications of a subscription, each in the words of
// tell.
func (c *client) expect(id string, want ...string) {
	c.t.Helper()
	for _, each := range want {
		if got := c.next(id).tell(); got != each {
			c.t.Fatalf("event %s, want %s", got, each)
		}
	}
}

// tell returns an event about blocks in words.
func (e event) tell() string {
	name := e.name()
	if e["block"] != nil {
		name = "" // it is about a transaction
	}
	switch name {
	case "initialized":
		return "initialized " + strings.Join(e.list("finalizedBlockHashes"), " ")
	case "newBlock":
		return fmt.Sprintf("new %s on %s", e["blockHash"], e["parentBlockHash"])
	case "bestBlockChanged":
		return fmt.Sprintf("best %s", e["bestBlockHash"])
	case "finalized":
		pruned := e.list("prunedBlockHashes")
		slices.Sort(pruned)
		return fmt.Sprintf("final %s pruned %s", strings.Join(e.list("finalizedBlockHashes"), " "), strings.Join(pruned, " "))
	}
	text, _ := json.Marshal(e)
	return string(text)
}

func newOn(child, parent primitives.BlockID) string {
	return fmt.Sprintf("new %s on %s", child.Hash, parent.Hash)
}

func best(id primitives.BlockID) string { return "best " + id.Hash.String() }

// finish starts an operation and returns its events up to the last one, without their
// operation.
func (c *client) finish(follow, method, params string, arguments ...any) (events []event) {
	c.t.Helper()
	var started struct{ Result, OperationID string }
	must(c.t, json.Unmarshal([]byte(c.call(method, params, arguments...)), &started))
	if started.Result != "started" {
		c.t.Fatalf("%s: %s", method, started.Result)
	}
	for {
		e := c.nextOf(follow, started.OperationID)
		events = append(events, e)
		switch e.name() {
		case "operationStorageItems":
		case "operationWaitingForContinue":
			c.want("null", "chainHead_v1_continue", `[%q,%q]`, follow, started.OperationID)
		default:
			return events
		}
	}
}

// nextOf returns the next event of an operation, and keeps others.
func (c *client) nextOf(follow, operation string) event {
	c.t.Helper()
	for seen := 0; ; seen++ {
		for seen >= len(c.queues[follow]) {
			if m := c.read(); m.ID != nil {
				c.t.Fatalf("answer %d out of turn", *m.ID)
			}
		}
		if e := c.queues[follow][seen]; e["operationId"] == operation {
			c.queues[follow] = slices.Delete(c.queues[follow], seen, seen+1)
			delete(e, "operationId")
			return e
		}
	}
}

// wire returns an extrinsic in hexadecimal as it is in a block: behind its length.
func wire(x primitives.Extrinsic) string {
	return hexOf(append(scale.AppendCompact(nil, uint64(len(x))), x...))
}

func hexOf(b []byte) string { return "0x" + hex.EncodeToString(b) }

// begin starts a server, a client and a follow, past its first event and, on a chain
// without unfinalized blocks, its first best block.
func begin(t testing.TB, limits v1.Limits) (*rpctest.Chain, *client, string) {
	t.Helper()
	chain := rpctest.New(t, true)
	c := dial(t, serve(t, v1.Config{Chain: chain.Chain, Archive: true, Limits: limits}))
	id := c.subscribe("chainHead_v1_follow", "[true]")
	c.expect(id, "initialized "+chain.Genesis.Hash.String(), best(chain.Genesis))
	return chain, c, id
}
