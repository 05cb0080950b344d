package collator

import (
	"context"
	"errors"
	"fmt"

	"github.com/rampart-chain/rampart/availability/chunk"
	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/parachain/scheduler"
	"github.com/rampart-chain/rampart/parachain/sdk"
	"github.com/rampart-chain/rampart/parachain/sdk/parachainsystem"
	"github.com/rampart-chain/rampart/parachain/shared"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/babe"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/store"
	"github.com/rampart-chain/rampart/xcmp/dmp"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
)

// Reason says why no candidate was made at a relay block. None of them is a
// fault.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons.
const (
	ErrNotRegistered = Reason("chain is not registered on the relay chain")
	ErrNoCore        = Reason("chain has no core")
	ErrNotOurTurn    = Reason("another collator's turn")
	ErrUnknownHead   = Reason("head on the relay chain is not known here")
)

// Candidate is a block of the chain with everything that validators need.
type Candidate struct {
	Receipt primitives.CommittedCandidateReceipt
	// ValidationData is what the candidate was built on.
	ValidationData primitives.PersistedValidationData
	PoV            primitives.PoV
	Core           primitives.CoreIndex
	Block          primitives.Header
}

// situation is what a relay block says of the chain.
type situation struct {
	relay  primitives.Header
	hash   primitives.Hash
	cores  []primitives.CoreIndex // for which the chain is next
	slot   primitives.Slot
	data   primitives.PersistedValidationData
	code   primitives.Hash
	parent primitives.Header // head to build on
}

// situationAt reads the state after a relay block.
func situationAt(s *frame.State, para primitives.ParaID, relay primitives.Header) (situation, error) {
	at := situation{relay: relay, hash: relay.Hash(), slot: babe.CurrentSlot.Get(s)}
	constraints, _, ok := inclusion.BackingState(s, para)
	if !ok {
		return at, ErrNotRegistered
	}
	at.code = constraints.ValidationCodeHash
	if at.data, ok = inclusion.ValidationData(s, para, inclusion.RelayParent{Number: relay.Number, StorageRoot: relay.StateRoot}, inclusion.Included); !ok {
		return at, ErrNotRegistered
	}
	if err := scale.Unmarshal(at.data.ParentHead, &at.parent); err != nil {
		return at, fmt.Errorf("head on the relay chain: %w", err)
	}
	at.cores = scheduler.CoresOf(scheduler.ClaimQueue.Get(s), para, 0)
	return at, s.Err()
}

// collate makes a candidate in the situation at, where view is the state after the
// relay block and at.parent is the best block, if it is known. A Reason says that
// there is nothing to make; with ErrUnknownHead the candidate's Block.ParentHash is
// the head that is missing.
func (c *Collator) collate(ctx context.Context, view executive.View, at situation) (Candidate, error) {
	if len(at.cores) == 0 {
		return Candidate{}, ErrNoCore
	}
	s := frame.NewState(view)
	parentHash := at.parent.Hash()
	parentView, err := c.store.View(parentHash)
	if errors.Is(err, store.ErrUnknownBlock) || errors.Is(err, store.ErrStateDiscarded) {
		return Candidate{Block: primitives.Header{ParentHash: parentHash}}, ErrUnknownHead
	}
	if err != nil {
		return Candidate{}, err
	}
	author, ok, err := c.config.Chain.Turn(parentView, at.slot, c.public)
	if err != nil {
		return Candidate{}, err
	}
	if !ok {
		return Candidate{}, ErrNotOurTurn
	}
	offer := c.transactions(ctx, parentView, at.parent.Number+1)
	block, err := c.config.Chain.Build(parentView, at.parent, sdk.Proposal{
		Author: author, Relay: collected(s, view, c.config.Para, at.data), Next: offer.next, Refused: offer.refused,
	})
	if unfit := offer.users.Unfit(); len(unfit) > 0 {
		c.pool.Unfit(unfit)
	}
	if err != nil {
		return Candidate{}, fmt.Errorf("block %d: %w", at.parent.Number+1, err)
	}
	block.Header = sdk.Seal(block.Header, primitives.Signature(c.config.Key.Sign(sdk.SealPayload(block.Header), [32]byte{})))
	collation, err := c.config.Chain.Collate(parentView, at.parent, block)
	if err != nil {
		return Candidate{}, fmt.Errorf("block %d: %w", block.Header.Number, err)
	}
	if err := c.keep(block, collation.Outcome); err != nil {
		return Candidate{}, err
	}
	c.share(block)
	return c.candidate(s, at, block.Header, collation)
}

// collected returns what a block needs of the relay chain.
func collected(s *frame.State, view executive.View, para primitives.ParaID, data primitives.PersistedValidationData) parachainsystem.Collected {
	c := parachainsystem.Collected{ValidationData: data, State: view, Downward: dmp.DownwardMessageQueues.Get(s, para)}
	for _, sender := range hrmp.HrmpIngressChannelsIndex.Get(s, para) {
		id := primitives.HRMPChannelID{Sender: sender, Recipient: para}
		c.Horizontal = append(c.Horizontal, parachainsystem.Channel{Sender: sender, Messages: hrmp.HrmpChannelContents.Get(s, id)})
	}
	return c
}

// candidate describes a block to the relay chain.
func (c *Collator) candidate(s *frame.State, at situation, header primitives.Header, collation sdk.Collation) (Candidate, error) {
	available := primitives.AvailableData{PoV: collation.PoV, ValidationData: at.data}
	root, _, err := chunk.Encode(available.AppendSCALE(nil), len(shared.ActiveValidatorKeys.Get(s)))
	if err != nil {
		return Candidate{}, fmt.Errorf("chunks of block %d: %w", header.Number, err)
	}
	commitments := collation.Result.Commitments()
	return Candidate{
		Receipt: primitives.CommittedCandidateReceipt{
			Descriptor: primitives.CandidateDescriptor{
				ParaID: c.config.Para, RelayParent: at.hash, CoreIndex: uint16(at.cores[0]),
				SessionIndex:                shared.CurrentSessionIndex.Get(s),
				PersistedValidationDataHash: at.data.Hash(), PoVHash: collation.PoV.Hash(), ErasureRoot: root,
				ParaHead: commitments.HeadData.Hash(), ValidationCodeHash: at.code,
			},
			Commitments: commitments,
		},
		ValidationData: at.data, PoV: collation.PoV, Core: at.cores[0], Block: header,
	}, s.Err()
}
