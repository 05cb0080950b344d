package spec_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/relay/crypto/keys"
	"github.com/rampart-chain/rampart/relay/crypto/ss58"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/genesis"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/testnet/spec"
)

// wasm is the least module there is.
const wasm = "0x0061736d01000000"

// document is a chain spec as a tool holds it: any JSON, numbers as written.
type document map[string]any

func read(t *testing.T, text []byte) document {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.UseNumber()
	var out document
	if err := d.Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

// in returns the object at the path, made where there is none.
func (d document) in(path ...string) map[string]any {
	at := map[string]any(d)
	for _, name := range path {
		if at[name] == nil {
			at[name] = map[string]any{}
		}
		at = at[name].(map[string]any)
	}
	return at
}

func addressOf(t *testing.T, scheme keys.Scheme, uri string) string {
	t.Helper()
	u, err := keys.ParseURI(uri)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := u.Pair(scheme)
	if err != nil {
		t.Fatal(err)
	}
	text, err := ss58.EncodeKey(pair.Public(), ss58.Generic)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// zombify edits d as zombienet does for nodes, a parachain and a channel: it clears
// the authorities, adds its own with keys for all pallets it knows, adds balances,
// paras and channels.
//
// Source: zombienet javascript/packages/orchestrator/src/chainSpec.ts.
func zombify(t *testing.T, d document, form string, nodes ...string) {
	t.Helper()
	config := []string{"genesis", "runtimeGenesis", form}
	var authorities []any
	funded := map[string]any{}
	for _, endowment := range d.in(append(config, "balances")...)["balances"].([]any) {
		pair := endowment.([]any)
		funded[pair[0].(string)] = pair[1]
	}
	for _, name := range nodes {
		stash := addressOf(t, keys.SchemeSr25519, "//"+name+"//stash")
		sr, ed := addressOf(t, keys.SchemeSr25519, "//"+name), addressOf(t, keys.SchemeEd25519, "//"+name)
		authorities = append(authorities, []any{stash, stash, map[string]any{
			"grandpa": ed, "babe": sr, "im_online": sr, "parachain_validator": sr, "authority_discovery": sr, "para_validator": sr,
			"para_assignment": sr, "beefy": addressOf(t, keys.SchemeECDSA, "//"+name), "aura": sr, "nimbus": sr, "vrf": sr, "mixnet": sr, "bcsv": sr, "ftsv": ed,
		}})
		funded[stash] = json.Number("340282366920938463463374")
	}
	d.in(append(config, "session")...)["keys"] = authorities
	var balances []any
	for account, amount := range funded {
		balances = append(balances, []any{account, amount})
	}
	d.in(append(config, "balances")...)["balances"] = balances
	registered := d.in(append(config, "paras")...)
	list, _ := registered["paras"].([]any)
	for _, id := range []int{1000, 1001} {
		list = append(list, []any{id, []any{"0x0102", wasm, true}})
	}
	registered["paras"] = append(list, []any{1002, []any{"0x0102", wasm, false}})
	d.in(append(config, "hrmp")...)["preopenHrmpChannels"] = []any{[]any{1000, 1001, 8, 512}}
	d["bootNodes"] = []any{}
}

func build(t *testing.T, d document) (spec.Spec, genesis.Genesis) {
	t.Helper()
	text, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	s, err := spec.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	g, err := s.Build()
	if err != nil {
		t.Fatal(err)
	}
	return s, g
}

func plain(t *testing.T, preset string) document {
	t.Helper()
	s, err := spec.Preset(preset, spec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := s.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return read(t, text)
}

// TestZombienet edits a plain spec as zombienet does, under config and under patch,
// and reads the state it gives, which the raw spec gives again.
func TestZombienet(t *testing.T) {
	for _, form := range []string{"config", "patch"} {
		t.Run(form, func(t *testing.T) {
			d := plain(t, "local")
			if form == "patch" {
				g := d.in("genesis", "runtimeGenesis")
				g["patch"] = g["config"]
				delete(g, "config")
			}
			zombify(t, d, form, "Alice", "Bob", "Zoe")
			s, g := build(t, d)
			state := frame.Memory{}
			state.Apply(g.Outcome.Changes)
			query := runtime.NewQuery(state)
			babe := query.BABE()
			if len(babe.Authorities) != 3 || babe.SlotDuration != 2000 {
				t.Errorf("%d authorities, slots of %d ms", len(babe.Authorities), babe.SlotDuration)
			}
			zoe, err := keys.Sr25519("//Zoe//stash")
			if err != nil {
				t.Fatal(err)
			}
			if free := query.Account(primitives.AccountID(zoe.Public())).Data.Free.String(); free != "340282366920938463463374" {
				t.Errorf("Zoe's stash has %s", free)
			}
			if got := paras.Parachains.Get(query.State()); len(got) != 2 || got[0] != 1000 || got[1] != 1001 {
				t.Errorf("parachains %v, want 1000 and 1001", got)
			}
			if cores := configuration.ActiveConfig.Get(query.State()).SchedulerParams.NumCores; cores != 2 {
				t.Errorf("%d cores, want 2", cores)
			}
			sameRaw(t, s, g)
		})
	}
}

// sameRaw checks that the raw form of s, and that once it was written and read,
// build the same block, state and all.
func sameRaw(t *testing.T, s spec.Spec, want genesis.Genesis) {
	t.Helper()
	raw, err := s.Raw()
	if err != nil {
		t.Fatal(err)
	}
	text, err := raw.JSON()
	if err != nil {
		t.Fatal(err)
	}
	d := read(t, text)
	if children, ok := d.in("genesis", "raw")["childrenDefault"].(map[string]any); !ok || len(children) != 0 || len(d.in("genesis")) != 1 {
		t.Errorf("raw genesis has %v", d.in("genesis"))
	}
	_, got := build(t, d)
	if got.Header.Hash() != want.Header.Hash() || len(got.Outcome.Nodes) != len(want.Outcome.Nodes) {
		t.Errorf("raw spec builds %s with %d nodes, want %s with %d", got.Header.Hash(), len(got.Outcome.Nodes), want.Header.Hash(), len(want.Outcome.Nodes))
	}
	one, two := frame.Memory{}, frame.Memory{}
	one.Apply(got.Outcome.Changes)
	two.Apply(want.Outcome.Changes)
	if !maps.EqualFunc(one, two, bytes.Equal) {
		t.Errorf("raw spec builds a state of %d values, want %d", len(one), len(two))
	}
}

func TestRawIsTheSameChain(t *testing.T) {
	for _, name := range spec.Presets() {
		s, err := spec.Preset(name, spec.Options{Paras: []spec.Para{{ID: 7, Head: "0x01", Code: wasm}}})
		if err != nil {
			t.Fatal(err)
		}
		g, err := s.Build()
		if err != nil {
			t.Fatal(err)
		}
		sameRaw(t, s, g)
	}
}

// TestOverrides sets parameters as network definitions do, under patch beside the
// config that the spec has.
func TestOverrides(t *testing.T) {
	d := plain(t, "local")
	at := d.in("genesis", "runtimeGenesis", "patch", "configuration", "config")
	at["needed_approvals"], at["max_validators"], at["hrmp_sender_deposit"] = 3, 9, json.Number("340282366920938463463374")
	at["async_backing_params"] = map[string]any{"max_candidate_depth": 6}
	at["scheduler_params"] = map[string]any{"group_rotation_frequency": 20, "num_cores": 3, "max_validators_per_core": nil}
	d.in("genesis", "runtimeGenesis", "patch")["babe"] = map[string]any{"epochDuration": 77}
	_, g := build(t, d)
	state := frame.Memory{}
	state.Apply(g.Outcome.Changes)
	query := runtime.NewQuery(state)
	got := configuration.ActiveConfig.Get(query.State())
	want := configuration.Local()
	if got.NeededApprovals != 3 || got.MaxValidators == nil || *got.MaxValidators != 9 || got.HrmpSenderDeposit.String() != "340282366920938463463374" ||
		got.AsyncBackingParams.MaxCandidateDepth != 6 || got.AsyncBackingParams.AllowedAncestryLen != want.AsyncBackingParams.AllowedAncestryLen ||
		got.SchedulerParams.GroupRotationFrequency != 20 || got.SchedulerParams.NumCores != 3 || got.SchedulerParams.MaxValidatorsPerCore != nil ||
		got.MaxPovSize != want.MaxPovSize {
		t.Errorf("configuration %+v", got)
	}
	if babe := query.BABE(); babe.EpochDuration != 77 || babe.SlotDuration != 2000 {
		t.Errorf("epochs of %d slots of %d ms", babe.EpochDuration, babe.SlotDuration)
	}
}

func TestSpecRefuses(t *testing.T) {
	raw := func(change func(top map[string]any)) func(d document) {
		return func(d document) {
			text, _ := json.Marshal(d)
			s, err := spec.Parse(text)
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
			change(top)
			d["genesis"] = map[string]any{"raw": map[string]any{"top": top, "childrenDefault": map[string]any{}}}
		}
	}
	override := func(name string, value any) func(d document) {
		return func(d document) { d.in("genesis", "runtimeGenesis", "config", "configuration", "config")[name] = value }
	}
	for name, test := range map[string]struct {
		edit func(d document)
		want string
	}{
		"fork":              {func(d document) { d["forkId"] = 1 }, "forkId"},
		"substitutes":       {func(d document) { d["codeSubstitutes"] = map[string]any{"1": "0x"} }, "codeSubstitutes"},
		"id":                {func(d document) { d["id"] = "../other" }, `id "../other"`},
		"hidden id":         {func(d document) { d["id"] = ".." }, `id ".."`},
		"both forms":        {func(d document) { d.in("genesis", "raw")["top"] = map[string]any{} }, "both raw"},
		"parameter":         {override("needed_aprovals", 3), "configuration.config.needed_aprovals"},
		"parameter's range": {override("needed_approvals", -3), "configuration.config.needed_approvals"},
		"list parameter":    {override("executor_params", []any{}), "cannot be set"},
		"struct parameter":  {override("scheduler_params", 3), "scheduler_params"},
		"inner parameter":   {override("scheduler_params", map[string]any{"x": 1}), "scheduler_params.x"},
		"bad parameter":     {override("needed_approvals", 0), "must be positive"},
		"no state":          {raw(func(top map[string]any) { clear(top) }), "not the state of this relay chain"},
		"broken state": {raw(func(top map[string]any) {
			for key := range top {
				top[key] = "0xff"
			}
		}), "not the state of this relay chain"},
		"key":       {raw(func(top map[string]any) { top["zz"] = "0x" }), "not 0x and hexadecimal"},
		"value":     {raw(func(top map[string]any) { top["0x00"] = "0x0" }), "genesis.raw.top[0x00]"},
		"key twice": {raw(func(top map[string]any) { top["0xAA"], top["0xaa"] = "0x", "0x" }), "twice"},
		"child tries": {func(d document) {
			d["genesis"] = map[string]any{"raw": map[string]any{"top": map[string]any{}, "childrenDefault": map[string]any{"0x00": 1}}}
		}, "child tries"},
		"staking": {func(d document) { d.in("genesis", "runtimeGenesis", "config", "staking")["validatorCount"] = 1 }, "staking"},
	} {
		t.Run(name, func(t *testing.T) {
			d := plain(t, "dev")
			test.edit(d)
			text, err := json.Marshal(d)
			if err != nil {
				t.Fatal(err)
			}
			s, err := spec.Parse(text)
			if err == nil {
				_, err = s.Build()
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
		})
	}
}

// TestForkID keeps the fork id of a spec, which does not change block 0.
func TestForkID(t *testing.T) {
	d := plain(t, "dev")
	_, want := build(t, d)
	d["forkId"] = "isolated"
	s, got := build(t, d)
	raw, err := s.Raw()
	if err != nil {
		t.Fatal(err)
	}
	if s.ForkID != "isolated" || raw.ForkID != "isolated" || got.Header.Hash() != want.Header.Hash() {
		t.Errorf("fork id %q, raw %q, block 0 %s, want %s", s.ForkID, raw.ForkID, got.Header.Hash(), want.Header.Hash())
	}
}

// TestEmptyFields reads the fields that polkadot writes and that say nothing.
func TestEmptyFields(t *testing.T) {
	d := plain(t, "dev")
	_, want := build(t, d)
	for name, value := range map[string]any{
		"forkId": nil, "forkBlocks": nil, "badBlocks": nil, "codeSubstitutes": map[string]any{}, "consensusEngine": nil,
		"telemetryEndpoints": []any{[]any{"wss://telemetry.example/submit", 0}},
	} {
		d[name] = value
	}
	s, got := build(t, d)
	if got.Header.Hash() != want.Header.Hash() {
		t.Errorf("another chain: %s, want %s", got.Header.Hash(), want.Header.Hash())
	}
	text, err := s.JSON()
	if err != nil || !strings.Contains(string(text), "telemetry.example") || strings.Contains(string(text), "forkBlocks") {
		t.Errorf("written as %s, %v", fmt.Sprintf("%.200s", text), err)
	}
}
