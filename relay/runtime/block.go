package runtime

import (
	"errors"
	"fmt"

	"github.com/rampart-chain/rampart/parachain/inclusion/inherent"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/pallet/timestamp"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/trie"
)

// Reason says why a block is invalid.
type Reason string

func (r Reason) Error() string { return string(r) }

// ErrStateRoot says that executing a block leads to another state than its
// header claims.
const ErrStateRoot = Reason("state root differs from what execution gives")

// ErrView marks an error as a fault of the view: it says nothing of the block.
const ErrView = Reason("state could not be read")

// Execute checks block, a child of parent whose header carries no seal, on view,
// the state after parent. An error means that the block is invalid, unless it
// is ErrView: then the view could not be read.
func (r *Runtime) Execute(view executive.View, parent primitives.Header, block primitives.Block) (executive.Outcome, error) {
	state := frame.NewState(view)
	err := r.rules.Execute(state, parent, block)
	if state.Err() != nil { // whatever else err says followed from it
		return executive.Outcome{}, fmt.Errorf("%w: %w", ErrView, state.Err())
	}
	if err != nil {
		return executive.Outcome{}, err
	}
	outcome, err := r.commit(view, parent, state)
	if err != nil {
		return executive.Outcome{}, fmt.Errorf("%w: %w", ErrView, err)
	}
	if outcome.Root != block.Header.StateRoot {
		return executive.Outcome{}, ErrStateRoot
	}
	return outcome, nil
}

// worthDividing is how many changes of the state take longer than to wake a processor.
// A block without transactions makes about 20, and some more for each parachain.
const worthDividing = 64

// commit returns what the block whose execution left state does to view, the state after
// parent.
func (r *Runtime) commit(view executive.View, parent primitives.Header, state *frame.State) (executive.Outcome, error) {
	t, changes := trie.New(view, parent.StateRoot, trie.V1), state.Changes()
	if len(changes) >= worthDividing {
		t.Divide(r.each)
	}
	return executive.CommitTo(t, changes)
}

// Proposal is what an author makes a block of.
type Proposal struct {
	// Claim is the author's claim of the slot.
	Claim primitives.BABEPreDigest
	// Now is the time that the block will carry; it must lie in the slot.
	Now primitives.Millis
	// Bitfields and Candidates are what the author has about parachains; what
	// of it cannot be in the block is left out and Refused is told.
	Bitfields  []primitives.SignedBitfield
	Candidates []primitives.BackedCandidate
	// Next gives the signed extrinsics to try, in order; ok is false when
	// there are no more, or no more time.
	Next func() (x primitives.Extrinsic, ok bool)
	// Refused is told of every extrinsic that cannot be included and why; x is
	// nil for a part of the parachains inherent, which why then names.
	Refused func(x primitives.Extrinsic, why error)
}

// maxSkipped is how many extrinsics without room Build passes over in search of
// a smaller one.
//
// Source: substrate/client/basic-authorship, MAX_SKIPPED_TRANSACTIONS.
const maxSkipped = 8

// Build makes the block after parent on view, the state after parent. Its
// header carries no seal. Extrinsics that are refused are left out; an error
// means that no block could be made.
func (r *Runtime) Build(view executive.View, parent primitives.Header, p Proposal) (primitives.Block, executive.Outcome, error) {
	state := frame.NewState(view)
	claim := primitives.PreRuntime{Engine: primitives.EngineBABE, Data: primitives.AppendBABEPreDigest(nil, p.Claim)}
	x, err := r.rules.Begin(state, parent, primitives.Digest{claim})
	if err != nil {
		return primitives.Block{}, executive.Outcome{}, err
	}
	block := primitives.Block{}
	if err := r.applyInherents(x, &block, parent, p); err != nil {
		return primitives.Block{}, executive.Outcome{}, err
	}
	for skipped := 0; skipped < maxSkipped; {
		extrinsic, ok := p.Next()
		if !ok {
			break
		}
		err := x.Apply(extrinsic)
		if err == nil {
			block.Extrinsics = append(block.Extrinsics, extrinsic)
			continue
		}
		if state.Err() != nil {
			return primitives.Block{}, executive.Outcome{}, state.Err()
		}
		p.Refused(extrinsic, err)
		if errors.Is(err, executive.ErrExhaustsResources) {
			skipped++
		}
	}
	digest, err := x.End()
	if err != nil {
		return primitives.Block{}, executive.Outcome{}, err
	}
	outcome, err := r.commit(view, parent, state)
	if err != nil {
		return primitives.Block{}, executive.Outcome{}, err
	}
	block.Header = primitives.Header{
		ParentHash: parent.Hash(), Number: parent.Number + 1, StateRoot: outcome.Root,
		ExtrinsicsRoot: executive.ExtrinsicsRoot(block.Extrinsics), Digest: digest,
	}
	return block, outcome, nil
}

// applyInherents puts the inherents of p into the block, in their order.
func (r *Runtime) applyInherents(x *executive.Execution, block *primitives.Block, parent primitives.Header, p Proposal) error {
	apply := func(call frame.Call) error {
		extrinsic := Bare(call)
		if err := x.Apply(extrinsic); err != nil {
			return err
		}
		block.Extrinsics = append(block.Extrinsics, extrinsic)
		return nil
	}
	if err := apply(timestamp.Set{Now: p.Now}); err != nil {
		return err
	}
	data := primitives.ParachainsInherentData{Bitfields: p.Bitfields, BackedCandidates: p.Candidates, ParentHeader: parent}
	kept, refused, err := inherent.Filter(x.Context(), r.crypto, data)
	if err != nil {
		return err
	}
	for _, refusal := range refused {
		p.Refused(nil, refusal)
	}
	return apply(inherent.Enter{Data: kept})
}

// Bare returns call as an extrinsic without signature: an inherent.
func Bare(call frame.Call) primitives.Extrinsic {
	return primitives.UncheckedExtrinsic{Call: pallets.AppendCall(nil, call)}.Encode()
}
