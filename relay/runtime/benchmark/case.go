package benchmark

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/authorship"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Component is something that arguments of a call say the amount of.
type Component struct {
	Name      string
	Low, High int
}

// Case is a way that a call can go. What a call costs is the most of its cases.
type Case struct {
	// Pallet is the name of the pallet, Call that of the call's type.
	Pallet, Call string
	// Way tells cases of one call apart.
	Way        string
	Components []Component
	// ground is what the case is made in; sized, unless nil, says it by the amounts.
	ground ground
	sized  func(amounts []int) ground
	// points are the amounts to measure at; nil: each component from Low to High
	// while the others are at Low, and all at High.
	points func(steps int) [][]int
	// amounts, unless nil, are those of the components that a call has which was
	// set at a point: then points are of something else.
	amounts func(call frame.Call) []int
	// only, unless nil, are the names of the components that the case tells: what
	// the others and the base cost, others tell.
	only []string
	// pallets, unless nil, are those by which the call is decoded.
	pallets frame.Pallets
	// set prepares the state for a call with amounts of the components.
	set func(s *setting, amounts []int) (frame.Origin, frame.Call)
	// run, unless nil, is what is measured in place of a call.
	run func(c *frame.Context) error
}

// Name returns pallet, call and way.
func (c Case) Name() string {
	if c.Way == "" {
		return c.Pallet + "." + c.Call
	}
	return c.Pallet + "." + c.Call + " " + c.Way
}

// Points returns the amounts to measure at, with as many steps per component.
func (c Case) Points(steps int) [][]int {
	steps = max(steps, 2)
	if c.points != nil {
		return c.points(steps)
	}
	if len(c.Components) == 0 {
		return [][]int{{}}
	}
	low, high := make([]int, len(c.Components)), make([]int, len(c.Components))
	for i, component := range c.Components {
		low[i], high[i] = component.Low, component.High
	}
	out := [][]int{low, high}
	for i, component := range c.Components {
		for step := 1; step < steps; step++ {
			point := slices.Clone(low)
			point[i] = component.Low + (component.High-component.Low)*step/(steps-1)
			out = append(out, point)
		}
	}
	return out
}

// setting is a block in which a case is prepared.
type setting struct {
	*frame.Context
	world *World
	err   error
}

// must keeps the first error of preparing.
func (s *setting) must(err error) {
	if s.err == nil {
		s.err = err
	}
}

// make makes a call by which the case is prepared.
func (s *setting) make(who primitives.AccountID, call frame.Call) {
	_, err := s.Context.Make(frame.Signed{Account: who}, call)
	s.must(err)
}

// nested returns call as an argument of another.
func nested(call frame.Call) frame.RuntimeCall { return pallets.Nested(call) }

func signed(who primitives.AccountID) frame.Origin { return frame.Signed{Account: who} }

func address(who primitives.AccountID) primitives.MultiAddress {
	return primitives.AddressID{ID: who}
}

// trial is a case at certain amounts, ready to be made any number of times.
type trial struct {
	state   *layer
	context frame.Context
	origin  frame.Origin
	call    frame.Call
	encoded []byte
	run     func(c *frame.Context) error
}

// blockNumber of the trials.
const blockNumber = 1

func (w *World) trial(c Case, amounts []int) (*trial, error) {
	parent := w.genesis.Header
	context := frame.Context{
		State: frame.NewState(w.over(nil)), Pallets: w.pallets, Number: blockNumber, ParentHash: parent.Hash(), Phase: frame.Initialization{},
	}
	system.Initialize(&context)
	authorship.Author.Put(context.State, account(1))
	context.Phase = frame.ApplyExtrinsic{Index: 1}
	s := &setting{Context: &context, world: w}
	origin, call := c.set(s, amounts)
	if s.err == nil {
		s.err = context.State.Err()
	}
	if s.err != nil {
		return nil, fmt.Errorf("prepare %s at %v: %w", c.Name(), amounts, s.err)
	}
	t := &trial{state: w.over(context.State.Changes()), context: context, origin: origin, call: call, run: c.run}
	if c.run == nil {
		t.encoded = w.pallets.AppendCall(nil, call)
	}
	t.context.Events, t.context.Digest = nil, nil
	if c.pallets != nil {
		t.context.Pallets = c.pallets
	}
	return t, t.check(c, amounts)
}

// make decodes and makes the call and encodes its events, as a block does.
func (t *trial) make() (*frame.Context, error) {
	c := t.context
	c.State = frame.NewState(t.state)
	var err error
	if t.run != nil {
		err = t.run(&c)
		primitives.Header{Digest: c.Digest}.AppendSCALE(nil)
	} else {
		var call frame.Call
		if call, err = c.Pallets.DecodeCall(t.encoded); err != nil {
			return nil, err
		}
		call.Info()
		_, err = c.Make(t.origin, call)
	}
	var events []byte
	for _, record := range c.Events {
		events = t.state.world.pallets.AppendEvent(events[:0], record.Event)
	}
	return &c, err
}

// check makes the call once: it must succeed, and so must those inside of it.
func (t *trial) check(c Case, amounts []int) error {
	context, err := t.make()
	if err != nil {
		return fmt.Errorf("%s at %v: %w", c.Name(), amounts, err)
	}
	err = context.State.Err()
	for _, record := range context.Events {
		if result, ok := outcome(record.Event); ok && result != (frame.Succeeded{}) {
			err = fmt.Errorf("a call inside of it: %v", result)
		}
	}
	if err != nil {
		return fmt.Errorf("%s at %v: %w", c.Name(), amounts, err)
	}
	return nil
}

// count returns the keys that the call reads and changes, and the bytes of their
// proof, without those that every signed extrinsic touches.
func (t *trial) count() (frame.Cost, error) {
	t.state.touched = map[string]bool{}
	context, err := t.make()
	keys := t.state.touched
	t.state.touched = nil
	if err != nil {
		return frame.Cost{}, err
	}
	common := t.common()
	var cost frame.Cost
	for key := range keys {
		if common[key] {
			delete(keys, key)
			continue
		}
		cost.Reads++
	}
	for _, change := range context.State.Changes() {
		if !common[string(change.Key)] {
			cost.Writes++
			keys[string(change.Key)] = true
		}
	}
	if len(keys) == 0 {
		return cost, nil
	}
	size, err := t.state.proof(keys)
	cost.Proof = uint64(size)
	return cost, err
}

// common returns the keys that every signed extrinsic touches besides.
func (t *trial) common() map[string]bool {
	keys := map[string]bool{
		balances.TotalIssuance.Key: true, authorship.Author.Key: true, string(system.Account.Key(account(1))): true,
	}
	if origin, ok := t.origin.(frame.Signed); ok {
		keys[string(system.Account.Key(origin.Account))] = true
	}
	return keys
}

// Select returns the cases of a pallet and a call; an empty name means all. Names
// may be written as in the source or with underscores.
func Select(cases []Case, pallet, call string) []Case {
	matches := func(want, name string) bool {
		return want == "" || strings.EqualFold(strings.ReplaceAll(want, "_", ""), name)
	}
	var out []Case
	for _, c := range cases {
		if matches(pallet, c.Pallet) && matches(call, c.Call) {
			out = append(out, c)
		}
	}
	return out
}

// Names returns the names of the calls of cases, each once.
func Names(cases []Case) []string {
	var out []string
	for _, c := range cases {
		out = append(out, c.Pallet+"."+c.Call)
	}
	return slices.Compact(out)
}
