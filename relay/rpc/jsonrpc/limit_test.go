package jsonrpc

import (
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// Each limit at its last good value and one above, with its code.
func TestSizes(t *testing.T) {
	const limit = 100_000
	_, address, _ := serve(t, Config{Limits: Limits{Request: limit, Response: limit, Batch: 3}}, newChain())
	ws := dial(t, address, nil)
	for _, each := range []struct{ name, call, want string }{
		{"response", fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"chain_big","params":[%d]}`, limit-2), `{"jsonrpc":"2.0","id":1,"result":"` + strings.Repeat("x", limit-2) + `"}`},
		{"response too big", fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"chain_big","params":[%d]}`, limit-1), `{"jsonrpc":"2.0","id":1,"error":{"code":-32008,"message":"Response is too big","data":"Exceeded max limit of 100000"}}`},
		{"request", fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"state_null"%s}`, strings.Repeat(" ", limit-46)), `{"jsonrpc":"2.0","id":1,"result":null}`},
		{"batch", `[` + strings.Repeat(`1,`, 2) + `1]`, `[` + strings.Repeat(`{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Invalid request"}},`, 2) + `{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Invalid request"}}]`},
		{"batch too large", `[1,1,1,1]`, `{"jsonrpc":"2.0","id":null,"error":{"code":-32010,"message":"The batch request was too large","data":"Exceeded max limit of 3"}}`},
		{"batch response too big", `[{"jsonrpc":"2.0","id":1,"method":"chain_big","params":[60000]},{"jsonrpc":"2.0","id":1,"method":"chain_big","params":[60000]}]`, `{"jsonrpc":"2.0","id":null,"error":{"code":-32011,"message":"The batch response was too large","data":"Exceeded max limit of 100000"}}`},
	} {
		t.Run(each.name, func(t *testing.T) {
			ws.t = t
			if each.name == "request" && len(each.call) != limit {
				t.Fatalf("request of %d bytes", len(each.call))
			}
			ws.send(each.call)
			ws.want(each.want)
			if _, got := post(t, address, each.call); got != each.want {
				t.Errorf("by HTTP: %.200s", got)
			}
		})
	}
	const tooBig = `{"jsonrpc":"2.0","id":null,"error":{"code":-32007,"message":"Request is too big","data":"Exceeded max limit of 100000"}}`
	large := `{"jsonrpc":"2.0","id":1,"method":"state_null"` + strings.Repeat(" ", limit-45) + "}"
	if status, got := post(t, address, large); status != 413 || got != tooBig {
		t.Errorf("by HTTP: %d %s", status, got)
	}
	ws.t = t
	ws.send(large)
	ws.want(tooBig)
	if _, err := ws.tryRead(); websocket.CloseStatus(err) != websocket.StatusMessageTooBig {
		t.Errorf("after a request that is too big: %v", err)
	}
}

// A body without a length is not read beyond the limit.
func TestEndlessBody(t *testing.T) {
	_, address, _ := serve(t, Config{}, newChain())
	r, _ := http.NewRequestWithContext(t.Context(), "POST", "http://"+address, endless{})
	r.ContentLength = -1
	r.Header.Set("Content-Type", "application/json")
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	answer, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	answer.Body.Close()
	if answer.StatusCode != 413 {
		t.Errorf("status %d", answer.StatusCode)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > 80<<20 {
		t.Errorf("%d MiB allocated for a body of at most 15", got>>20)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestBatchesRefused(t *testing.T) {
	_, address, _ := serve(t, Config{Limits: Limits{Batch: -1}}, newChain())
	if _, got := post(t, address, `[`+rotate+`]`); got != `{"jsonrpc":"2.0","id":null,"error":{"code":-32005,"message":"Batched requests are not supported by this server"}}` {
		t.Error(got)
	}
	if _, got := post(t, address, rotate); !strings.Contains(got, "0xkeys") {
		t.Error(got)
	}
}

func TestSubscriptionLimit(t *testing.T) {
	c := newChain()
	s, address, _ := serve(t, Config{Limits: Limits{Subscriptions: 3}}, c)
	ws := dial(t, address, nil)
	const call = `{"id":1,"jsonrpc":"2.0","method":"chain_subscribeNewHead"}`
	const full = `{"jsonrpc":"2.0","id":1,"error":{"code":-32006,"message":"Too many subscriptions on the connection","data":"Exceeded max limit of 3"}}`
	var ids []string
	for range 3 {
		ids = append(ids, ws.subscribe(call))
		ws.read()
	}
	for range 20 {
		ws.send(call)
		ws.want(full)
		ws.send(`{"id":2,"jsonrpc":"2.0","method":"chain_unsubscribeNewHead","params":["` + ids[0] + `"]}`)
		ws.want(`{"jsonrpc":"2.0","id":2,"result":true}`)
		ids = append(ids[1:], ws.subscribe(call))
		ws.read()
	}
	// Subscriptions that end by themselves or are refused give their places free.
	ws.send(`{"id":2,"jsonrpc":"2.0","method":"chain_unsubscribeNewHead","params":["` + ids[0] + `"]}`)
	ws.want(`{"jsonrpc":"2.0","id":2,"result":true}`)
	for range 20 {
		ws.send(`{"id":1,"jsonrpc":"2.0","method":"author_submitAndWatchExtrinsic","params":["0x"]}`)
		ws.want(`{"jsonrpc":"2.0","id":1,"error":{"code":1010,"message":"Invalid Transaction","data":"Transaction has a bad signature"}}`)
	}
	other := dial(t, address, nil)
	other.subscribe(call)
	other.read()
	s.subscriptions.take(maxSubscriptions - 3) // those of many other connections
	other.send(call)
	other.want(`{"jsonrpc":"2.0","id":1,"error":{"code":-32006,"message":"Too many subscriptions on the server","data":"Exceeded max limit of 16384"}}`)
}

// Nothing more is read of a client whose calls are all in progress; it is read on
// as they end.
func TestCallsAtOnce(t *testing.T) {
	c := newChain()
	_, address, _ := serve(t, Config{Limits: Limits{Calls: 2}}, c)
	ws := dial(t, address, nil)
	const n = 10
	for i := range n {
		ws.send(fmt.Sprintf(`{"id":%d,"jsonrpc":"2.0","method":"chain_hold"}`, i))
	}
	<-c.held
	<-c.held
	for range n - 2 {
		select {
		case <-c.held:
			t.Fatal("a third call at once")
		default:
		}
		c.hold <- struct{}{}
		ws.read()
		<-c.held
	}
	close(c.hold)
	ws.read()
	ws.read()
}

// A full backlog refuses answers and is free again when they are sent.
func TestBacklog(t *testing.T) {
	_, address, _ := serve(t, Config{Limits: Limits{Backlog: 1000}}, newChain())
	ws := dial(t, address, nil)
	for range 3 {
		const call = `{"id":9,"jsonrpc":"2.0","method":"chain_big","params":[2000]}`
		const busy = `{"jsonrpc":"2.0","id":9,"error":{"code":-32009,"message":"Server is busy, try again later"}}`
		ws.send(call)
		ws.want(busy)
		if _, got := post(t, address, call); got != busy {
			t.Error(got)
		}
		ws.send(`{"id":9,"jsonrpc":"2.0","method":"chain_big","params":[3]}`)
		ws.want(`{"jsonrpc":"2.0","id":9,"result":"xxx"}`)
	}
}

// A socket that ends while much waits for it leaves nothing behind.
func TestClientGoes(t *testing.T) {
	c := newChain()
	s, address, end := serve(t, Config{}, c)
	for range 5 {
		ws := dial(t, address, nil)
		ws.subscribe(`{"id":1,"jsonrpc":"2.0","method":"state_subscribeStorage"}`)
		ws.send(`{"id":2,"jsonrpc":"2.0","method":"chain_hold"}`)
		<-c.held
		ws.CloseNow()
		if err := <-c.gone; err != nil && !errors.Is(err, ErrEnded) {
			t.Errorf("run returned %v", err)
		}
	}
	if err := end(); err != nil {
		t.Fatal(err)
	}
	if s.backlog.used.Load() != 0 || s.subscriptions.used.Load() != 0 || s.connections.Load() != 0 || len(s.large) != 0 {
		t.Errorf("left: %d bytes, %d subscriptions, %d connections", s.backlog.used.Load(), s.subscriptions.used.Load(), s.connections.Load())
	}
}
