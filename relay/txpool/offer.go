package txpool

import (
	"errors"

	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// End is why a block takes no more transactions, as Substrate names it.
//
// Source: substrate/client/proposer-metrics/src/lib.rs, EndProposingReason.
type End string

// Values of End. A block that is full for its size is not told from one that is full
// by weight.
const (
	EndNoMore   End = "no_more_transactions"
	EndDeadline End = "hit_deadline"
	EndFull     End = "hit_block_weight_limit"
)

// Offer is the transactions of a pool on their way into one block.
type Offer struct {
	ready *Ready
	more  func() bool
	last  primitives.Hash
	unfit []primitives.Hash
	end   End
}

// NewOffer returns an Offer of what is ready, nothing if that is nil. More reports
// whether there is time for another one.
func NewOffer(ready *Ready, more func() bool) *Offer { return &Offer{ready: ready, more: more} }

// Next returns the next transaction to try; ok is false when there are no more, or no
// more time.
func (o *Offer) Next() (x primitives.Extrinsic, ok bool) {
	if o.ready == nil {
		return nil, false
	}
	if !o.more() {
		o.end = EndDeadline
		return nil, false
	}
	t, ok := o.ready.Next()
	o.last, o.end = t.Hash, EndFull // unless the block has room for the one after it
	if !ok {
		o.end = EndNoMore
	}
	return t.Extrinsic, ok
}

// Refused hears why the transaction returned last is not in the block: those that
// depend on it are left out too.
func (o *Offer) Refused(why error) {
	o.ready.Refuse()
	if !errors.Is(why, executive.ErrExhaustsResources) {
		o.unfit = append(o.unfit, o.last)
	}
}

// Unfit returns the transactions that the block had room for and that could not be
// applied; see the event Unfit.
func (o *Offer) Unfit() []primitives.Hash { return o.unfit }

// End returns why the block took no more; empty without a pool's answer.
func (o *Offer) End() End { return o.end }
