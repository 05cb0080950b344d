package inherent

import (
	"strconv"

	"github.com/rampart-chain/rampart/availability/bitfield"
	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/parachain/scheduler"
	"github.com/rampart-chain/rampart/parachain/shared"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

func (r Refusal) Error() string {
	return string(r.Item) + " " + strconv.Itoa(r.Index) + ": " + r.Reason.Error()
}

// Unwrap returns the reason.
func (r Refusal) Unwrap() error { return r.Reason }

// process gives effect to what of data can be in the block, and returns it and
// why the rest cannot.
func process(c *frame.Context, v Verifier, data primitives.ParachainsInherentData) (kept primitives.ParachainsInherentData, refused []Refusal, err error) {
	s := c.State
	switch {
	case Included.Get(s):
		return kept, nil, ErrTwice
	case data.ParentHeader.Hash() != c.ParentHash:
		return kept, nil, ErrParentHeader
	}
	Included.Put(s, true)
	config := configuration.ActiveConfig.Get(s)
	shared.NoteRelayParent(s, shared.RelayParent{
		Hash: c.ParentHash, StateRoot: data.ParentHeader.StateRoot, Number: data.ParentHeader.Number,
		ClaimQueue: scheduler.ClaimQueue.Get(s),
	}, config.AsyncBackingParams.AllowedAncestryLen)

	kept.ParentHeader = data.ParentHeader
	kept.Bitfields, refused = filterBitfields(c, v, data.Bitfields)
	inclusion.Include(c, kept.Bitfields)
	inclusion.TimeOut(c)

	occupied := map[primitives.CoreIndex]bool{}
	for _, o := range inclusion.Occupied.Get(s) {
		occupied[o.Core] = true
	}
	backing, more := backCandidates(c, v, data.BackedCandidates, &kept)
	refused = append(refused, more...)
	scheduler.Advance(s, func(core primitives.CoreIndex) bool { return !occupied[core] }, config.SchedulerParams.Lookahead)
	for i := range data.Disputes {
		refused = append(refused, Refusal{Dispute, i, ErrDisputes})
	}
	OnChainVotes.Put(s, Votes{Session: shared.CurrentSessionIndex.Get(s), Backing: backing})
	inclusion.NoteEvents(c)
	return kept, refused, nil
}

// filterBitfields returns the bitfields that can be in the block: of validators
// of the session, ascending, one for each.
func filterBitfields(c *frame.Context, v bitfield.BatchVerifier, bitfields []primitives.SignedBitfield) (kept []primitives.SignedBitfield, refused []Refusal) {
	validators := shared.ActiveValidatorKeys.Get(c.State)
	cores := len(scheduler.ClaimQueue.Get(c.State))
	context := primitives.SigningContext{SessionIndex: shared.CurrentSessionIndex.Get(c.State), Parent: c.ParentHash}
	errs := bitfield.CheckAll(bitfields, cores, validators, context, v)
	for i, b := range bitfields {
		err := errs[i]
		if len(kept) > 0 && b.ValidatorIndex <= kept[len(kept)-1].ValidatorIndex {
			err = ErrOrder
		}
		if err != nil {
			refused = append(refused, Refusal{Bitfield, i, err})
			continue
		}
		kept = append(kept, b)
	}
	return kept, refused
}

// backCandidates backs the candidates that can be backed, each on the outcome of
// those before, and adds them to kept.
func backCandidates(c *frame.Context, v inclusion.Verifier, candidates []primitives.BackedCandidate, kept *primitives.ParachainsInherentData) (backing []BackingVotes, refused []Refusal) {
	// The session of the relay chain is one ahead of that of parachains in the
	// block that ends the latter, and only there.
	ends := session.CurrentIndex.Get(c.State) != shared.CurrentSessionIndex.Get(c.State)
	b := inclusion.NewBacking(c.State, v)
	length := len(kept.AppendSCALE(nil)) + len(scale.AppendCompact(nil, uint64(len(candidates))))
	for i, candidate := range candidates {
		size := len(candidate.AppendSCALE(nil))
		var votes []inclusion.Vote
		err := error(ErrSessionEnds)
		switch {
		case ends:
		case length+size > MaxLength:
			err = ErrNoRoom
		default:
			votes, err = b.Back(c, candidate)
		}
		if err != nil {
			refused = append(refused, Refusal{Candidate, i, err})
			continue
		}
		length += size
		kept.BackedCandidates = append(kept.BackedCandidates, candidate)
		backing = append(backing, BackingVotes{Receipt: candidate.Candidate.Receipt(), Votes: votes})
	}
	return backing, refused
}
