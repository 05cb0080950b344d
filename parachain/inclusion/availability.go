package inclusion

import (
	"github.com/rampart-chain/rampart/availability/bitfield"
	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/xcmp/dmp"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
)

// Include counts bitfields, which were checked, and gives effect to every
// candidate that is available and builds on none that is still pending. Bits of
// free cores say nothing.
func Include(c *frame.Context, bitfields []primitives.SignedBitfield) {
	occupied := Occupied.Get(c.State)
	for _, b := range bitfields {
		for _, o := range occupied {
			if b.Bitfield.Get(int(o.Core)) {
				o.Votes.Set(int(b.ValidatorIndex), true)
			}
		}
	}
	blocked := map[primitives.ParaID]bool{}
	rest := occupied[:0]
	for _, o := range occupied {
		if !blocked[o.Para] && bitfield.Available(o.Votes) {
			enact(c, o.Para)
			continue
		}
		blocked[o.Para] = true
		rest = append(rest, o)
	}
	Occupied.Put(c.State, rest)
}

// enact gives effect to the first pending candidate of para.
func enact(c *frame.Context, para primitives.ParaID) {
	pending := PendingAvailability.Get(c.State, para)
	if len(pending) == 0 {
		if c.State.Err() == nil {
			panic("core is occupied by a candidate that is not pending")
		}
		return // the state could not be read; whoever executes the block will see it
	}
	p := pending[0]
	dmp.Prune(c.State, para, p.Commitments.ProcessedDownwardMessages)
	hrmp.Advance(c.State, para, p.Commitments.HRMPWatermark)
	hrmp.Send(c.State, para, c.Number, p.Commitments.HorizontalMessages)
	c.Deposit(CandidateIncluded{Receipt: p.Receipt(), Head: p.Commitments.HeadData, Core: p.Core, Group: p.Group})
	paras.NoteHead(c, para, p.Commitments.HeadData, p.RelayParentNumber)
	putPending(c.State, para, pending[1:])
}

// TimeOut drops every candidate that has been pending for the availability
// period, with all that build on it.
func TimeOut(c *frame.Context) {
	period := configuration.ActiveConfig.Get(c.State).SchedulerParams.ParasAvailabilityPeriod
	dropped := map[primitives.ParaID]bool{}
	var rest []OccupiedCore
	for _, o := range Occupied.Get(c.State) {
		if !dropped[o.Para] && uint64(c.Number) < uint64(o.BackedIn)+uint64(period) {
			rest = append(rest, o)
			continue
		}
		dropped[o.Para] = true
		pending := PendingAvailability.Get(c.State, o.Para)
		for i, p := range pending {
			if p.Hash == o.CandidateHash {
				c.Deposit(CandidateTimedOut{Receipt: p.Receipt(), Head: p.Commitments.HeadData, Core: p.Core})
				putPending(c.State, o.Para, append(pending[:i:i], pending[i+1:]...))
				break
			}
		}
	}
	if len(dropped) > 0 {
		Occupied.Put(c.State, rest)
	}
}

func putPending(s *frame.State, para primitives.ParaID, pending []Pending) {
	if len(pending) > 0 {
		PendingAvailability.Put(s, para, pending)
	} else {
		PendingAvailability.Delete(s, para)
	}
}

// EndSession drops everything that is pending: nothing outlives its session.
func EndSession(s *frame.State) {
	for _, o := range Occupied.Get(s) {
		PendingAvailability.Delete(s, o.Para)
	}
	Occupied.Delete(s)
}

// NoteEvents keeps what the present block did to candidates, by the records of
// its events, for CandidateEvents.
func NoteEvents(c *frame.Context) {
	var events []CandidateEvent
	for _, record := range c.Events {
		if event, ok := record.Event.(CandidateEvent); ok {
			events = append(events, event)
		}
	}
	CandidateEvents.Put(c.State, events)
}
