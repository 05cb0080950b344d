package spec_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/parachain/sdk"
	"github.com/rampart-chain/rampart/parachain/sdk/collators"
	"github.com/rampart-chain/rampart/parachain/sdk/parachainsystem"
	"github.com/rampart-chain/rampart/relay/crypto/keys"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/spec"
)

// readPara reads d as a file of its own.
func readPara(t *testing.T, d any) (spec.ParaSpec, error) {
	t.Helper()
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "para.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if !spec.IsPara(path) {
		t.Errorf("%s is not taken for the chain spec of a parachain", text)
	}
	return spec.ReadPara(path)
}

func plainPara(t *testing.T, preset string) document {
	t.Helper()
	s, ok := spec.ParaPreset(preset)
	if !ok {
		t.Fatalf("no preset %s", preset)
	}
	text, err := s.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return read(t, text)
}

// zombifyPara edits d as zombienet does for collators of the parachain with the id.
//
// Source: zombienet javascript/packages/orchestrator/src/paras.ts, chainSpec.ts.
func zombifyPara(t *testing.T, d document, id int, names ...string) {
	t.Helper()
	d["paraId"] = id
	authorities := []any{}
	for _, name := range names {
		authorities = append(authorities, addressOf(t, keys.SchemeSr25519, "//"+name))
	}
	d.in("genesis", "runtimeGenesis", "config", "aura")["authorities"] = authorities
}

// isolate edits the raw spec d as zombienet does where networks are set apart.
func isolate(d document) {
	d["bootNodes"] = []any{"/ip4/127.0.0.1/tcp/30333/ws/p2p/12D3KooWAieokPB4zt3dJJokhVZw8KoQuTgXEEyempJtr6pGkhrd"}
	d["name"], d["id"], d["protocolId"], d["forkId"] = "2001-2001", "2001_testnet", "2001-2001", "2001-2001-ab"
}

func stateOf(b sdk.Block0) *frame.State {
	state := frame.Memory{}
	state.Apply(b.Outcome.Changes)
	return frame.NewState(state)
}

// TestParaZombienet edits the spec of a parachain as zombienet does, plain and raw,
// and reads the state that it gives.
func TestParaZombienet(t *testing.T) {
	d := plainPara(t, "coin-2000")
	zombifyPara(t, d, 2001, "Collator01", "Alice")
	amount := json.Number("340282366920938463463374")
	balances := d.in("genesis", "runtimeGenesis", "config", "balances")
	balances["balances"] = append(balances["balances"].([]any), []any{addressOf(t, keys.SchemeSr25519, "//Zoe"), amount})
	s, err := readPara(t, d)
	if err != nil {
		t.Fatal(err)
	}
	want, err := s.Build()
	if err != nil {
		t.Fatal(err)
	}
	state := stateOf(want)
	var line []primitives.SR25519Public
	for _, uri := range []string{"//Collator01", "//Alice"} {
		key, err := keys.Sr25519(uri)
		if err != nil {
			t.Fatal(err)
		}
		line = append(line, primitives.SR25519Public(key.Public()))
	}
	if got := collators.Collators.Get(state); !slices.Equal(got, line) {
		t.Errorf("collators %v, want %v", got, line)
	}
	if got := parachainsystem.ParachainId.Get(state); got != 2001 {
		t.Errorf("chain %d, want 2001", got)
	}
	zoe, err := keys.Sr25519("//Zoe")
	if err != nil {
		t.Fatal(err)
	}
	if free := system.Account.Get(state, primitives.AccountID(zoe.Public())).Data.Free.String(); free != amount.String() {
		t.Errorf("Zoe has %s", free)
	}
	raw, err := s.Raw()
	if err != nil {
		t.Fatal(err)
	}
	text, err := raw.JSON()
	if err != nil {
		t.Fatal(err)
	}
	edited := read(t, text)
	if children, ok := edited.in("genesis", "raw")["childrenDefault"].(map[string]any); !ok || len(children) != 0 || len(edited.in("genesis")) != 1 {
		t.Errorf("raw genesis has %v", edited.in("genesis"))
	}
	isolate(edited)
	if s, err = readPara(t, edited); err != nil {
		t.Fatal(err)
	}
	got, err := s.Build()
	if err != nil {
		t.Fatal(err)
	}
	if got.Header.Hash() != want.Header.Hash() || len(got.Outcome.Nodes) != len(want.Outcome.Nodes) {
		t.Errorf("raw spec builds %s with %d nodes, want %s with %d", got.Header.Hash(), len(got.Outcome.Nodes), want.Header.Hash(), len(want.Outcome.Nodes))
	}
	if s.ID != "2001_testnet" || s.ForkID != "2001-2001-ab" || len(s.BootNodes) != 1 {
		t.Errorf("id %q, fork %q, bootnodes %q", s.ID, s.ForkID, s.BootNodes)
	}
}

func TestParaSpecRefuses(t *testing.T) {
	raw := func(change func(d document, top map[string]any)) func(d document) {
		return func(d document) {
			s, err := readPara(t, d)
			if err == nil {
				s, err = s.Raw()
			}
			if err != nil {
				t.Fatal(err)
			}
			top := map[string]any{}
			for key, value := range s.Genesis.Raw.Top {
				top[key] = value
			}
			change(d, top)
			d["genesis"] = map[string]any{"raw": map[string]any{"top": top, "childrenDefault": map[string]any{}}}
		}
	}
	config := []string{"genesis", "runtimeGenesis", "config"}
	for name, test := range map[string]struct {
		edit func(d document)
		want string
	}{
		"member":        {func(d document) { d["relayChain"] = "local" }, "relayChain"},
		"pallet":        {func(d document) { d.in(append(config, "parachainInfo")...)["parachainId"] = 1 }, "parachainInfo"},
		"older form":    {func(d document) { d["genesis"] = map[string]any{"collators": []any{}} }, "collators"},
		"patch":         {func(d document) { d.in("genesis", "runtimeGenesis", "patch")["aura"] = nil }, "patch"},
		"both forms":    {func(d document) { d.in("genesis", "raw")["top"] = map[string]any{} }, "both raw"},
		"no collators":  {func(d document) { d.in(append(config, "aura")...)["authorities"] = []any{} }, "no collators"},
		"no genesis":    {func(d document) { delete(d, "genesis") }, "no collators"},
		"address":       {func(d document) { d.in(append(config, "aura")...)["authorities"] = []any{"x"} }, "aura.authorities[0]"},
		"amount":        {func(d document) { d.in(append(config, "balances")...)["balances"] = []any{[]any{"x", -1}} }, "balances[0]"},
		"id":            {func(d document) { d["id"] = "../other" }, `id "../other"`},
		"runtime":       {func(d document) { d["runtime"] = "glutton" }, "this binary knows coin"},
		"substitutes":   {func(d document) { d["codeSubstitutes"] = map[string]any{"1": "0x"} }, "codeSubstitutes"},
		"no state":      {raw(func(_ document, top map[string]any) { clear(top) }), "no collators"},
		"another chain": {raw(func(d document, _ map[string]any) { d["paraId"] = 2001 }), "is the state of chain 2000, and paraId says 2001"},
		"key":           {raw(func(_ document, top map[string]any) { top["zz"] = "0x" }), "not 0x and hexadecimal"},
		"broken state": {raw(func(_ document, top map[string]any) {
			for key := range top {
				top[key] = "0xff"
			}
		}), "not the state of a parachain"},
	} {
		t.Run(name, func(t *testing.T) {
			d := plainPara(t, "coin-2000")
			test.edit(d)
			s, err := readPara(t, d)
			if err == nil {
				_, err = s.Build()
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

func TestParaPreset(t *testing.T) {
	for name, id := range map[string]primitives.ParaID{"coin": 2000, "coin-2000": 2000, "coin-7": 7, "coin-4294967295": 1<<32 - 1} {
		if s, ok := spec.ParaPreset(name); !ok || s.ParaID != id {
			t.Errorf("%s: %v, chain %d, want %d", name, ok, s.ParaID, id)
		}
	}
	for _, name := range []string{"", "coi", "coins", "coin-", "coin-x", "coin--1", "coin-+1", "coin-007", "coin-4294967296", "local"} {
		if _, ok := spec.ParaPreset(name); ok {
			t.Errorf("%q is a preset", name)
		}
	}
}
