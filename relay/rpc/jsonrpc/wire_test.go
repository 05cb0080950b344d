package jsonrpc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/prometheus/client_golang/prometheus"
)

// TestCalls sends what clients send, and looks at every byte of the answer. Both
// ways to call answer the same.
func TestCalls(t *testing.T) {
	_, address, _ := serve(t, Config{Exposure: SafeOnly}, newChain())
	ws := dial(t, address, nil)
	const invalid = `"error":{"code":-32600,"message":"Invalid request"}}`
	for _, each := range []struct{ name, call, answer string }{
		{"as polkadot.js", `{"id":1,"jsonrpc":"2.0","method":"chain_getBlockHash","params":[0]}`, `{"jsonrpc":"2.0","id":1,"result":"0x00@best"}`},
		{"alias", `{"id":2,"jsonrpc":"2.0","method":"chain_getHead","params":[]}`, `{"jsonrpc":"2.0","id":2,"result":"0x00@best"}`},
		{"string id", `{"jsonrpc":"2.0","id":"7-a\"\u00e9","method":"chain_getBlockHash","params":[1,"x"]}`, `{"jsonrpc":"2.0","id":"7-a\"\u00e9","result":"0x01@x"}`},
		{"null id", `{"jsonrpc":"2.0","id":null,"method":"chain_getBlockHash","params":[1]}`, `{"jsonrpc":"2.0","id":null,"result":"0x01@best"}`},
		{"id beyond 2^53", `{"jsonrpc":"2.0","id":18446744073709551615,"method":"state_null"}`, `{"jsonrpc":"2.0","id":18446744073709551615,"result":null}`},
		{"null result, null params", `{"jsonrpc":"2.0","id":1,"method":"state_null","params":null}`, `{"jsonrpc":"2.0","id":1,"result":null}`},
		{"null for optional", `{"jsonrpc":"2.0","id":1,"method":"chain_getBlockHash","params":[2,null,null]}`, `{"jsonrpc":"2.0","id":1,"result":"0x02@best"}`},
		{"by name", `{"jsonrpc":"2.0","id":1,"method":"chain_getBlockHash","params":{"at":"q","number":3}}`, `{"jsonrpc":"2.0","id":1,"result":"0x03@q"}`},
		{"spaces", " {\n\"jsonrpc\" : \"2.0\",\t\"id\" : 1 , \"method\":\"state_call\", \"params\" : [ \"a,]\\\"\" , \"\" ] } ", `{"jsonrpc":"2.0","id":1,"result":"a,]\""}`},
		{"escaped names", `{"jsonrpc":"2.0","\u0069d":1,"method":"st\u0061te_null"}`, `{"jsonrpc":"2.0","id":1,"result":null}`},
		{"unknown member", `{"jsonrpc":"2.0","id":1,"method":"state_null","more":{"id":2}}`, `{"jsonrpc":"2.0","id":1,"result":null}`},
		{"error of a handler", `{"jsonrpc":"2.0","id":1,"method":"author_submitExtrinsic","params":["0x00"]}`, `{"jsonrpc":"2.0","id":1,"error":{"code":1010,"message":"Invalid Transaction","data":"Transaction is outdated"}}`},
		{"error not for clients", `{"jsonrpc":"2.0","id":1,"method":"chain_broken"}`, `{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"Internal error"}}`},
		{"panic", `{"jsonrpc":"2.0","id":1,"method":"chain_panic"}`, `{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"Internal error"}}`},
		{"no method", `{"jsonrpc":"2.0","id":1,"method":"chain_getblockhash"}`, `{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"Method not found"}}`},
		{"unsafe", `{"jsonrpc":"2.0","id":1,"method":"author_rotateKeys"}`, `{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"RPC call is unsafe to be called externally"}}`},
		{"missing", `{"jsonrpc":"2.0","id":1,"method":"state_call","params":["a"]}`, `{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Invalid params","data":"parameter 1 is missing"}}`},
		{"too many", `{"jsonrpc":"2.0","id":1,"method":"state_call","params":["a","b","c"]}`, `{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Invalid params","data":"at most 2 parameters"}}`},
		{"wrong type", `{"jsonrpc":"2.0","id":1,"method":"chain_getBlockHash","params":["1"]}`, `{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Invalid params","data":"parameter 0: json: cannot unmarshal string into Go value of type uint32"}}`},
		{"unknown name", `{"jsonrpc":"2.0","id":1,"method":"chain_getBlockHash","params":{"nr":3}}`, `{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Invalid params","data":"a name that this method does not have"}}`},
		{"names where there are none", `{"jsonrpc":"2.0","id":1,"method":"state_call","params":{"a":3}}`, `{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"Invalid params","data":"this method takes parameters by position"}}`},
		{"not JSON", `{"jsonrpc":"2.0"`, `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error","data":"not JSON"}}`},
		{"empty", ``, `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error","data":"not JSON"}}`},
		{"a number", `17`, `{"jsonrpc":"2.0","id":null,` + invalid},
		{"version 1", `{"jsonrpc":"1.0","id":4,"method":"state_null"}`, `{"jsonrpc":"2.0","id":4,` + invalid},
		{"version missing", `{"id":4,"method":"state_null"}`, `{"jsonrpc":"2.0","id":4,` + invalid},
		{"id twice", `{"jsonrpc":"2.0","id":4,"id":5,"method":"state_null"}`, `{"jsonrpc":"2.0","id":null,` + invalid},
		{"id is a fraction", `{"jsonrpc":"2.0","id":4.5,"method":"state_null"}`, `{"jsonrpc":"2.0","id":null,` + invalid},
		{"id is an object", `{"jsonrpc":"2.0","id":{},"method":"state_null"}`, `{"jsonrpc":"2.0","id":null,` + invalid},
		{"id is long", `{"jsonrpc":"2.0","id":"` + strings.Repeat("x", maxID) + `","method":"state_null"}`, `{"jsonrpc":"2.0","id":null,` + invalid},
		{"method is a number", `{"jsonrpc":"2.0","id":4,"method":5}`, `{"jsonrpc":"2.0","id":4,` + invalid},
		{"params is a string", `{"jsonrpc":"2.0","id":4,"method":"state_null","params":"a"}`, `{"jsonrpc":"2.0","id":4,` + invalid},
		{"empty batch", `[]`, `{"jsonrpc":"2.0","id":null,` + invalid},
		{"batch", `[{"jsonrpc":"2.0","id":1,"method":"state_null"},7,{"jsonrpc":"2.0","method":"state_null"},{"jsonrpc":"2.0","id":2,"method":"no"}]`,
			`[{"jsonrpc":"2.0","id":1,"result":null},{"jsonrpc":"2.0","id":null,` + invalid + `,{"jsonrpc":"2.0","id":2,"error":{"code":-32601,"message":"Method not found"}}]`},
		{"deep", strings.Repeat("[", 129) + strings.Repeat("]", 129), `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error","data":"Exceeded max limit of 128"}}`},
		{"deep and open", strings.Repeat(`{"a":`, 10000), `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error","data":"Exceeded max limit of 128"}}`},
		{"many values", `{"jsonrpc":"2.0","id":1,"method":"state_null","params":[0` + strings.Repeat(",0", maxValues) + `]}`,
			`{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Invalid request","data":"Exceeded max limit of 131072"}}`},
	} {
		t.Run(each.name, func(t *testing.T) {
			ws.t = t
			ws.send(each.call)
			ws.want(each.answer)
			if status, got := post(t, address, each.call); got != each.answer || status != 200 {
				t.Errorf("by HTTP: %d\ngot  %s\nwant %s", status, got, each.answer)
			}
		})
	}
	t.Run("not UTF-8", func(t *testing.T) {
		_, got := post(t, address, "{\"jsonrpc\":\"2.0\",\"id\":\"\xff\",\"method\":\"state_null\"}")
		if want := `{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error","data":"not UTF-8"}}`; got != want {
			t.Errorf("got %q", got)
		}
	})
}

// A notification is not called and not answered: what comes next is the answer to
// the call after it.
func TestNotificationOfClient(t *testing.T) {
	_, address, _ := serve(t, Config{}, newChain())
	ws := dial(t, address, nil)
	ws.send(`{"jsonrpc":"2.0","method":"chain_panic"}`)
	ws.send(`[{"jsonrpc":"2.0","method":"chain_panic"}]`)
	ws.send(`{"jsonrpc":"2.0","id":1,"method":"state_null"}`)
	ws.want(`{"jsonrpc":"2.0","id":1,"result":null}`)
	if status, body := post(t, address, `{"jsonrpc":"2.0","method":"chain_panic"}`); status != 204 || body != "" {
		t.Errorf("by HTTP: %d %q", status, body)
	}
}

func TestMethodsListed(t *testing.T) {
	_, address, _ := serve(t, Config{}, newChain())
	_, body := post(t, address, `{"jsonrpc":"2.0","id":1,"method":"rpc_methods","params":[]}`)
	var answer struct{ Result struct{ Methods []string } }
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatal(err)
	}
	got := answer.Result.Methods
	if !slices.IsSorted(got) || len(got) != 23 {
		t.Errorf("%d methods: %v", len(got), got)
	}
	for _, name := range []string{"rpc_methods", "chain_subscribeNewHead", "chain_subscribeNewHeads", "chain_unsubscribeNewHead", "author_rotateKeys", "chain_getHead"} {
		if !slices.Contains(got, name) {
			t.Errorf("%s is not listed", name)
		}
	}
}

// The answer to a subscription comes before what it sends, and nothing comes after
// the answer to the end of it.
func TestSubscription(t *testing.T) {
	c := newChain()
	_, address, _ := serve(t, Config{}, c)
	ws := dial(t, address, nil)
	for round := range 50 {
		id := ws.subscribe(`{"id":3,"jsonrpc":"2.0","method":"chain_subscribeNewHead","params":[]}`)
		head := `{"jsonrpc":"2.0","method":"chain_newHead","params":{"subscription":"` + id + `","result":{"number":"%s"}}}`
		ws.want(fmt.Sprintf(head, "first"))
		c.heads <- "0x2"
		ws.want(fmt.Sprintf(head, "0x2"))
		ws.send(fmt.Sprintf(`{"id":4,"jsonrpc":"2.0","method":"state_unsubscribeStorage","params":["%s"]}`, id))
		ws.want(`{"jsonrpc":"2.0","id":4,"result":false}`)
		if round%2 == 0 { // one that is about to be sent is not
			c.heads <- "0x3"
		}
		ws.send(fmt.Sprintf(`{"id":5,"jsonrpc":"2.0","method":"chain_unsubscribeNewHeads","params":["%s"]}`, id))
		got := ws.read()
		if got == fmt.Sprintf(head, "0x3") {
			got = ws.read()
		}
		if got != `{"jsonrpc":"2.0","id":5,"result":true}` {
			t.Fatalf("round %d: %s", round, got)
		}
		ws.send(fmt.Sprintf(`{"id":6,"jsonrpc":"2.0","method":"chain_unsubscribeNewHeads","params":["%s"]}`, id))
		ws.want(`{"jsonrpc":"2.0","id":6,"result":false}`)
		if err := <-c.gone; err != nil && !errors.Is(err, ErrEnded) {
			t.Fatalf("run returned %v", err)
		}
	}
	for _, params := range []string{`[]`, `[7]`, `["nobody"]`, `[["a"]]`} {
		ws.send(`{"id":7,"jsonrpc":"2.0","method":"chain_unsubscribeNewHeads","params":` + params + `}`)
		ws.want(`{"jsonrpc":"2.0","id":7,"result":false}`)
	}
}

// A flood of notifications stops at the answer to the end of the subscription.
func TestUnsubscribeFlood(t *testing.T) {
	c := newChain()
	_, address, _ := serve(t, Config{}, c)
	ws := dial(t, address, nil)
	id := ws.subscribe(`{"id":1,"jsonrpc":"2.0","method":"state_subscribeStorage"}`)
	for range 100 {
		ws.want(`{"jsonrpc":"2.0","method":"state_storage","params":{"subscription":"` + id + `","result":"0x00"}}`)
	}
	ws.send(`{"id":2,"jsonrpc":"2.0","method":"state_unsubscribeStorage","params":["` + id + `"]}`)
	for ws.read() != `{"jsonrpc":"2.0","id":2,"result":true}` {
	}
	ws.send(`{"id":3,"jsonrpc":"2.0","method":"state_null"}`)
	ws.want(`{"jsonrpc":"2.0","id":3,"result":null}`)
}

// One connection cannot end the subscription of another.
func TestSubscriptionIsOwn(t *testing.T) {
	c := newChain()
	_, address, _ := serve(t, Config{}, c)
	a, b := dial(t, address, nil), dial(t, address, nil)
	id := a.subscribe(`{"id":1,"jsonrpc":"2.0","method":"chain_subscribeNewHeads"}`)
	b.send(`{"id":2,"jsonrpc":"2.0","method":"chain_unsubscribeNewHeads","params":["` + id + `"]}`)
	b.want(`{"jsonrpc":"2.0","id":2,"result":false}`)
	a.read()
	c.heads <- "0x5"
	if got := a.read(); !strings.Contains(got, "0x5") {
		t.Error(got)
	}
	a.Close(websocket.StatusNormalClosure, "")
	if err := <-c.gone; err != nil {
		t.Errorf("run returned %v when its client went", err)
	}
}

func TestSubscriptionRefused(t *testing.T) {
	_, address, _ := serve(t, Config{Exposure: SafeOnly}, newChain())
	ws := dial(t, address, nil)
	const watch = `{"id":1,"jsonrpc":"2.0","method":"author_submitAndWatchExtrinsic","params":`
	for params, answer := range map[string]string{
		`[]}`:          `{"code":-32602,"message":"Invalid params","data":"parameter 0 is missing"}`,
		`["0x"]}`:      `{"code":1010,"message":"Invalid Transaction","data":"Transaction has a bad signature"}`,
		`["0xpanic"]}`: `{"code":-32603,"message":"Internal error"}`,
	} {
		ws.send(watch + params)
		ws.want(`{"jsonrpc":"2.0","id":1,"error":` + answer + `}`)
	}
	id := ws.subscribe(watch + `["0x01"]}`)
	ws.want(`{"jsonrpc":"2.0","method":"author_extrinsicUpdate","params":{"subscription":"`+id+`","result":"ready"}}`,
		`{"jsonrpc":"2.0","method":"author_extrinsicUpdate","params":{"subscription":"`+id+`","error":{"code":1014,"message":"Priority is too low"}}}`)
	ws.subscribe(watch + `["0xquiet"]}`)
	ws.send(`{"id":1,"jsonrpc":"2.0","method":"system_unstable_watch"}`)
	ws.want(`{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"RPC call is unsafe to be called externally"}}`)
	if _, body := post(t, address, watch+`["0x01"]}`); body != `{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"Method not found","data":"this method needs a WebSocket"}}` {
		t.Errorf("by HTTP: %s", body)
	}
}

// Subscriptions of a batch send nothing before the answer to the batch.
func TestSubscriptionInBatch(t *testing.T) {
	_, address, _ := serve(t, Config{}, newChain())
	ws := dial(t, address, nil)
	ws.send(`[{"id":1,"jsonrpc":"2.0","method":"chain_subscribeNewHead"},{"id":2,"jsonrpc":"2.0","method":"chain_subscribeNewHeads"}]`)
	var answers []struct {
		ID     int
		Result string
	}
	if err := json.Unmarshal([]byte(ws.read()), &answers); err != nil || len(answers) != 2 {
		t.Fatalf("%v %v", answers, err)
	}
	got := []string{ws.read(), ws.read()}
	for _, each := range answers {
		if !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, each.Result) }) {
			t.Errorf("nothing of %s in %v", each.Result, got)
		}
	}
}

// Subscriptions of a batch whose answer cannot be sent end.
func TestSubscriptionInBatchRefused(t *testing.T) {
	c := newChain()
	_, address, _ := serve(t, Config{Limits: Limits{Response: 200}}, c)
	ws := dial(t, address, nil)
	one := `{"id":1,"jsonrpc":"2.0","method":"chain_subscribeNewHead"}`
	ws.send(`[` + strings.Repeat(one+",", 7) + one + `]`)
	if got := ws.read(); !strings.Contains(got, "-32011") {
		t.Fatal(got)
	}
	for range 3 { // that many fit
		if err := <-c.gone; !errors.Is(err, ErrEnded) {
			t.Errorf("run returned %v", err)
		}
	}
}

func TestMetrics(t *testing.T) {
	r := prometheus.NewPedanticRegistry()
	_, address, end := serve(t, Config{Registerer: r, Limits: Limits{Rate: 4}}, newChain())
	ws := dial(t, address, nil)
	for _, method := range []string{"chain_getHead", "chain_broken", "junk_1", "junk_2", "state_null"} {
		ws.send(`{"id":1,"jsonrpc":"2.0","method":"` + method + `"}`)
		ws.read()
	}
	ws.Close(websocket.StatusNormalClosure, "")
	if err := end(); err != nil {
		t.Fatal(err)
	}
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, family := range families {
		for _, m := range family.GetMetric() {
			if m.GetCounter().GetValue() == 0 {
				continue
			}
			line := family.GetName()
			for _, label := range m.GetLabel() {
				line += " " + label.GetValue()
			}
			got = append(got, fmt.Sprintf("%s = %g", line, m.GetCounter().GetValue()))
		}
	}
	want := []string{ // labels: is_error, is_rate_limited, method, protocol
		"substrate_rpc_calls_finished false false chain_getBlockHash ws = 1",
		"substrate_rpc_calls_finished true false chain_broken ws = 1",
		"substrate_rpc_calls_finished true false unknown ws = 2",
		"substrate_rpc_calls_finished true true state_null ws = 1",
		"substrate_rpc_calls_started chain_broken ws = 1",
		"substrate_rpc_calls_started chain_getBlockHash ws = 1",
		"substrate_rpc_calls_started state_null ws = 1",
		"substrate_rpc_calls_started unknown ws = 2",
		"substrate_rpc_sessions_closed = 1",
		"substrate_rpc_sessions_opened = 1",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// Calls of one connection know each other, and learn when it ends; the id of a
// subscription is the one that its client knows.
func TestConnectionOf(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	connections := make(chan Connection, 1)
	s.Method(Method{Name: "who", Call: func(ctx context.Context, _ Params) (any, error) {
		connections <- ConnectionOf(ctx)
		return nil, nil
	}})
	ids := make(chan string, 1)
	failed := make(chan error, 1)
	s.Subscription(Subscription{Name: "follow", Unsubscribe: "unfollow", Notification: "event", Run: func(ctx context.Context, _ Params, sink *Sink) error {
		ids <- sink.ID()
		connections <- ConnectionOf(ctx)
		failed <- sink.Send(ctx, strings.Repeat("x", 15<<20))
		<-ctx.Done()
		return nil
	}})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	defer func() { cancel(); <-ended }()
	ws, other := dial(t, l.Addr().String(), nil), dial(t, l.Addr().String(), nil)
	ask := func(ws *socket) Connection {
		ws.send(`{"jsonrpc":"2.0","id":1,"method":"who"}`)
		ws.want(`{"jsonrpc":"2.0","id":1,"result":null}`)
		return <-connections
	}
	first := ask(ws)
	if first.ID == 0 || !first.Unsafe || ask(ws) != first || ask(other).ID == first.ID {
		t.Errorf("connection %+v", first)
	}
	ws.send(`{"jsonrpc":"2.0","id":1,"method":"follow"}`)
	if id := <-ids; <-connections != first || !errors.Is(<-failed, ErrSize) {
		t.Error("a subscription is not of its connection, or sent more than it may")
	} else if ws.send(`{"jsonrpc":"2.0","id":2,"method":"unfollow","params":["` + id + `"]}`); !strings.Contains(ws.read()+ws.read(), `"id":2,"result":true`) {
		t.Error("the id is not the client's")
	}
	ws.CloseNow()
	other.CloseNow()
	<-first.Done()
	if got := ConnectionOf(t.Context()); got != (Connection{}) {
		t.Errorf("a connection from nowhere: %+v", got)
	}
}
