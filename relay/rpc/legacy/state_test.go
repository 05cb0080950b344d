package legacy_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto/hash"
	"github.com/rampart-chain/rampart/relay/frame/metadata"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/rpc/rpctest"
	"github.com/rampart-chain/rampart/relay/runtime/api"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/store"
	"github.com/rampart-chain/rampart/relay/trie"
)

// accountKey is the storage key of System.Account of an account.
func accountKey(t *testing.T, uri string) string {
	t.Helper()
	who := rpctest.Account(t, uri)
	pallet, item, digest := hash.Twox128([]byte("System")), hash.Twox128([]byte("Account")), hash.Blake2b128(who[:])
	return hexed(slices.Concat(pallet[:], item[:], digest[:], who[:]))
}

// account decodes a value of System.Account.
func account(t *testing.T, value string) (info system.AccountInfo) {
	t.Helper()
	if err := scale.Unmarshal(unhex(t, value), &info); err != nil {
		t.Fatal(err)
	}
	return info
}

// everything returns the keys and values of a state, ascending.
func everything(t *testing.T, v *store.View) (keys, values [][]byte) {
	t.Helper()
	for key := []byte(nil); ; {
		next, ok, err := v.Next(key)
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return keys, values
		}
		value, err := v.Get(next)
		if err != nil {
			t.Fatal(err)
		}
		keys, values, key = append(keys, next), append(values, value), next
	}
}

// TestValues reads values, their hashes and sizes, now and as they were.
func TestValues(t *testing.T) {
	chain, c := start(t)
	best := chain.Grow(chain.Genesis, chain.Transfer("//Alice", 0, "//Dave", 1e12))
	dave, zero := accountKey(t, "//Dave"), chain.Genesis.Hash.String()
	for _, method := range []string{"state_getStorage", "state_getStorageAt"} {
		if got := account(t, read[string](t, c.call(method, dave))); got.Data.Free != primitives.NewBalance(1e12) {
			t.Errorf("%s: Dave has %v", method, got.Data.Free)
		}
		c.is("null", method, dave, zero)
	}
	value := unhex(t, read[string](t, c.call("state_getStorage", dave, best.Hash.String())))
	digest := hash.Blake2b256(value)
	c.is(`"`+hexed(digest[:])+`"`, "state_getStorageHash", dave)
	c.is("null", "state_getStorageHashAt", dave, zero)
	c.is("80", "state_getStorageSize", dave)
	c.is("null", "state_getStorageSizeAt", dave, zero)
	c.is("320", "state_getStorageSize", dave[:2+64]) // all four accounts
	c.is("320", "state_getStorageSize", strings.TrimPrefix(dave[:2+64], "0x"))
	view, err := chain.Store.View(chain.Genesis.Hash)
	if err != nil {
		t.Fatal(err)
	}
	code, err := view.Get([]byte(":code"))
	if err != nil || len(code) == 0 {
		t.Fatalf("code %q, %v", code, err)
	}
	c.is(`"`+hexed(code)+`"`, "state_getStorage", hexed([]byte(":code")), zero)
	for _, bad := range []any{"0x1", "0xzz", 7, nil, "zz", hexed(make([]byte, trie.MaxKeyLen+1))} {
		c.fails(jsonrpc.CodeInvalidParams, "Invalid params", "state_getStorage", bad)
	}
}

// TestKeys reads all keys in pages, and at once.
func TestKeys(t *testing.T) {
	chain, c := start(t)
	chain.Grow(chain.Genesis, chain.Transfer("//Alice", 0, "//Dave", 1e12))
	view, err := chain.Store.View(chain.Store.Best().Hash)
	if err != nil {
		t.Fatal(err)
	}
	keys, values := everything(t, view)
	var all, found []string
	for _, k := range keys {
		all = append(all, hexed(k))
	}
	for _, method := range []string{"state_getKeysPaged", "state_getKeysPagedAt"} {
		found = nil
		for start := any("0x"); ; { // the first page begins at the prefix itself, as with polkadot.js
			page := read[[]string](t, c.call(method, "0x", 7, start))
			if found = append(found, page...); len(page) < 7 {
				break
			}
			start = page[6]
		}
		if !slices.Equal(found, all) {
			t.Errorf("%s: %d keys, want %d", method, len(found), len(all))
		}
	}
	if got := read[[]string](t, c.call("state_getKeys", "0x")); !slices.Equal(got, all) {
		t.Errorf("state_getKeys gives %d", len(got))
	}
	for i, pair := range read[[][2]string](t, c.call("state_getPairs", "0x")) {
		if pair != [2]string{all[i], hexed(values[i])} {
			t.Errorf("pair %d is %v", i, pair)
		}
	}
	prefix := accountKey(t, "//Dave")[:2+64]
	want := slices.DeleteFunc(slices.Clone(all), func(k string) bool { return !strings.HasPrefix(k, prefix) })
	if len(want) != 4 {
		t.Fatalf("%d accounts", len(want))
	}
	for params, want := range map[[2]any][]string{
		{prefix, nil}:          want,
		{prefix, want[1]}:      want[2:],
		{prefix, "0x00"}:       want,
		{prefix, "0xff"}:       {},
		{want[0], nil}:         want[:1], // a prefix that is a key
		{want[0], want[0]}:     {},
		{nil, all[len(all)-2]}: all[len(all)-1:],
	} {
		if got := read[[]string](t, c.call("state_getKeysPaged", params[0], 1000, params[1])); !slices.Equal(got, want) {
			t.Errorf("%v: %v, want %v", params, got, want)
		}
	}
	if got := read[[]string](t, c.call("state_getKeysPaged", prefix, 10, nil, chain.Genesis.Hash.String())); len(got) != 3 {
		t.Errorf("at genesis: %v", got)
	}
	c.is("[]", "state_getKeysPaged", "0x", 0)
	c.is("[]", "state_getKeys", "0xffff")
	c.fails(4002, "count exceeds maximum value. value: 1001, max: 1000", "state_getKeysPaged", "0x", 1001)
	c.fails(jsonrpc.CodeInvalidParams, "parameter 1 is missing", "state_getKeysPaged", "0x")
}

// TestQuery looks at several blocks at once.
func TestQuery(t *testing.T) {
	chain, c := start(t)
	dave, none := accountKey(t, "//Dave"), "0x1234"
	one := chain.Grow(chain.Genesis, chain.Transfer("//Alice", 0, "//Dave", 1e12))
	two := chain.Grow(one)
	three := chain.Grow(two, chain.Transfer("//Alice", 1, "//Dave", 1e12))
	fork := chain.Grow(chain.Genesis)
	type set struct {
		Block   string
		Changes [][2]*string
	}
	at := func(id primitives.BlockID) *string {
		var value *string
		if err := json.Unmarshal(c.call("state_getStorage", dave, id.Hash.String()), &value); err != nil {
			t.Fatal(err)
		}
		return value
	}
	check := func(got json.RawMessage, want []set) {
		t.Helper()
		text, err := json.Marshal(read[[]set](t, got))
		if err != nil {
			t.Fatal(err)
		}
		if wanted, _ := json.Marshal(want); !bytes.Equal(text, wanted) {
			t.Errorf("got  %s\nwant %s", text, wanted)
		}
	}
	zero := chain.Genesis.Hash.String()
	check(c.call("state_queryStorageAt", []string{none, dave}), []set{{three.Hash.String(), [][2]*string{{&none, nil}, {&dave, at(three)}}}})
	check(c.call("state_queryStorageAt", []string{dave, dave}, zero), []set{{zero, [][2]*string{{&dave, nil}, {&dave, nil}}}})
	check(c.call("state_queryStorage", []string{none, dave}, zero), []set{
		{zero, [][2]*string{{&none, nil}, {&dave, nil}}},
		{one.Hash.String(), [][2]*string{{&dave, at(one)}}},
		{three.Hash.String(), [][2]*string{{&dave, at(three)}}},
	})
	check(c.call("state_queryStorage", []string{dave}, one.Hash.String(), two.Hash.String()), []set{{one.Hash.String(), [][2]*string{{&dave, at(one)}}}})
	c.is("[]", "state_queryStorageAt", []string{})
	unknown := primitives.Hash{9}.String()
	c.fails(4001, `Cannot resolve a block range ['"`+unknown+`"' ... '"Some(`+unknown+`)"]. UnknownBlock: Header was not found in the database: `+unknown, "state_queryStorageAt", []string{dave}, unknown)
	c.fails(4001, "from number > to number", "state_queryStorage", []string{dave}, three.Hash.String(), one.Hash.String())
	c.fails(4001, "from and to are on different forks", "state_queryStorage", []string{dave}, fork.Hash.String())
	c.fails(jsonrpc.CodeInvalidParams, "at most 10000 keys", "state_queryStorageAt", slices.Repeat([]string{"0x"}, 10_001))
}

// TestDiscarded asks about states that are no longer there.
func TestDiscarded(t *testing.T) {
	chain, c := start(t)
	chain.Finalize(chain.GrowBest(store.Retained+2), false)
	zero := chain.Genesis.Hash.String()
	const gone = "Client error: UnknownBlock: State already discarded for 0x"
	c.fails(4003, gone, "state_getStorage", "0x", zero)
	c.fails(4003, gone, "state_getKeysPaged", "0x", 1, nil, zero)
	c.fails(4003, gone, "state_queryStorageAt", []string{"0x"}, zero)
	c.fails(4003, gone, "state_getReadProof", []string{"0x"}, zero)
	c.fails(4003, gone, "state_call", "Core_version", "0x", zero)
	c.fails(4003, gone, "state_getMetadata", zero)
	c.fails(1, "State already discarded", "payment_queryInfo", "0x00", zero)
	c.call("state_getRuntimeVersion", zero) // needs no state
	const unknown = "Client error: UnknownBlock: Header was not found in the database: 0x09"
	for _, call := range [][]any{
		{"state_getStorage", "0x"}, {"state_getStorageSize", "0x"}, {"state_getStorageHash", "0x"}, {"state_call", "Core_version", "0x"},
		{"state_getMetadata"}, {"state_getRuntimeVersion"}, {"state_getReadProof", []string{}}, {"state_getKeys", "0x"}, {"state_getPairs", "0x"},
		{"childstate_getStorage", hexed([]byte(":child_storage:default:x")), "0x"},
	} {
		c.fails(4003, unknown, call[0].(string), append(call[1:], primitives.Hash{9}.String())...)
	}
}

// TestVersion: as JSON and as the runtime call encodes it, versions agree.
func TestVersion(t *testing.T) {
	_, c := start(t)
	var encoded system.RuntimeVersion
	if err := scale.Unmarshal(unhex(t, read[string](t, c.call("state_call", "Core_version", ""))), &encoded); err != nil {
		t.Fatal(err)
	}
	for _, method := range []string{"state_getRuntimeVersion", "chain_getRuntimeVersion"} {
		got := read[struct {
			SpecName, ImplName                                             string
			AuthoringVersion, SpecVersion, ImplVersion, TransactionVersion uint32
			StateVersion, SystemVersion                                    uint8
			APIs                                                           [][2]any
		}](t, c.call(method))
		if got.SpecName != encoded.SpecName || got.ImplName != encoded.ImplName || got.SpecVersion != encoded.SpecVersion ||
			got.TransactionVersion != encoded.TransactionVersion || got.StateVersion != 1 || got.SystemVersion != 1 || len(got.APIs) != len(encoded.APIs) {
			t.Errorf("%s: %+v", method, got)
		}
		for i, a := range encoded.APIs {
			if got.APIs[i] != [2]any{hexed(a.ID[:]), float64(a.Version)} {
				t.Errorf("API %d is %v", i, got.APIs[i])
			}
		}
	}
}

// TestMetadata: by every way the same bytes, and the same when asked again.
func TestMetadata(t *testing.T) {
	chain, c := start(t)
	for range 2 {
		plain := unhex(t, read[string](t, c.call("state_getMetadata")))
		if want := "meta\x0e"; !strings.HasPrefix(string(plain), want) {
			t.Fatalf("metadata begins with %x", plain[:5])
		}
		c.is(`"`+hexed(scale.AppendBytes(nil, plain))+`"`, "state_call", "Metadata_metadata", "0x")
		at := read[string](t, c.call("state_call", "Metadata_metadata_at_version", "0x0e000000", chain.Genesis.Hash.String()))
		if !bytes.Equal(unhex(t, at), append([]byte{1}, scale.AppendBytes(nil, plain)...)) {
			t.Error("metadata at version 14 differs")
		}
		v15 := unhex(t, read[string](t, c.call("state_call", "Metadata_metadata_at_version", "0x0f000000")))
		if !bytes.Contains(v15[:16], []byte{'m', 'e', 't', 'a', metadata.V15}) {
			t.Errorf("metadata at version 15 begins with %x", v15[:16])
		}
	}
	c.is(`"0x00"`, "state_call", "Metadata_metadata_at_version", "0x63000000")
	versions := read[string](t, c.call("state_call", "Metadata_metadata_versions", ""))
	if list := unhex(t, versions); len(list) != 13 || binary.LittleEndian.Uint32(list[5:]) != metadata.V15 {
		t.Errorf("versions %s", versions)
	}
}

// TestCall makes runtime calls, right and wrong.
func TestCall(t *testing.T) {
	chain, c := start(t)
	chain.Grow(chain.Genesis, chain.Transfer("//Alice", 0, "//Bob", 1))
	alice := rpctest.Account(t, "//Alice")
	for _, method := range []string{"state_call", "state_callAt"} {
		c.is(`"0x01000000"`, method, "AccountNonceApi_account_nonce", hexed(alice[:]))
		c.is(`"0x00000000"`, method, "AccountNonceApi_account_nonce", hexed(alice[:]), chain.Genesis.Hash.String())
	}
	c.is(`"0x01000000"`, "state_call", named{"name": "AccountNonceApi_account_nonce", "bytes": hexed(alice[:])})
	c.fails(4003, "Client error: Execution failed: Other: Exported method Core_nonsense is not found", "state_call", "Core_nonsense", "0x")
	if _, err := c.ask("state_call", strings.Repeat("x", 1<<20), "0x"); err == nil || err.Code != 4003 || len(err.Message) > 200 {
		t.Errorf("a long name: %.300v", err)
	}
	c.fails(4003, "Client error: Execution failed: "+api.ErrArguments.Error(), "state_call", "AccountNonceApi_account_nonce", "0x01")
	c.fails(jsonrpc.CodeInvalidParams, "parameter 1 is missing", "state_call", "Core_version")
}

// TestReadProof verifies proofs that the chain gives of its own keys.
func TestReadProof(t *testing.T) {
	chain, c := start(t)
	best := chain.Grow(chain.Genesis, chain.Transfer("//Alice", 0, "//Dave", 1e12))
	header, err := chain.Store.Header(best.Hash)
	if err != nil {
		t.Fatal(err)
	}
	keys := []string{accountKey(t, "//Dave"), "0x1234", hexed([]byte(":code"))}
	answer := read[struct {
		At    string
		Proof []string
	}](t, c.call("state_getReadProof", keys))
	var proof, wanted [][]byte
	for _, node := range answer.Proof {
		proof = append(proof, unhex(t, node))
	}
	for _, k := range keys {
		wanted = append(wanted, unhex(t, k))
	}
	values, err := trie.VerifyProof(header.StateRoot, proof, wanted)
	if err != nil || answer.At != best.Hash.String() {
		t.Fatalf("proof at %s: %v", answer.At, err)
	}
	if got := account(t, hexed(values[0])); got.Data.Free != primitives.NewBalance(1e12) || values[1] != nil || !strings.HasPrefix(string(values[2]), "rampart") {
		t.Errorf("values %x", values)
	}
	c.is(`{"at":"`+chain.Genesis.Hash.String()+`","proof":[]}`, "state_getReadProof", []string{}, chain.Genesis.Hash.String())
}

// changeSet is a notification of state_subscribeStorage.
type changeSet struct {
	Block   string
	Changes [][2]*string
}

// TestSubscribeStorage: first everything that was asked for, then what changes with
// the best block, on whatever fork that is.
func TestSubscribeStorage(t *testing.T) {
	chain, c := start(t)
	dave, charlie, none := accountKey(t, "//Dave"), accountKey(t, "//Charlie"), "0x1234"
	id := c.subscribe("state_subscribeStorage", []string{dave, none, charlie})
	type free map[string]uint64
	sees := func(block primitives.BlockID, want free) {
		t.Helper()
		set := read[changeSet](t, c.next("state_storage", id))
		got := free{}
		for _, change := range set.Changes {
			got[*change[0]] = 0
			if change[1] != nil {
				got[*change[0]] = account(t, *change[1]).Data.Free.Lo
			}
		}
		if set.Block != block.Hash.String() || len(got) != len(want) {
			t.Fatalf("%+v, want %v at %v", got, want, block)
		}
		for k, v := range want {
			if have, ok := got[k]; !ok || have != v && v != 1 {
				t.Errorf("%s has %d, want %d", k, have, v)
			}
		}
	}
	const some = 1 // any amount
	sees(chain.Genesis, free{dave: 0, none: 0, charlie: 1e18})
	a1 := chain.Grow(chain.Genesis, chain.Transfer("//Charlie", 0, "//Dave", 1e12))
	sees(a1, free{dave: 1e12, charlie: some})
	a2 := chain.Grow(a1) // nothing of it changes
	b1 := chain.Grow(chain.Genesis, chain.Transfer("//Bob", 0, "//Dave", 3e12))
	b2 := chain.Grow(b1)
	b3 := chain.Grow(b2) // best now: what b1 changed is told, what a1 did is undone
	sees(b3, free{dave: 3e12, charlie: 1e18})
	chain.Finalize(a2, false)
	sees(a2, free{dave: 1e12, charlie: some})
	c.is("true", "state_unsubscribeStorage", id)
	chain.Grow(a2, chain.Transfer("//Charlie", 1, "//Dave", 1e12))
	c.quiet(id)

	empty := c.subscribe("state_subscribeStorage", []string{})
	c.quiet(empty)
	c.fails(jsonrpc.CodeMethodNotFound, "unsafe", "state_subscribeStorage")
	c.fails(jsonrpc.CodeMethodNotFound, "unsafe", "state_subscribeStorage", nil)
	c.fails(jsonrpc.CodeInvalidParams, "at most 10000 keys", "state_subscribeStorage", slices.Repeat([]string{"0x"}, 10_001))
}

// TestWatchedKeys: all subscriptions together have a bound, and give back what they
// had.
func TestWatchedKeys(t *testing.T) {
	_, c := start(t)
	keys := slices.Repeat([]string{"0x"}, 10_000)
	var first string
	for i := range 26 {
		id := c.subscribe("state_subscribeStorage", keys)
		if i == 0 {
			first = id
		}
	}
	c.fails(jsonrpc.CodeSubscriptions, "watch too many keys", "state_subscribeStorage", keys)
	c.subscribe("state_subscribeStorage", keys[:2000])
	c.is("true", "state_unsubscribeStorage", first)
	c.subscribe("state_subscribeStorage", keys)
}

// TestSubscribeVersion: by both names.
func TestSubscribeVersion(t *testing.T) {
	chain, c := start(t)
	version := string(c.call("state_getRuntimeVersion"))
	for _, prefix := range []string{"state", "chain"} {
		id := c.subscribe(prefix + "_subscribeRuntimeVersion")
		if got := string(c.next("state_runtimeVersion", id)); got != version {
			t.Errorf("told %s", got)
		}
		chain.GrowBest(2)
		c.quiet(id)
		c.is("true", prefix+"_unsubscribeRuntimeVersion", id)
	}
}

// TestChildState: an absent child trie is empty.
func TestChildState(t *testing.T) {
	chain, c := start(t)
	child := hexed([]byte(":child_storage:default:x"))
	c.is("[]", "childstate_getKeys", child, "0x")
	c.is("[]", "childstate_getKeysPaged", child, "0x", 10)
	c.is("[]", "childstate_getKeysPagedAt", child, nil, 10, nil, chain.Genesis.Hash.String())
	c.is("null", "childstate_getStorage", child, "0x01")
	c.is("null", "childstate_getStorageHash", child, "0x01")
	c.is("null", "childstate_getStorageSize", child, "0x01")
	c.is("[null,null]", "childstate_getStorageEntries", child, []string{"0x01", "0x02"})
	answer := read[struct{ Proof []string }](t, c.call("state_getChildReadProof", child, []string{"0x01"}))
	header, err := chain.Store.Header(chain.Genesis.Hash)
	if err != nil {
		t.Fatal(err)
	}
	var proof [][]byte
	for _, node := range answer.Proof {
		proof = append(proof, unhex(t, node))
	}
	if values, err := trie.VerifyProof(header.StateRoot, proof, [][]byte{unhex(t, child)}); err != nil || values[0] != nil {
		t.Errorf("proof of absence: %x, %v", values, err)
	}
	for _, method := range []string{"childstate_getKeys", "childstate_getStorage", "childstate_getStorageHash", "childstate_getStorageSize"} {
		c.fails(4003, "Client error: Invalid child storage key", method, "0x01", "0x")
	}
	for _, method := range []string{"childstate_getStorageEntries", "state_getChildReadProof"} {
		c.fails(4003, "Client error: Invalid child storage key", method, "0x01", []string{})
	}
	c.fails(jsonrpc.CodeInvalidParams, "parameter 2 is missing", "childstate_getKeysPaged", child)
}
