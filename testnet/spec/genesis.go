package spec

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/genesis"
	"github.com/rampart-chain/rampart/relay/pallet/babe"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/pallet/grandpa"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/trie"
)

// Genesis is block 0: its configuration, or its state if Raw is set.
//
// A file has it under runtimeGenesis.config, under runtimeGenesis.patch, which
// changes config or, without one, the parameters of the preset local; or under
// raw. With config and patch, patch counts more; lists are replaced as a whole.
type Genesis struct {
	RuntimeGenesis struct{ Config Config }
	Raw            *RawState
}

// RawState is the state of block 0: keys and values in hexadecimal after 0x.
type RawState struct {
	Top             map[string]string          `json:"top"`
	ChildrenDefault map[string]json.RawMessage `json:"childrenDefault"`
}

type runtimeGenesis struct {
	Config json.RawMessage `json:"config,omitempty"`
	Patch  json.RawMessage `json:"patch,omitempty"`
}

// MarshalJSON writes g with its configuration under config.
func (g Genesis) MarshalJSON() ([]byte, error) {
	if g.Raw != nil {
		return json.Marshal(struct {
			Raw *RawState `json:"raw"`
		}{g.Raw})
	}
	config, err := json.Marshal(g.RuntimeGenesis.Config)
	if err != nil {
		return nil, err
	}
	return json.Marshal(struct {
		RuntimeGenesis runtimeGenesis `json:"runtimeGenesis"`
	}{runtimeGenesis{Config: config}})
}

// UnmarshalJSON reads g in any of its forms.
func (g *Genesis) UnmarshalJSON(text []byte) error {
	var forms struct {
		RuntimeGenesis *runtimeGenesis `json:"runtimeGenesis"`
		Raw            *RawState       `json:"raw"`
	}
	if err := decode(text, &forms); err != nil {
		return err
	}
	*g = Genesis{Raw: forms.Raw}
	if forms.RuntimeGenesis == nil {
		return nil
	}
	if g.Raw != nil {
		return errors.New("genesis has both raw and runtimeGenesis")
	}
	config, err := forms.RuntimeGenesis.merged()
	if err != nil || config == nil {
		return err
	}
	return decode(config, &g.RuntimeGenesis.Config)
}

// merged returns the configuration with the patch applied.
func (r runtimeGenesis) merged() ([]byte, error) {
	if r.Patch == nil {
		return r.Config, nil
	}
	base := []byte(r.Config)
	if base == nil {
		var err error
		if base, err = json.Marshal(parameters(presets["local"])); err != nil {
			return nil, err
		}
	}
	var config, patch any
	if err := decodeNumbers(base, &config); err != nil {
		return nil, err
	}
	if err := decodeNumbers(r.Patch, &patch); err != nil {
		return nil, err
	}
	return json.Marshal(merge(config, patch))
}

// decodeNumbers reads text and keeps numbers as they are written: amounts do not
// fit into a float.
func decodeNumbers(text []byte, v *any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return d.Decode(v)
}

// merge returns base with the fields of patch in place of its own, at all depths.
func merge(base, patch any) any {
	fields, ok := patch.(map[string]any)
	into, ok2 := base.(map[string]any)
	if !ok || !ok2 {
		return patch
	}
	for name, value := range fields {
		into[name] = merge(into[name], value)
	}
	return into
}

// Raw returns s with the state of block 0 in place of the configuration. It builds
// the same block. Errors are those of Build.
func (s Spec) Raw() (Spec, error) {
	if s.Genesis.Raw != nil {
		return s, nil
	}
	g, err := s.Build()
	if err != nil {
		return Spec{}, err
	}
	s.Genesis = RawGenesis(g.Outcome.Changes)
	return s, nil
}

// RawGenesis returns the genesis of a chain that begins with the values. A nil value
// is none.
func RawGenesis(values []frame.Change) Genesis { return Genesis{Raw: rawState(values)} }

func rawState(values []frame.Change) *RawState {
	raw := &RawState{Top: make(map[string]string, len(values)), ChildrenDefault: map[string]json.RawMessage{}}
	for _, v := range values {
		if v.Value == nil {
			continue
		}
		raw.Top["0x"+hex.EncodeToString(v.Key)] = "0x" + hex.EncodeToString(v.Value)
	}
	return raw
}

// state returns the values of r.
func (r RawState) state() (frame.Memory, error) {
	if len(r.ChildrenDefault) > 0 {
		return nil, errors.New("genesis.raw.childrenDefault: there are no child tries here")
	}
	state := frame.Memory{}
	for key, value := range r.Top {
		k, err := unhex(key)
		if err != nil {
			return nil, fmt.Errorf("genesis.raw.top: key: %w", err)
		}
		v, err := unhex(value)
		if err != nil {
			return nil, fmt.Errorf("genesis.raw.top[%s]: %w", key, err)
		}
		if _, twice := state[string(k)]; twice {
			return nil, fmt.Errorf("genesis.raw.top: %s is there twice", key)
		}
		state[string(k)] = v
	}
	return state, nil
}

// decodes returns an error if the value of the item is not one; reading it would panic.
func decodes[T any](state frame.Memory, item frame.Value[T]) error {
	raw, ok := state[item.Key]
	if !ok {
		return nil
	}
	var v T
	d := scale.NewDecoder(raw)
	item.Codec.Decode(d, &v)
	if err := d.Finish(); err != nil {
		return fmt.Errorf("%x: %w", item.Key, err)
	}
	return nil
}

// block0 returns the first block of a chain, after which the state is state.
func block0(state frame.Memory) (primitives.Header, executive.Outcome, error) {
	changes := make([]frame.Change, 0, len(state))
	for _, key := range slices.Sorted(maps.Keys(state)) {
		changes = append(changes, frame.Change{Key: []byte(key), Value: state[key]})
	}
	outcome, err := executive.Commit(noNodes{}, trie.EmptyRoot, changes)
	if err != nil {
		return primitives.Header{}, executive.Outcome{}, fmt.Errorf("genesis.raw: %w", err)
	}
	return primitives.Header{StateRoot: outcome.Root, ExtrinsicsRoot: executive.ExtrinsicsRoot(nil)}, outcome, nil
}

// build returns block 0 with the state r. What a node reads of it before the first
// block must be there.
func (r RawState) build() (genesis.Genesis, error) {
	state, err := r.state()
	if err != nil {
		return genesis.Genesis{}, err
	}
	err = cmp.Or(decodes(state, babe.EpochDuration), decodes(state, babe.SlotDuration), decodes(state, babe.Authorities), decodes(state, babe.Randomness),
		decodes(state, babe.EpochConfig), decodes(state, grandpa.Authorities), decodes(state, grandpa.CurrentSetId))
	if err != nil {
		return genesis.Genesis{}, fmt.Errorf("genesis.raw: not the state of this relay chain: %w", err)
	}
	query := runtime.NewQuery(state)
	schedule := query.BABE()
	voters, _ := query.GRANDPA()
	err = genesis.Config{
		SlotDuration: schedule.SlotDuration, EpochDuration: schedule.EpochDuration, BABE: schedule.Config,
		Validators: make([]session.Validator, min(len(schedule.Authorities), len(voters))),
	}.Check()
	if err != nil {
		return genesis.Genesis{}, fmt.Errorf("genesis.raw: not the state of this relay chain: %w", err)
	}
	header, outcome, err := block0(state)
	return genesis.Genesis{Header: header, Outcome: outcome}, err
}

// errHexadecimal leaves out the text, which may be long.
var errHexadecimal = errors.New("not 0x and hexadecimal digits")

func unhex(text string) ([]byte, error) {
	digits, ok := strings.CutPrefix(text, "0x")
	if !ok {
		return nil, errHexadecimal
	}
	b, err := hex.DecodeString(digits)
	if err != nil {
		return nil, errHexadecimal
	}
	return b, nil
}

// noNodes is the source of the trie without nodes.
type noNodes struct{}

func (noNodes) Node([]byte, [32]byte) ([]byte, error)  { return nil, trie.ErrMissingNode }
func (noNodes) Value([]byte, [32]byte) ([]byte, error) { return nil, trie.ErrMissingNode }
