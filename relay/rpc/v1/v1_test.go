package v1_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

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

// serve serves a chain until the test ends.
func serve(t testing.TB, config v1.Config, options ...jsonrpc.Config) (address string) {
	t.Helper()
	options = append(options, jsonrpc.Config{})
	return rpctest.Serve(t, options[0], func(s *jsonrpc.Server) { v1.Register(s, config) })
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// client is a connection to a server.
type client struct {
	*rpctest.Client
	t testing.TB
}

func dial(t testing.TB, address string) *client {
	t.Helper()
	return &client{rpctest.Dial(t, address), t}
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

// event reads what a notification tells.
func (c *client) event(n rpctest.Notification) (e event) {
	c.t.Helper()
	must(c.t, json.Unmarshal(n.Params.Result, &e))
	return e
}

// try makes a call with parameters as they stand in JSON, and returns the answer.
func (c *client) try(method, params string, arguments ...any) rpctest.Answer {
	c.t.Helper()
	return c.Try(method, fmt.Sprintf(params, arguments...))
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
	return c.event(c.Next(id, func(rpctest.Notification) bool { return true }))
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
	e := c.event(c.Next(follow, func(n rpctest.Notification) bool { return c.event(n)["operationId"] == operation }))
	delete(e, "operationId")
	return e
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
