package v1_test

import (
	"fmt"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	v1 "github.com/rampart-chain/rampart/relay/rpc/v1"
)

// TestStorageTypes asks for :code, a missing key and a prefix in all five ways.
func TestStorageTypes(t *testing.T) {
	chain, c, id := begin(t, v1.Limits{})
	view, err := chain.Store.View(chain.Genesis.Hash)
	must(t, err)
	code, err := view.Get([]byte(":code"))
	must(t, err)
	if len(code) == 0 {
		t.Fatal("no :code")
	}
	key := "0x3a636f6465"
	value, hash := hexOf(code), primitives.Blake2b256(code).String()
	ask := func(items string) string {
		events := c.finish(id, "chainHead_v1_storage", `[%q,%q,%s,null]`, id, chain.Genesis.Hash, items)
		if last := events[len(events)-1]; last.name() != "operationStorageDone" {
			t.Errorf("%s: %v", items, last)
		}
		var all []any
		for _, e := range events[:len(events)-1] {
			all = append(all, e["items"].([]any)...)
		}
		return fmt.Sprint(all)
	}
	for _, each := range []struct{ items, want string }{
		{`[]`, "[]"},
		{`[{"key":"0x3a636f6465","type":"value"}]`, fmt.Sprint([]any{map[string]any{"key": key, "value": value}})},
		{`[{"type":"hash","key":"0x3A636F6465"}]`, fmt.Sprint([]any{map[string]any{"key": key, "hash": hash}})},
		{`[{"key":"0x3a636f64","type":"descendantsValues"}]`, fmt.Sprint([]any{map[string]any{"key": key, "value": value}})},
		{`[{"key":"0x3a636f6465","type":"descendantsHashes"}]`, fmt.Sprint([]any{map[string]any{"key": key, "hash": hash}})},
		{`[{"key":"0x3a636f64","type":"value"},{"key":"0x3a636f64","type":"hash"}]`, "[]"},
		{`[{"key":"0x3a636f646500","type":"closestDescendantMerkleValue"},{"key":"0x3a636f646500","type":"descendantsHashes"}]`, "[]"},
		{`[{"key":"","type":"closestDescendantMerkleValue"}]`, fmt.Sprint([]any{map[string]any{"key": "0x", "closestDescendantMerkleValue": headerOf(t, chain, chain.Genesis).StateRoot.String()}})},
		{`[{"key":"0x3a636f64","type":"value"},{"key":"0x3a636f6465","type":"value"},{"key":"0x3a636f6465","type":"hash"}]`,
			fmt.Sprint([]any{map[string]any{"key": key, "value": value}, map[string]any{"key": key, "hash": hash}})},
	} {
		if got := ask(each.items); got != each.want {
			t.Errorf("%s\ngot  %s\nwant %s", each.items, got, each.want)
		}
	}
	events := c.finish(id, "chainHead_v1_storage", `[%q,%q,[{"key":"0x","type":"descendantsValues"}],"0x01"]`, id, chain.Genesis.Hash)
	if len(events) != 1 || events[0].name() != "operationStorageDone" {
		t.Errorf("child trie: %v", events)
	}
}
