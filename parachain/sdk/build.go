package sdk

import (
	"errors"

	"github.com/rampart-chain/rampart/parachain/sdk/collators"
	"github.com/rampart-chain/rampart/parachain/sdk/parachainsystem"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/pallet/timestamp"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/trie"
)

// inboundBudget is how many bytes of inbound messages a block takes before it
// leaves the rest for later: some thousand small ones, whose handling has no weight.
const inboundBudget = 256 << 10

// Turn returns the first place in line by which the collator with the key may
// author the child of the block that left view, in a slot; ok is false if none.
// The error is the view's.
func (c *Chain) Turn(view frame.Backend, slot primitives.Slot, key primitives.SR25519Public) (author uint32, ok bool, err error) {
	state := frame.NewState(view)
	line, parent := collators.Collators.Get(state), collators.CurrentSlot.Get(state)
	for i, k := range line {
		if k == key && collators.MayAuthor(len(line), parent, slot, uint32(i)) {
			return uint32(i), true, state.Err()
		}
	}
	return 0, false, state.Err()
}

// Proposal is what an author makes a block of.
type Proposal struct {
	// Author is the author's place in line; see Turn.
	Author uint32
	// Relay is what the relay chain says at the relay parent.
	Relay parachainsystem.Collected
	// Next gives the signed extrinsics to try, in order; ok is false when
	// there are no more, or no more time. It may be nil.
	Next func() (x primitives.Extrinsic, ok bool)
	// Refused is told of every extrinsic that cannot be included and why. It
	// may be nil.
	Refused func(x primitives.Extrinsic, why error)
}

// Build makes the block after parent on view, the state after parent, to be
// sealed by its author. The time of the block is the beginning of the relay
// parent's slot. Extrinsics that are refused are left out; when the block, or what
// a proof of validity may hold, is full, Next is not asked again. An error
// means that no block could be made on this relay parent: ErrView if view could
// not be read.
func (c *Chain) Build(view executive.View, parent primitives.Header, p Proposal) (_ primitives.Block, err error) {
	recorder := trie.NewRecorder(view)
	proven := newMerkle(recorder, parent.StateRoot)
	state := frame.NewState(proven)
	defer absorb(state, &err)
	validation, relay, err := p.Relay.Inherent(state, parent.Hash(), inboundBudget)
	if err != nil {
		return primitives.Block{}, err
	}
	claim := collators.Claim{Slot: relay.Slot, Author: p.Author}
	x, err := c.rules.Begin(state, parent, primitives.Digest{claim.PreRuntime()})
	if err != nil {
		return primitives.Block{}, err
	}
	b := builder{execution: x, recorder: recorder, limit: int(p.Relay.ValidationData.MaxPoVSize / 4 * 3)}
	for _, call := range []frame.Call{timestamp.Set{Now: primitives.Millis(relay.Slot) * relay.SlotDuration}, validation} {
		if err := b.apply(c.bare(call)); err != nil {
			return primitives.Block{}, err
		}
	}
	b.fill(p)
	digest, err := x.End()
	if err != nil {
		return primitives.Block{}, err
	}
	outcome, err := executive.CommitTo(proven.trie, state.Changes())
	if err != nil {
		return primitives.Block{}, both{ErrView, err}
	}
	header := primitives.Header{
		ParentHash: parent.Hash(), Number: parent.Number + 1, StateRoot: outcome.Root,
		ExtrinsicsRoot: executive.ExtrinsicsRoot(b.extrinsics), Digest: digest,
	}
	return primitives.Block{Header: header, Extrinsics: b.extrinsics}, nil
}

// builder is a block being filled.
type builder struct {
	execution  *executive.Execution
	recorder   *trie.Recorder
	limit      int // of body and recorded state together, in bytes
	extrinsics []primitives.Extrinsic
	size       int // of extrinsics
}

// apply applies x and adds it to the block.
func (b *builder) apply(x primitives.Extrinsic) error {
	if err := b.execution.Apply(x); err != nil {
		return err
	}
	b.extrinsics, b.size = append(b.extrinsics, x), b.size+len(x)
	return nil
}

// fill adds signed extrinsics as long as there is room.
func (b *builder) fill(p Proposal) {
	if p.Next == nil {
		return
	}
	for b.size+b.recorder.Size() < b.limit {
		x, ok := p.Next()
		if !ok {
			return
		}
		err := b.apply(x)
		if b.execution.Context().State.Err() != nil {
			return
		}
		if err != nil && p.Refused != nil {
			p.Refused(x, err)
		}
		if errors.Is(err, executive.ErrExhaustsResources) {
			return
		}
	}
}

// Collation is a block with all that it takes to have it included.
type Collation struct {
	// Outcome is what the block does to the state.
	Outcome executive.Outcome
	// PoV is the proof of validity.
	PoV primitives.PoV
	// Result is what the validation function returns for PoV.
	Result primitives.ValidationResult
}

// Collate executes block, a sealed child of parent, on view, the state after
// parent, and makes its proof of validity. It returns the errors of Execute, and
// ErrPoVSize if the proof exceeds what the relay chain allows: a block with fewer
// extrinsics might not.
func (c *Chain) Collate(view executive.View, parent primitives.Header, block primitives.Block) (Collation, error) {
	recorder := trie.NewRecorder(view)
	proven := newMerkle(recorder, parent.StateRoot)
	state := frame.NewState(proven)
	result, err := c.replay(state, parent, block)
	if err != nil {
		return Collation{}, err
	}
	limit := parachainsystem.RelayParent.Get(state).MaxPoVSize
	outcome, err := executive.CommitTo(proven.trie, state.Changes())
	if err != nil {
		return Collation{}, both{ErrView, err}
	}
	if outcome.Root != block.Header.StateRoot {
		return Collation{}, ErrStateRoot
	}
	compact, err := trie.EncodeCompact(parent.StateRoot, recorder.Proof())
	if err != nil {
		return Collation{}, both{ErrView, err}
	}
	pov := primitives.PoV{BlockData: encodeBlockData(block, compact)}
	if uint64(len(pov.AppendSCALE(nil))) > uint64(limit) {
		return Collation{}, ErrPoVSize
	}
	return Collation{Outcome: outcome, PoV: pov, Result: result}, nil
}
