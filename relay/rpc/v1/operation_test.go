package v1_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	blocks "github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/backend"
	"github.com/rampart-chain/rampart/relay/rpc/rpctest"
	v1 "github.com/rampart-chain/rampart/relay/rpc/v1"
	"github.com/rampart-chain/rampart/relay/store"
	"github.com/rampart-chain/rampart/relay/trie"
)

// TestSpecOperations_Limit: 16 at once, each item counted; what does not fit is
// discarded from the back; whoever ends gives its place free.
func TestSpecOperations_Limit(t *testing.T) {
	chain, b, _ := wide(t, 300)
	c := dial(t, serve(t, v1.Config{Chain: chain.Chain, Limits: v1.Limits{Page: 1}}))
	id := c.subscribe("chainHead_v1_follow", "[true]")
	c.expect(id, "initialized "+chain.Genesis.Hash.String(), newOn(b, chain.Genesis), best(b))
	g := b.Hash
	all := `{"key":"","type":"descendantsHashes"}`
	for n := 1; n <= 15; n++ {
		c.want(fmt.Sprintf(`{"discardedItems":0,"operationId":"%d","result":"started"}`, n), "chainHead_v1_storage", `[%q,%q,[%s]]`, id, g, all)
	}
	c.want(`{"discardedItems":1,"operationId":"16","result":"started"}`, "chainHead_v1_storage", `[%q,%q,[%s,%s]]`, id, g, all, all)
	c.want(`{"result":"limitReached"}`, "chainHead_v1_body", `[%q,%q]`, id, g)
	c.want(`{"result":"limitReached"}`, "chainHead_v1_call", `[%q,%q,"Core_version",""]`, id, g)
	c.want(`{"result":"limitReached"}`, "chainHead_v1_storage", `[%q,%q,[]]`, id, g)
	c.want("null", "chainHead_v1_stopOperation", `[%q,"3"]`, id)
	c.want("null", "chainHead_v1_stopOperation", `[%q,"3"]`, id)
	if e := c.finish(id, "chainHead_v1_body", `[%q,%q]`, id, g); e[0].name() != "operationBodyDone" {
		t.Errorf("body: %v", e)
	}
	c.want("null", "chainHead_v1_continue", `[%q,"3"]`, id)
}

// wide returns a chain whose block 1 has n keys more than block 0, and these keys.
func wide(t testing.TB, n int) (chain *rpctest.Chain, b primitives.BlockID, keys []string) {
	t.Helper()
	chain = rpctest.New(t, true)
	var writes []frame.Change
	for i := range n {
		key := binary.BigEndian.AppendUint32([]byte("~wide"), uint32(i))
		writes = append(writes, frame.Change{Key: key, Value: key[5:]})
		keys = append(keys, hexOf(key))
	}
	return chain, write(t, chain, chain.Genesis, writes...), keys
}

// write adds a block that changes the state in ways that no extrinsic does, to what
// is in its header.
func write(t testing.TB, chain *rpctest.Chain, parent primitives.BlockID, changes ...frame.Change) primitives.BlockID {
	t.Helper()
	header := headerOf(t, chain, parent)
	view, err := chain.Store.View(parent.Hash)
	must(t, err)
	state := trie.New(view, header.StateRoot, trie.V1)
	must(t, state.Update(changes))
	commit := state.Commit()
	child := primitives.Header{ParentHash: parent.Hash, Number: parent.Number + 1, StateRoot: commit.Root, ExtrinsicsRoot: trie.EmptyRoot}
	id := child.ID()
	must(t, chain.Store.Import(store.Import{
		Block: primitives.Block{Header: child}, Hash: id.Hash, Diff: store.Diff{Values: changes, Nodes: commit.Nodes}, Best: id.Hash,
	}))
	chain.Feed.Imported(blocks.Imported{Hash: id.Hash, Header: child, Best: id})
	return id
}

// TestSpecStorage_Continue: descendants wait after each page, come in order and once,
// and continuing what does not wait is -32803.
func TestSpecStorage_Continue(t *testing.T) {
	chain, b, want := wide(t, 1000)
	c := dial(t, serve(t, v1.Config{Chain: chain.Chain, Limits: v1.Limits{Page: 2}}))
	id := c.subscribe("chainHead_v1_follow", "[true]")
	c.expect(id, "initialized "+chain.Genesis.Hash.String(), newOn(b, chain.Genesis), best(b))
	var started struct{ OperationID string }
	must(t, json.Unmarshal([]byte(c.call("chainHead_v1_storage", `[%q,%q,[{"key":%q,"type":"descendantsValues"}],null]`, id, b.Hash, hexOf([]byte("~wide")))), &started))
	var keys []string
	pages, inPage := 0, 0
	for done := false; !done; {
		switch e := c.nextOf(id, started.OperationID); e.name() {
		case "operationStorageItems":
			inPage++
			items := e["items"].([]any)
			if len(items) > 128 || inPage > 2 {
				t.Errorf("%d items in a message, %d in a page", len(items), inPage)
			}
			for _, each := range items {
				item := each.(map[string]any)
				key, value := item["key"].(string), item["value"].(string)
				keys = append(keys, key)
				if value != "0x"+key[len(key)-8:] {
					t.Errorf("value of %s is %s", key, value)
				}
			}
		case "operationWaitingForContinue":
			c.want("null", "chainHead_v1_header", `[%q,%q]`, "x", b.Hash) // nothing comes meanwhile
			if left := c.Told[id]; len(left) > 0 {
				t.Errorf("events while waiting: %v", left)
			}
			c.want("null", "chainHead_v1_continue", `{"followSubscription":%q,"operationId":%q}`, id, started.OperationID)
			pages, inPage = pages+1, 0
		case "operationStorageDone":
			done = true
		default:
			t.Fatalf("event %v", e)
		}
	}
	if !slices.Equal(keys, want) || pages != 3 {
		t.Errorf("%d keys, want %d; %d pages", len(keys), len(want), pages)
	}
}

// gated are rules whose calls wait, and of which one panics.
type gated struct {
	backend.Rules
	begun, gate chan struct{}
}

func (g gated) Call(header primitives.Header, state *store.View, name string, arguments []byte) ([]byte, error) {
	if name == "Test_panic" {
		panic("a mistake")
	}
	g.begun <- struct{}{}
	<-g.gate
	return g.Rules.Call(header, state, name, arguments)
}

// TestRuntimeCalls: one that is under way does not wait to be continued, one that was
// stopped sends nothing, few are made at once, and a panic ends only the operation.
func TestRuntimeCalls(t *testing.T) {
	chain := rpctest.New(t, false)
	g := gated{chain.Rules, make(chan struct{}, 100), make(chan struct{})}
	chain.Rules = g
	address := serve(t, v1.Config{Chain: chain.Chain, Limits: v1.Limits{Steps: 2}})
	var clients []*client
	var follows []string
	const call = `[%q,%q,"Core_version",""]`
	for range 3 {
		c := dial(t, address)
		id := c.subscribe("chainHead_v1_follow", "[true]")
		c.expect(id, "initialized "+chain.Genesis.Hash.String(), best(chain.Genesis))
		c.want(`{"operationId":"1","result":"started"}`, "chainHead_v1_call", call, id, chain.Genesis.Hash)
		clients, follows = append(clients, c), append(follows, id)
		if len(clients) < 3 {
			<-g.begun
		}
	}
	clients[0].refused(-32803, "chainHead_v1_continue", `[%q,"1"]`, follows[0])
	clients[0].want("null", "chainHead_v1_stopOperation", `[%q,"1"]`, follows[0])
	if len(g.begun) > 0 {
		t.Error("three calls at once, want two")
	}
	close(g.gate)
	for n := range 2 {
		if e := clients[n+1].nextOf(follows[n+1], "1"); e.name() != "operationCallDone" {
			t.Errorf("client %d: %v", n+1, e)
		}
	}
	e := clients[0].finish(follows[0], "chainHead_v1_call", `[%q,%q,"Test_panic",""]`, follows[0], chain.Genesis.Hash)
	if e[0].name() != "operationError" {
		t.Errorf("panic: %v", e)
	}
	if e := clients[0].finish(follows[0], "chainHead_v1_call", call, follows[0], chain.Genesis.Hash); e[0].name() != "operationCallDone" {
		t.Errorf("after a panic: %v", e)
	}
	if left := clients[0].Told[follows[0]]; len(left) > 0 {
		t.Errorf("events of a stopped operation: %v", left)
	}
}

// TestSpecStop_Operation: an operation that was stopped sends nothing more.
func TestSpecStop_Operation(t *testing.T) {
	chain, b, _ := wide(t, 1000)
	c := dial(t, serve(t, v1.Config{Chain: chain.Chain, Limits: v1.Limits{Page: 1}}))
	id := c.subscribe("chainHead_v1_follow", "[true]")
	c.expect(id, "initialized "+chain.Genesis.Hash.String(), newOn(b, chain.Genesis), best(b))
	var started struct{ OperationID string }
	must(t, json.Unmarshal([]byte(c.call("chainHead_v1_storage", `[%q,%q,[{"key":"","type":"descendantsHashes"}]]`, id, b.Hash)), &started))
	for c.nextOf(id, started.OperationID).name() != "operationWaitingForContinue" {
	}
	c.want("null", "chainHead_v1_stopOperation", `[%q,%q]`, id, started.OperationID)
	c.want("null", "chainHead_v1_continue", `[%q,%q]`, id, started.OperationID)
	if e := c.finish(id, "chainHead_v1_body", `[%q,%q]`, id, b.Hash); e[0].name() != "operationBodyDone" {
		t.Errorf("body: %v", e)
	}
	if left := c.Told[id]; len(left) > 0 {
		t.Errorf("events of a stopped operation: %v", left)
	}
}

// TestSpecStop_RunningOperation: one that was stopped while it ran has nothing to say
// when it ends.
func TestSpecStop_RunningOperation(t *testing.T) {
	chain := rpctest.New(t, false)
	g := gated{chain.Rules, make(chan struct{}), make(chan struct{})}
	chain.Rules = g
	c := dial(t, serve(t, v1.Config{Chain: chain.Chain}))
	id := c.subscribe("chainHead_v1_follow", "[true]")
	c.expect(id, "initialized "+chain.Genesis.Hash.String(), best(chain.Genesis))
	for n := range 20 {
		c.call("chainHead_v1_call", `[%q,%q,"Core_version",""]`, id, chain.Genesis.Hash)
		<-g.begun
		c.want("null", "chainHead_v1_stopOperation", `[%q,"%d"]`, id, n+1)
		g.gate <- struct{}{}
	}
	if e := c.finish(id, "chainHead_v1_body", `[%q,%q]`, id, chain.Genesis.Hash); e[0].name() != "operationBodyDone" {
		t.Errorf("body: %v", e)
	}
	if left := c.Told[id]; len(left) > 0 {
		t.Errorf("events of stopped operations: %v", left)
	}
}

// TestManyDescendantsBlockNobody: while one client's whole-state query waits, others
// and the same follow are served.
func TestManyDescendantsBlockNobody(t *testing.T) {
	chain, b, _ := wide(t, 1000)
	address := serve(t, v1.Config{Chain: chain.Chain, Limits: v1.Limits{Page: 1, Steps: 1}})
	for _, c := range []*client{dial(t, address), dial(t, address)} {
		id := c.subscribe("chainHead_v1_follow", "[true]")
		c.expect(id, "initialized "+chain.Genesis.Hash.String(), newOn(b, chain.Genesis), best(b))
		for range 15 {
			c.call("chainHead_v1_storage", `[%q,%q,[{"key":"","type":"descendantsValues"}]]`, id, b.Hash)
		}
		if e := c.finish(id, "chainHead_v1_call", `[%q,%q,"Core_version",""]`, id, b.Hash); e[0].name() != "operationCallDone" {
			t.Errorf("call: %v", e)
		}
	}
}
