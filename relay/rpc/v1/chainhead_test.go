package v1_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/rpctest"
	v1 "github.com/rampart-chain/rampart/relay/rpc/v1"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/store"
	"github.com/rampart-chain/rampart/relay/txpool"
)

func TestChainSpec(t *testing.T) {
	chain := rpctest.New(t, false)
	c := dial(t, serve(t, v1.Config{Chain: chain.Chain}))
	c.want(`"Rampart Test"`, "chainSpec_v1_chainName", "[]")
	c.want(fmt.Sprintf("%q", chain.Genesis.Hash), "chainSpec_v1_genesisHash", "[]")
	c.want(`{"ss58Format":42,"tokenDecimals":12,"tokenSymbol":"RMP"}`, "chainSpec_v1_properties", "{}")
	c.refused(-32602, "chainSpec_v1_chainName", "[1]")
}

// TestGroupsAreWhole: a group is there with all of its methods or not at all.
func TestGroupsAreWhole(t *testing.T) {
	chain := rpctest.New(t, false)
	for _, each := range []struct {
		name   string
		config v1.Config
		groups map[string]int
	}{
		{"least", v1.Config{Chain: chain.Chain}, map[string]int{"chainSpec_v1": 3, "chainHead_v1": 9}},
		{"all", v1.Config{Chain: chain.Chain, Archive: true, Transactions: chain.Transactions(txpool.Params{})},
			map[string]int{"chainSpec_v1": 3, "chainHead_v1": 9, "transaction_v1": 2, "transactionWatch_v1": 2, "archive_v1": 10}},
	} {
		t.Run(each.name, func(t *testing.T) {
			var list struct{ Methods []string }
			must(t, json.Unmarshal([]byte(dial(t, serve(t, each.config)).call("rpc_methods", "[]")), &list))
			got := map[string]int{}
			for _, name := range list.Methods {
				if at := strings.LastIndexByte(name, '_'); name != "rpc_methods" {
					got[name[:at]]++
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(each.groups) {
				t.Errorf("got %v, want %v", got, each.groups)
			}
		})
	}
}

// TestSpecFollow_Start: finalized blocks, then every unfinalized block after its
// parent, then the best one.
func TestSpecFollow_Start(t *testing.T) {
	chain := rpctest.New(t, false)
	var final []string
	for range 20 {
		id := chain.GrowBest(1)
		chain.Finalize(id, false)
		final = append(final, id.Hash.String())
	}
	last := chain.Store.Finalized()
	a1 := chain.Grow(last)
	b1 := chain.Grow(last)
	b2 := chain.Grow(b1)
	c := dial(t, serve(t, v1.Config{Chain: chain.Chain}))
	id := c.subscribe("chainHead_v1_follow", `{"withRuntime":false}`)
	c.expect(id, "initialized "+strings.Join(final[4:], " "), newOn(a1, last), newOn(b1, last), newOn(b2, b1), best(b2))
}

// TestSpecFollow_Runtime: it is there if it was asked for, and only then.
func TestSpecFollow_Runtime(t *testing.T) {
	chain := rpctest.New(t, false)
	c := dial(t, serve(t, v1.Config{Chain: chain.Chain}))
	with, without := c.subscribe("chainHead_v1_follow", "[true]"), c.subscribe("chainHead_v1_follow", "[false]")
	first, second := c.next(with), c.next(without)
	c.next(with)
	c.next(without)
	chain.GrowBest(1)
	version := chain.Rules.Version()
	var runtime struct {
		Type string
		Spec struct {
			SpecName, ImplName                           string
			SpecVersion, ImplVersion, TransactionVersion uint32
			APIs                                         map[string]uint32
		}
	}
	text, _ := json.Marshal(first["finalizedBlockRuntime"])
	must(t, json.Unmarshal(text, &runtime))
	s := runtime.Spec
	if runtime.Type != "valid" || s.SpecName != version.SpecName || s.ImplName != version.ImplName || s.SpecVersion != version.SpecVersion ||
		s.ImplVersion != version.ImplVersion || s.TransactionVersion != version.TransactionVersion || len(s.APIs) != len(version.APIs) || s.APIs["0xd2bc9897eed08f15"] != 3 {
		t.Errorf("runtime %s", text)
	}
	if e := c.next(with); e.name() != "newBlock" {
		t.Errorf("event %v", e)
	} else if runtime, there := e["newRuntime"]; !there || runtime != nil {
		t.Errorf("newRuntime %v, %v", runtime, there)
	}
	if second["finalizedBlockRuntime"] != nil {
		t.Errorf("event %v", second)
	}
	if e := c.next(without); e.name() != "newBlock" {
		t.Errorf("event %v", e)
	} else if _, there := e["newRuntime"]; there {
		t.Error("newRuntime without runtime")
	}
}

// TestSpecFollow_Reorganization: new blocks, best blocks, finality and what it prunes.
func TestSpecFollow_Reorganization(t *testing.T) {
	chain, c, id := begin(t, v1.Limits{})
	a1 := chain.Grow(chain.Genesis)
	b1 := chain.Grow(chain.Genesis)
	b2 := chain.Grow(b1)
	a2 := chain.Grow(a1)
	a3 := chain.Grow(a2)
	c.expect(id, newOn(a1, chain.Genesis), best(a1), newOn(b1, chain.Genesis), newOn(b2, b1), best(b2), newOn(a2, a1), newOn(a3, a2), best(a3))
	chain.Finalize(b1, false) // the best block goes
	pruned := []string{a1.Hash.String(), a2.Hash.String(), a3.Hash.String()}
	slices.Sort(pruned)
	c.expect(id, best(chain.Store.Best()), "final "+b1.Hash.String()+" pruned "+strings.Join(pruned, " "))
	before := chain.Store.Best()
	chain.Finalize(b2, false)
	if before != b2 {
		c.expect(id, best(b2))
	}
	c.expect(id, "final "+b2.Hash.String()+" pruned ")
}

// TestSpecFollow_UnfollowAnswersNull, to anything, and nothing comes any more.
func TestSpecFollow_UnfollowAnswersNull(t *testing.T) {
	chain, c, id := begin(t, v1.Limits{})
	c.want("null", "chainHead_v1_unfollow", `{"followSubscription":%q}`, id)
	c.want("null", "chainHead_v1_unfollow", `[%q]`, id)
	c.want("null", "chainHead_v1_unfollow", `["x"]`)
	chain.GrowBest(2)
	c.want("null", "chainHead_v1_header", `[%q,%q]`, id, chain.Genesis.Hash)
	if left := c.Told[id]; len(left) > 0 {
		t.Errorf("events after unfollow: %v", left)
	}
}

// TestSpecFollow_Limit: a connection has as many follows as allowed, others have
// theirs, and one that ended gives its place free.
func TestSpecFollow_Limit(t *testing.T) {
	chain := rpctest.New(t, false)
	address := serve(t, v1.Config{Chain: chain.Chain})
	c, other := dial(t, address), dial(t, address)
	var last string
	for range 4 {
		last = c.subscribe("chainHead_v1_follow", "[true]")
	}
	c.refused(-32800, "chainHead_v1_follow", "[true]")
	other.subscribe("chainHead_v1_follow", "[true]")
	c.call("chainHead_v1_unfollow", `[%q]`, last)
	c.subscribe("chainHead_v1_follow", "[false]")
	c.refused(-32602, "chainHead_v1_follow", "[1]")
	c.refused(-32602, "chainHead_v1_follow", "[]")
}

// TestSpecStale: an invalid or stale follow is no error, and that of another
// connection is invalid.
func TestSpecStale(t *testing.T) {
	chain := rpctest.New(t, false)
	address := serve(t, v1.Config{Chain: chain.Chain})
	c, other := dial(t, address), dial(t, address)
	id := other.subscribe("chainHead_v1_follow", "[true]")
	other.next(id)
	g := chain.Genesis.Hash
	c.want("null", "chainHead_v1_header", `[%q,%q]`, id, g)
	for method, params := range map[string]string{"body": "", "call": `,"Core_version",""`, "storage": `,[],null`} {
		c.want(`{"result":"limitReached"}`, "chainHead_v1_"+method, `[%q,%q`+params+`]`, id, g)
	}
	c.want("null", "chainHead_v1_unpin", `[%q,%q]`, id, g)
	c.want("null", "chainHead_v1_continue", `[%q,"1"]`, id)
	c.want("null", "chainHead_v1_stopOperation", `[%q,"1"]`, id)
	other.want(fmt.Sprintf("%q", hexOf(scale.Marshal(headerOf(t, chain, chain.Genesis)))), "chainHead_v1_header", `[%q,%q]`, id, g)
}

func headerOf(t testing.TB, chain *rpctest.Chain, id primitives.BlockID) primitives.Header {
	t.Helper()
	h, err := chain.Store.Header(id.Hash)
	must(t, err)
	return h
}

// TestSpecParameters: what is not of the type that it must be is -32602, with a stale
// follow too.
func TestSpecParameters(t *testing.T) {
	chain, c, id := begin(t, v1.Limits{})
	g := chain.Genesis.Hash.String()
	for _, each := range []struct{ method, params string }{
		{"header", `["f"]`}, {"header", `["f","0x00"]`}, {"header", `["f",7]`}, {"header", `[7,"G"]`}, {"header", `["f","G","G"]`},
		{"header", `["f","` + g[2:] + `"]`}, {"header", `["f","` + g + `00"]`}, {"header", `{"followSubscription":"f","block":"G"}`},
		{"body", `["f",["G"]]`}, {"call", `["f","G","Core_version"]`}, {"call", `["f","G","Core_version","00"]`}, {"call", `["f","G","Core_version","0x0"]`},
		{"call", `["f","G",1,""]`}, {"storage", `["f","G"]`}, {"storage", `["f","G",{}]`}, {"storage", `["f","G",[{}]]`},
		{"storage", `["f","G",[{"key":"0x"}]]`}, {"storage", `["f","G",[{"type":"value"}]]`}, {"storage", `["f","G",[{"key":"0x","type":"values"}]]`},
		{"storage", `["f","G",[{"key":"0x","type":"descendantsHashes","paginationStartKey":"0x"}]]`},
		{"storage", `["f","G",[{"key":"0x","type":null}]]`}, {"storage", `["f","G",[],7]`}, {"storage", `["f","G",[],"zz"]`},
		{"continue", `["f"]`}, {"continue", `["f",1]`}, {"stopOperation", `["f"]`}, {"unpin", `["f"]`}, {"unpin", `["f","0x"]`}, {"unpin", `["f",["0x"]]`},
	} {
		params := strings.ReplaceAll(each.params, `"G"`, `"`+g+`"`)
		c.refused(-32602, "chainHead_v1_"+each.method, "%s", params)
		c.refused(-32602, "chainHead_v1_"+each.method, "%s", strings.ReplaceAll(params, `"f"`, `"`+id+`"`))
	}
}

// TestSpecNotPinned: a hash that was never told, or was unpinned.
func TestSpecNotPinned(t *testing.T) {
	chain, c, id := begin(t, v1.Limits{})
	c.want("null", "chainHead_v1_unpin", `{"followSubscription":%q,"hashOrHashes":%q}`, id, chain.Genesis.Hash)
	for _, h := range []primitives.Hash{chain.Genesis.Hash, {1}} {
		c.refused(-32801, "chainHead_v1_header", `[%q,%q]`, id, h)
		c.refused(-32801, "chainHead_v1_body", `[%q,%q]`, id, h)
		c.refused(-32801, "chainHead_v1_call", `[%q,%q,"Core_version","0x"]`, id, h)
		c.refused(-32801, "chainHead_v1_storage", `[%q,%q,[{"key":"0x","type":"value"}],null]`, id, h)
		c.refused(-32801, "chainHead_v1_unpin", `[%q,%q]`, id, h)
	}
}

// TestSpecUnpin_AllOrNone: an error leaves every block pinned.
func TestSpecUnpin_AllOrNone(t *testing.T) {
	chain, c, id := begin(t, v1.Limits{})
	b := chain.GrowBest(1)
	c.expect(id, newOn(b, chain.Genesis), best(b))
	g := chain.Genesis.Hash
	c.refused(-32801, "chainHead_v1_unpin", `[%q,[%q,%q]]`, id, g, primitives.Hash{1})
	c.refused(-32804, "chainHead_v1_unpin", `[%q,[%q,%q,%q]]`, id, g, b.Hash, g)
	c.refused(-32804, "chainHead_v1_unpin", `[%q,[%q,%q]]`, id, primitives.Hash{1}, primitives.Hash{1})
	c.want("null", "chainHead_v1_unpin", `[%q,[]]`, id)
	c.want("null", "chainHead_v1_unpin", `[%q,[%q,%q]]`, id, g, b.Hash)
	c.refused(-32801, "chainHead_v1_unpin", `[%q,%q]`, id, b.Hash)
}

// TestSpecCall_WithoutRuntime is -32802.
func TestSpecCall_WithoutRuntime(t *testing.T) {
	chain := rpctest.New(t, false)
	c := dial(t, serve(t, v1.Config{Chain: chain.Chain}))
	id := c.subscribe("chainHead_v1_follow", "[false]")
	c.next(id)
	c.refused(-32802, "chainHead_v1_call", `[%q,%q,"Core_version",""]`, id, chain.Genesis.Hash)
}

// TestBodyAndCall: bytes as the chain has them, "" for no arguments, and what fails
// says so.
func TestBodyAndCall(t *testing.T) {
	chain, c, id := begin(t, v1.Limits{})
	transfer := chain.Transfer("//Alice", 0, "//Bob", 1e12)
	b := chain.Grow(chain.Genesis, transfer)
	c.expect(id, newOn(b, chain.Genesis), best(b))
	body, err := chain.Store.Body(b.Hash)
	must(t, err)
	events := c.finish(id, "chainHead_v1_body", `[%q,%q]`, id, b.Hash)
	got := events[0].list("value")
	if events[0].name() != "operationBodyDone" || len(got) != len(body) || !slices.Contains(got, wire(transfer)) {
		t.Errorf("body %v", events)
	}
	if events := c.finish(id, "chainHead_v1_body", `[%q,%q]`, id, chain.Genesis.Hash); len(events[0]["value"].([]any)) != 0 {
		t.Errorf("body of genesis %v", events)
	}
	view, err := chain.Store.View(b.Hash)
	must(t, err)
	alice := rpctest.Account(t, "//Alice")
	for name, arguments := range map[string][]byte{"Core_version": nil, "Metadata_metadata_at_version": {15, 0, 0, 0}, "AccountNonceApi_account_nonce": alice[:]} {
		want, err := chain.Rules.Call(headerOf(t, chain, b), view, name, arguments)
		must(t, err)
		text := hexOf(arguments)
		if arguments == nil {
			text = ""
		}
		events := c.finish(id, "chainHead_v1_call", `{"followSubscription":%q,"hash":%q,"function":%q,"callParameters":%q}`, id, b.Hash, name, text)
		if events[0].name() != "operationCallDone" || events[0]["output"] != hexOf(want) {
			t.Errorf("%s: %.200v", name, events)
		}
	}
	for _, name := range []string{"Core_nothing", "AccountNonceApi_account_nonce"} {
		if events := c.finish(id, "chainHead_v1_call", `[%q,%q,%q,"0x00"]`, id, b.Hash, name); events[0].name() != "operationError" || events[0]["error"] == "" {
			t.Errorf("%s: %v", name, events)
		}
	}
}

// TestPinsSurvivePruning: a pruned block is read as before until it is unpinned, and
// operations that began before that end well.
func TestPinsSurvivePruning(t *testing.T) {
	chain, c, id := begin(t, v1.Limits{})
	a1 := chain.Grow(chain.Genesis, chain.Transfer("//Alice", 0, "//Bob", 7))
	b1 := chain.Grow(chain.Genesis)
	b2 := chain.Grow(b1)
	c.expect(id, newOn(a1, chain.Genesis), best(a1), newOn(b1, chain.Genesis), newOn(b2, b1), best(b2))
	header := c.call("chainHead_v1_header", `[%q,%q]`, id, a1.Hash)
	everything := func() string {
		return fmt.Sprint(
			c.finish(id, "chainHead_v1_body", `[%q,%q]`, id, a1.Hash),
			c.finish(id, "chainHead_v1_call", `[%q,%q,"AccountNonceApi_account_nonce",%q]`, id, a1.Hash, rpctest.Account(t, "//Alice")),
			c.finish(id, "chainHead_v1_storage", `[%q,%q,[{"key":"","type":"descendantsValues"}]]`, id, a1.Hash))
	}
	before := everything()
	if !strings.Contains(before, "0x01000000") {
		t.Fatal("the nonce is not 1")
	}
	chain.Finalize(b2, false)
	c.expect(id, "final "+b1.Hash.String()+" "+b2.Hash.String()+" pruned "+a1.Hash.String())
	if _, err := chain.Store.Header(a1.Hash); err == nil {
		t.Fatal("the store has the pruned block")
	}
	c.want(header, "chainHead_v1_header", `[%q,%q]`, id, a1.Hash)
	if after := everything(); after != before {
		t.Error("the pruned block reads differently")
	}
	var started struct{ OperationID string }
	must(t, json.Unmarshal([]byte(c.call("chainHead_v1_storage", `[%q,%q,[{"key":"","type":"descendantsHashes"}]]`, id, a1.Hash)), &started))
	c.want("null", "chainHead_v1_unpin", `[%q,%q]`, id, a1.Hash)
	c.refused(-32801, "chainHead_v1_header", `[%q,%q]`, id, a1.Hash)
	for {
		if e := c.nextOf(id, started.OperationID); e.name() == "operationWaitingForContinue" {
			c.want("null", "chainHead_v1_continue", `[%q,%q]`, id, started.OperationID)
		} else if e.name() != "operationStorageItems" {
			if e.name() != "operationStorageDone" {
				t.Errorf("event %v", e)
			}
			break
		}
	}
}

// TestKeptIsBounded: beyond the bound, a pruned block is inaccessible, and one that is
// not is read from the store.
func TestKeptIsBounded(t *testing.T) {
	t.Run("blocks", func(t *testing.T) { checkKept(t, v1.Limits{Kept: 1}) })
	t.Run("bytes", func(t *testing.T) { checkKept(t, v1.Limits{KeptBytes: 1}) })
}

func checkKept(t *testing.T, limits v1.Limits) {
	chain, c, id := begin(t, limits)
	a1, b1 := chain.Grow(chain.Genesis), chain.Grow(chain.Genesis)
	c1, d1 := chain.Grow(chain.Genesis), chain.Grow(chain.Genesis)
	c.expect(id, newOn(a1, chain.Genesis), best(a1), newOn(b1, chain.Genesis), newOn(c1, chain.Genesis), newOn(d1, chain.Genesis))
	if e := c.finish(id, "chainHead_v1_body", `[%q,%q]`, id, c1.Hash); e[0].name() != "operationBodyDone" {
		t.Errorf("unfinalized: %v", e)
	}
	chain.Finalize(d1, false)
	c.next(id)
	c.next(id)
	for b, want := range map[primitives.BlockID]string{a1: "operationBodyDone", c1: "operationInaccessible", d1: "operationBodyDone"} {
		if e := c.finish(id, "chainHead_v1_body", `[%q,%q]`, id, b.Hash); e[0].name() != want {
			t.Errorf("%v: %v, want %s", b, e, want)
		}
		c.call("chainHead_v1_header", `[%q,%q]`, id, b.Hash)
	}
	if e := c.finish(id, "chainHead_v1_storage", `[%q,%q,[{"key":"0x3a636f6465","type":"value"}]]`, id, c1.Hash); e[0].name() != "operationInaccessible" {
		t.Errorf("storage: %v", e)
	}
}

// TestFinalBlocksAreNotKept: they give their place to others.
func TestFinalBlocksAreNotKept(t *testing.T) {
	chain, c, id := begin(t, v1.Limits{Kept: 2})
	a1 := chain.GrowBest(1)
	c.expect(id, newOn(a1, chain.Genesis), best(a1))
	chain.Finalize(a1, false)
	c.expect(id, "final "+a1.Hash.String()+" pruned ")
	a2, b2 := chain.Grow(a1), chain.Grow(a1)
	c.expect(id, newOn(a2, a1), best(a2), newOn(b2, a1))
	chain.Finalize(a2, false)
	c.expect(id, "final "+a2.Hash.String()+" pruned "+b2.Hash.String())
	if e := c.finish(id, "chainHead_v1_body", `[%q,%q]`, id, b2.Hash); e[0].name() != "operationBodyDone" {
		t.Errorf("body: %v", e)
	}
}

// TestSpecStop_Pinned: who pins too many final blocks is stopped, and then nothing more
// comes; who unpins is not.
func TestSpecStop_Pinned(t *testing.T) {
	chain := rpctest.New(t, false)
	address := serve(t, v1.Config{Chain: chain.Chain, Limits: v1.Limits{Pinned: 5}})
	c := dial(t, address)
	hoarder, honest := c.subscribe("chainHead_v1_follow", "[true]"), c.subscribe("chainHead_v1_follow", "[true]")
	c.next(hoarder)
	c.want("null", "chainHead_v1_unpin", `[%q,%q]`, honest, c.next(honest).list("finalizedBlockHashes")[0])
	c.next(hoarder)
	c.next(honest)
	for n := range 7 {
		b := chain.GrowBest(1)
		chain.Finalize(b, false)
		for range 3 {
			e := c.next(honest)
			if e.name() == "stop" {
				t.Fatal("who unpins is stopped")
			}
			for _, h := range e.list("finalizedBlockHashes") {
				c.want("null", "chainHead_v1_unpin", `[%q,%q]`, honest, h)
			}
		}
		if n > 5 {
			break
		}
		for range 3 { // genesis and five blocks are six; the next finality stops
			if e := c.next(hoarder); n == 5 && e.name() == "stop" {
				break
			} else if e.name() == "stop" {
				t.Fatalf("stopped at %d", n)
			} else if n == 5 && e.name() == "finalized" {
				t.Fatal("not stopped")
			}
		}
	}
	c.want("null", "chainHead_v1_header", `[%q,%q]`, hoarder, chain.Genesis.Hash)
	c.want("null", "chainHead_v1_unfollow", `[%q]`, hoarder)
	if left := c.Told[hoarder]; len(left) > 0 {
		t.Errorf("events after stop: %v", left)
	}
}

// TestSpecStop_Behind: who is told of more than waits for it is stopped.
func TestSpecStop_Behind(t *testing.T) {
	chain := rpctest.New(t, false)
	c := dial(t, serve(t, v1.Config{Chain: chain.Chain, Limits: v1.Limits{Behind: 1}}))
	for { // until it was too slow for a burst
		id := c.subscribe("chainHead_v1_follow", "[true]")
		chain.GrowBest(1)
		for range 3 {
			chain.Finalize(chain.GrowBest(1), false)
		}
		last := best(chain.Store.Best())
		for e := c.next(id); ; e = c.next(id) {
			if e.name() == "stop" {
				c.want("null", "chainHead_v1_header", `[%q,%q]`, id, chain.Genesis.Hash)
				return
			}
			if e.tell() == last {
				break
			}
		}
		c.call("chainHead_v1_unfollow", `[%q]`, id)
	}
}

// TestStateGone: a pin does not outlive the state of its block; the follow is stopped.
func TestStateGone(t *testing.T) {
	chain := rpctest.New(t, false)
	c := dial(t, serve(t, v1.Config{Chain: chain.Chain, Limits: v1.Limits{Pinned: 10_000}}))
	id := c.subscribe("chainHead_v1_follow", "[false]")
	c.next(id)
	c.next(id)
	for n := 0; ; n++ {
		chain.Finalize(chain.GrowBest(1), false)
		e := c.next(id)
		if e.name() == "stop" || c.next(id).name() == "stop" || c.next(id).name() == "stop" {
			if n < store.Retained {
				t.Errorf("stopped after %d blocks", n)
			}
			return
		}
		if n > store.Retained+5 {
			t.Fatal("not stopped")
		}
	}
}
