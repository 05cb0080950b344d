package v1_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/rpctest"
	v1 "github.com/rampart-chain/rampart/relay/rpc/v1"
	"github.com/rampart-chain/rampart/relay/scale"
)

func archive(t testing.TB) (*rpctest.Chain, *client) {
	t.Helper()
	chain := rpctest.New(t, true)
	return chain, dial(t, serve(t, v1.Config{Chain: chain.Chain, Archive: true}))
}

// TestArchiveBlocks: heights, headers, bodies and calls, of final blocks and of forks.
func TestArchiveBlocks(t *testing.T) {
	chain, c := archive(t)
	final := chain.Grow(chain.Genesis, chain.Transfer("//Alice", 0, "//Bob", 1e12))
	chain.Finalize(final, false)
	a2, b2 := chain.Grow(final), chain.Grow(final)
	c.want(fmt.Sprintf("%q", chain.Genesis.Hash), "archive_v1_genesisHash", "[]")
	c.want("1", "archive_v1_finalizedHeight", "[]")
	c.want(fmt.Sprintf("[%q]", chain.Genesis.Hash), "archive_v1_hashByHeight", "[0]")
	c.want(fmt.Sprintf("[%q]", final.Hash), "archive_v1_hashByHeight", `{"height":1}`)
	forks := []string{a2.Hash.String(), b2.Hash.String()}
	if got := c.call("archive_v1_hashByHeight", "[2]"); !strings.Contains(got, forks[0]) || !strings.Contains(got, forks[1]) || len(got) != 2*68+3 {
		t.Errorf("height 2: %s", got)
	}
	c.want("[]", "archive_v1_hashByHeight", "[3]")
	c.want("[]", "archive_v1_hashByHeight", "[4294967296]")
	for _, bad := range []string{"[-1]", "[1.5]", `["1"]`, "[]"} {
		c.refused(-32602, "archive_v1_hashByHeight", "%s", bad)
	}
	for _, id := range []primitives.BlockID{chain.Genesis, final, a2, b2} {
		c.want(fmt.Sprintf("%q", hexOf(scale.Marshal(headerOf(t, chain, id)))), "archive_v1_header", `{"hash":%q}`, id.Hash)
		body, err := chain.Store.Body(id.Hash)
		must(t, err)
		texts := []string{}
		for _, x := range body {
			texts = append(texts, fmt.Sprintf("%q", wire(x)))
		}
		c.want("["+strings.Join(texts, ",")+"]", "archive_v1_body", `[%q]`, id.Hash)
	}
	alice := rpctest.Account(t, "//Alice")
	const call = `[%q,"AccountNonceApi_account_nonce",%q]`
	c.want(`{"success":true,"value":"0x00000000"}`, "archive_v1_call", call, chain.Genesis.Hash, alice)
	c.want(`{"success":true,"value":"0x01000000"}`, "archive_v1_call", call, b2.Hash, alice)
	if got := c.call("archive_v1_call", call, final.Hash, "0x00"); !strings.HasPrefix(got, `{"error":"`) || !strings.HasSuffix(got, `"success":false}`) {
		t.Errorf("bad arguments: %s", got)
	}
	chain.Finalize(b2, false)
	c.want(fmt.Sprintf("[%q]", b2.Hash), "archive_v1_hashByHeight", "[2]")
	for method, params := range map[string]string{"header": "", "body": "", "call": `,"Core_version",""`} {
		c.want("null", "archive_v1_"+method, `[%q`+params+`]`, a2.Hash)
		c.refused(-32602, "archive_v1_"+method, "%s", `["0x"`+params+`]`)
	}
}

// all returns the events of a subscription up to the last one.
func (c *client) all(method, params string, arguments ...any) (events []event) {
	c.t.Helper()
	id := c.subscribe(method, params, arguments...)
	for {
		e := c.next(id)
		events = append(events, e)
		if name := e.name(); strings.HasSuffix(name, "Done") || strings.HasSuffix(name, "Error") {
			return events
		}
	}
}

// TestArchiveStorage: the five types, pages, and what fails.
func TestArchiveStorage(t *testing.T) {
	chain, b, want := wide(t, 300)
	c := dial(t, serve(t, v1.Config{Chain: chain.Chain, Archive: true}))
	root := headerOf(t, chain, b).StateRoot.String()
	prefix := hexOf([]byte("~wide"))
	for _, each := range []struct{ items, want string }{
		{`[]`, ""},
		{`[{"key":"` + want[7] + `","type":"value"}]`, `{"event":"storage","key":"` + want[7] + `","value":"0x00000007"}`},
		{`[{"key":"` + want[7] + `","type":"hash"}]`, `{"event":"storage","hash":"` + primitives.Blake2b256([]byte{0, 0, 0, 7}).String() + `","key":"` + want[7] + `"}`},
		{`[{"key":"","type":"closestDescendantMerkleValue"}]`, `{"closestDescendantMerkleValue":"` + root + `","event":"storage","key":"0x"}`},
		{`[{"key":"0x00","type":"value"},{"key":"0x00","type":"descendantsValues"}]`, ""},
	} {
		events := c.all("archive_v1_storage", `{"hash":%q,"items":%s}`, b.Hash, each.items)
		var got []string
		for _, e := range events[:len(events)-1] {
			got = append(got, e.tell())
		}
		if strings.Join(got, " ") != each.want || events[len(events)-1].tell() != `{"event":"storageDone"}` {
			t.Errorf("%s: %v", each.items, events)
		}
	}
	for _, each := range []struct {
		start string
		from  int
	}{{"", 0}, {`,"paginationStartKey":null`, 0}, {`,"paginationStartKey":"0x00"`, 0}, {`,"paginationStartKey":"` + prefix + `"`, 0},
		{`,"paginationStartKey":"` + want[199] + `"`, 200}, {`,"paginationStartKey":"` + want[199] + `00"`, 200}, {`,"paginationStartKey":"` + want[299] + `"`, 300}, {`,"paginationStartKey":"0xff"`, 300}} {
		var keys []string
		for _, e := range c.all("archive_v1_storage", `[%q,[{"key":%q,"type":"descendantsHashes"%s}],null]`, b.Hash, prefix, each.start) {
			if e.name() == "storage" {
				keys = append(keys, e["key"].(string))
			}
		}
		if !slices.Equal(keys, want[each.from:]) {
			t.Errorf("%s: %d keys", each.start, len(keys))
		}
	}
	if e := c.all("archive_v1_storage", `[%q,[{"key":"","type":"value"}]]`, primitives.Hash{1}); len(e) != 1 || e[0].name() != "storageError" {
		t.Errorf("unknown block: %v", e)
	}
	if e := c.all("archive_v1_storage", `[%q,[{"key":"","type":"descendantsValues"}],"0x01"]`, b.Hash); len(e) != 1 || e[0].name() != "storageDone" {
		t.Errorf("child trie: %v", e)
	}
	c.refused(-32602, "archive_v1_storage", `[%q,[{"key":"","type":"value","paginationStartKey":""}]]`, b.Hash)
	c.refused(-32602, "archive_v1_storage", `[%q,[{"type":"value"}]]`, b.Hash)
	c.refused(-32602, "archive_v1_storage", `[%q]`, b.Hash)
	c.want("null", "archive_v1_stopStorage", `["x"]`)
	c.want("null", "archive_v1_stopStorageDiff", `["x"]`)
}

// TestArchiveDiff: what was added, modified and deleted, against the parent or an
// ancestor, by prefix, as values or hashes.
func TestArchiveDiff(t *testing.T) {
	chain, c := archive(t)
	change := func(key, value string) frame.Change {
		if value == "" {
			return frame.Change{Key: []byte(key)}
		}
		return frame.Change{Key: []byte(key), Value: []byte(value)}
	}
	one := write(t, chain, chain.Genesis, change("~a", "1"), change("~b", "2"), change("~c", "3"))
	two := write(t, chain, one, change("~a", "1"), change("~b", "4"), change("~c", ""), change("~d", "5"))
	fork := write(t, chain, chain.Genesis, change("~a", "9"))
	show := func(key, value, kind string) string {
		return fmt.Sprintf(`{"event":"storageDiff","key":%q,"type":%q,"value":%q}`, hexOf([]byte(key)), kind, hexOf([]byte(value)))
	}
	ask := func(params string, arguments ...any) (out []string) {
		for _, e := range c.all("archive_v1_storageDiff", params, arguments...) {
			out = append(out, e.tell())
		}
		return out
	}
	done := `{"event":"storageDiffDone"}`
	b, gone, d := show("~b", "4", "modified"), show("~c", "3", "deleted"), show("~d", "5", "added")
	for _, finalized := range []bool{false, true} {
		if finalized {
			chain.Finalize(two, false)
		}
		for _, each := range []struct {
			params string
			want   []string
		}{
			{`["` + two.Hash.String() + `"]`, []string{b, gone, d, done}},
			{`{"hash":"` + two.Hash.String() + `","previousHash":"` + one.Hash.String() + `"}`, []string{b, gone, d, done}},
			{`["` + two.Hash.String() + `",null,"` + chain.Genesis.Hash.String() + `"]`, []string{show("~a", "1", "added"), show("~b", "4", "added"), d, done}},
			{`["` + two.Hash.String() + `",[{"key":"0x7e62","returnType":"value"},{"key":"0x7e64","returnType":"value","childTrieKey":null}]]`, []string{b, d, done}},
			{`["` + two.Hash.String() + `",[{"returnType":"value","childTrieKey":"0x00"}]]`, []string{done}},
			{`["` + two.Hash.String() + `",[]]`, []string{done}},
			{`["` + two.Hash.String() + `",[{"key":"0x7e63","returnType":"hash"}]]`,
				[]string{fmt.Sprintf(`{"event":"storageDiff","hash":"%s","key":"0x7e63","type":"deleted"}`, primitives.Blake2b256([]byte("3"))), done}},
		} {
			if got := ask("%s", each.params); !slices.Equal(got, each.want) {
				t.Errorf("%s\ngot  %v\nwant %v", each.params, got, each.want)
			}
		}
		for _, pair := range [][2]primitives.Hash{{one.Hash, two.Hash}, {two.Hash, two.Hash}, {two.Hash, fork.Hash}, {fork.Hash, one.Hash}, {two.Hash, {1}}, {{1}, one.Hash}} {
			if got := ask(`[%q,null,%q]`, pair[0], pair[1]); len(got) != 1 || !strings.Contains(got[0], "storageDiffError") {
				t.Errorf("%v: %v", pair, got)
			}
		}
	}
	if got := ask(`[%q]`, chain.Genesis.Hash); len(got) != 1 || !strings.Contains(got[0], "storageDiffError") {
		t.Errorf("genesis: %v", got)
	}
	for _, bad := range []string{`[{}]`, `[{"returnType":"descendantsValues"}]`, `7`, `[{"returnType":"value","key":7}]`} {
		c.refused(-32602, "archive_v1_storageDiff", `[%q,%s]`, two.Hash, bad)
	}
}

// TestArchiveQueries_Limit: a connection has as many as allowed, and gets a place back
// when it stops one.
func TestArchiveQueries_Limit(t *testing.T) {
	chain, b, _ := wide(t, 20_000)
	address := serve(t, v1.Config{Chain: chain.Chain, Archive: true, Limits: v1.Limits{Queries: 1}})
	c := dial(t, address)
	id := c.subscribe("archive_v1_storage", `[%q,[{"key":"","type":"descendantsValues"}]]`, b.Hash)
	c.refused(-32009, "archive_v1_storageDiff", `[%q]`, b.Hash)
	c.want("null", "archive_v1_stopStorage", `[%q]`, id)
	c.want("null", "archive_v1_stopStorage", `[%q]`, id)
	c.all("archive_v1_storageDiff", `[%q,[]]`, b.Hash)
	for _, e := range c.Told[id] {
		if c.event(e).name() == "storageDone" {
			t.Error("it was done before it was stopped")
		}
	}
}
