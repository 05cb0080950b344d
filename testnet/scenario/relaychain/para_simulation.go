package relaychain

import (
	"github.com/rampart-chain/rampart/relay/primitives"
)

// finalModel returns what the paras are after the highest finalized block.
func (s *Simulation) finalModel() *paraModel { return s.paras.blocks[s.canon[s.top]].model }

// Enacted returns how many candidates of a para, counted from 0, are enacted in
// finalized blocks.
func (s *Simulation) Enacted(para int) int {
	return s.finalModel().enacted[firstPara+primitives.ParaID(para)]
}

// Messages returns how many messages were sent, and how many delivered, in
// finalized blocks.
func (s *Simulation) Messages() (sent, delivered int) {
	for _, c := range s.finalModel().channels {
		sent, delivered = sent+c.sent, delivered+c.delivered
	}
	return sent, delivered
}

// ParasLive demands that every para has a candidate enacted and final within 10
// slots (I-29), plus what finality lags.
func (s *Simulation) ParasLive() {
	before := s.finalModel()
	s.Run(14 * SlotMillis)
	after := s.finalModel()
	for para, n := range after.enacted {
		if n <= before.enacted[para] {
			s.fail("I-29: nothing of para %d was enacted within 10 slots", para)
		}
	}
	if len(after.enacted) < s.world.paras.Count {
		s.fail("I-29: only %d of %d paras live", len(after.enacted), s.world.paras.Count)
	}
}

// Quiesce lets no more messages be sent, and demands that all are delivered
// within some slots (I-17): 20 are enough if all validators are there.
func (s *Simulation) Quiesce(slots primitives.Millis) {
	s.world.paras.quiet = true
	s.Run(slots * SlotMillis)
	if sent, delivered := s.Messages(); sent != delivered || sent == 0 && s.world.paras.Count > 1 {
		s.fail("I-17: %d messages delivered of %d sent", delivered, sent)
	}
}
