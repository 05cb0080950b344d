package collator

import (
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// stallAfter is the number of relay blocks without a new head of the chain after which
// an operator is told.
const stallAfter = 20

// stall notices that the relay chain takes no block of the chain.
type stall struct {
	head  primitives.BlockNumber
	count int // relay blocks at which it was that
}

// at takes the head that another relay block shows. It reports whether the chain stands
// still, once, and whether it goes on after that.
func (s *stall) at(head primitives.BlockNumber) (stands, goesOn bool) {
	if head != s.head {
		goesOn = s.count >= stallAfter
		*s = stall{head: head}
		return false, goesOn
	}
	s.count++
	return s.count == stallAfter, false
}

// watch tells the operator if the chain stands still, and why as far as it is known
// here: reason, or, if that is nil, a block was made.
func (c *Collator) watch(at situation, reason error) {
	stands, goesOn := c.stall.at(c.head)
	switch {
	case goesOn:
		c.log.Info("blocks of the chain are included again", zap.Uint32("head", uint32(c.head)))
	case stands && reason == nil:
		c.log.Warn("no block of the chain was included for a while: blocks are made, but validators back none; the reason is in their logs, or the validation code on the relay chain is not that of these rules",
			zap.Uint32("head", uint32(c.head)), zap.Int("relay_blocks", stallAfter), zap.Stringer("validation_code", at.code))
	case stands:
		c.log.Warn("no block of the chain was included for a while", zap.Uint32("head", uint32(c.head)), zap.Int("relay_blocks", stallAfter), zap.NamedError("reason", reason))
	}
}
