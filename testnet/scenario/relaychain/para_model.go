package relaychain

import (
	"bytes"
	"maps"
	"slices"

	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/parachain/scheduler"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/testnet/scenario/oracle"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
	"github.com/rampart-chain/rampart/xcmp/mqc"
)

// paraModel is what the paras are after a block, as the observer computes it. It
// is not changed once made.
type paraModel struct {
	heads      map[primitives.ParaID]primitives.HeadData
	watermarks map[primitives.ParaID]primitives.BlockNumber
	channels   map[primitives.HRMPChannelID]channelModel
	// enacted counts the candidates of each para, slot is that of the last one.
	enacted map[primitives.ParaID]int
}

// channelModel is a channel: the messages sent are those delivered, then those
// waiting.
type channelModel struct {
	sent, delivered int
	chain           primitives.Hash
	waiting         []primitives.InboundHRMPMessage
}

func genesisModel(w *paraWorld) *paraModel {
	m := &paraModel{
		heads: map[primitives.ParaID]primitives.HeadData{}, watermarks: map[primitives.ParaID]primitives.BlockNumber{},
		channels: map[primitives.HRMPChannelID]channelModel{}, enacted: map[primitives.ParaID]int{},
	}
	for _, id := range w.ids() {
		m.heads[id] = oracle.Genesis(id)
		for _, to := range w.ids() {
			if to != id {
				m.channels[primitives.HRMPChannelID{Sender: id, Recipient: to}] = channelModel{}
			}
		}
	}
	return m
}

func (m *paraModel) clone() *paraModel {
	return &paraModel{maps.Clone(m.heads), maps.Clone(m.watermarks), maps.Clone(m.channels), maps.Clone(m.enacted)}
}

// follow returns the model after block, and checks the state after it.
func (p *paraObserver) follow(parent, block *observedBlock) *paraModel {
	m := parent.model.clone()
	before, after := frame.NewState(parent.state), frame.NewState(block.state)
	for _, event := range inclusion.CandidateEvents.Get(after) {
		switch e := event.(type) {
		case inclusion.CandidateIncluded:
			p.enact(m, before, block, e)
		case inclusion.CandidateBacked:
			claims := scheduler.ClaimQueue.Get(before)
			if d := e.Receipt.Descriptor; len(claims[e.Core]) == 0 || claims[e.Core][0] != d.ParaID || int(e.Core) != int(d.CoreIndex) {
				p.fail("I-12: para %d is backed on core %d in block %d without being next there", d.ParaID, e.Core, block.header.Number)
			}
			p.Sometimes.Add("candidate backed")
		case inclusion.CandidateTimedOut:
			p.Sometimes.Add("availability timeout")
		}
	}
	p.checkCores(block, after)
	for para, head := range m.heads {
		if got := paras.Heads.Get(after, para); !bytes.Equal(got, head) {
			p.fail("I-11: head of para %d after block %d is not that of its last enacted candidate", para, block.header.Number)
		}
	}
	p.checkChannels(m, parent.model, block, after)
	must(before.Err())
	must(after.Err())
	return m
}

// enact gives a candidate effect in m.
func (p *paraObserver) enact(m *paraModel, before *frame.State, block *observedBlock, e inclusion.CandidateIncluded) {
	hash, para := e.Receipt.Hash(), e.Receipt.Descriptor.ParaID
	pending, backedIn, ok := pendingIn(before, para, hash)
	made, known := p.world.made[hash]
	if !ok || !known {
		p.fail("I-11: a candidate of para %d is enacted in block %d and was not backed before", para, block.header.Number)
		return
	}
	if made.invalid {
		p.fail("an invalid candidate of para %d is enacted in block %d", para, block.header.Number)
	}
	p.available(block, pending, backedIn)
	data := primitives.PersistedValidationData{
		ParentHead: m.heads[para], RelayParentNumber: pending.RelayParentNumber,
		RelayParentStorageRoot: p.known[pending.Descriptor.RelayParent].StateRoot, MaxPoVSize: configuration.ActiveConfig.Get(before).MaxPovSize,
	}
	if data.Hash() != pending.Descriptor.PersistedValidationDataHash {
		p.fail("I-11: candidate of para %d enacted in block %d builds on another head", para, block.header.Number)
	}
	m.heads[para] = pending.Commitments.HeadData
	m.watermarks[para] = pending.Commitments.HRMPWatermark
	m.enacted[para]++
	var body oracle.Block
	must(scale.Unmarshal(made.pov.BlockData, &body))
	p.deliver(m, para, body, block.header.Number)
	for _, message := range pending.Commitments.HorizontalMessages {
		id := primitives.HRMPChannelID{Sender: para, Recipient: message.Recipient}
		c := m.channels[id]
		c.sent++
		c.chain = mqc.Next(c.chain, block.header.Number, message.Data)
		c.waiting = append(slices.Clip(c.waiting), primitives.InboundHRMPMessage{SentAt: block.header.Number, Data: message.Data})
		m.channels[id] = c
	}
	if p.enacted[hash]++; p.enacted[hash] == 2 {
		p.Sometimes.Add("enacted in two forks")
	}
}

// pendingIn returns a pending candidate and in which block it was backed.
func pendingIn(s *frame.State, para primitives.ParaID, hash primitives.Hash) (inclusion.Pending, primitives.BlockNumber, bool) {
	for _, pending := range inclusion.PendingAvailability.Get(s, para) {
		if pending.Hash != hash {
			continue
		}
		for _, o := range inclusion.Occupied.Get(s) {
			if o.CandidateHash == hash {
				return pending, o.BackedIn, true
			}
		}
	}
	return inclusion.Pending{}, 0, false
}

// deliver checks I-17: what a block of para takes is what was sent first of what
// it did not take yet, and all up to its watermark.
func (p *paraObserver) deliver(m *paraModel, para primitives.ParaID, body oracle.Block, number primitives.BlockNumber) {
	for id, c := range m.channels {
		if id.Recipient != para {
			continue
		}
		taken := 0
		for taken < len(c.waiting) && c.waiting[taken].SentAt <= body.Watermark {
			taken++
		}
		var got []primitives.InboundHRMPMessage
		if i := slices.IndexFunc(body.Inbound, func(in oracle.Inbound) bool { return in.Sender == id.Sender }); i >= 0 {
			got = body.Inbound[i].Messages
		}
		if !slices.EqualFunc(got, c.waiting[:taken], func(a, b primitives.InboundHRMPMessage) bool {
			return a.SentAt == b.SentAt && bytes.Equal(a.Data, b.Data)
		}) {
			p.fail("I-17: para %d takes other messages of %d in block %d than were sent", para, id.Sender, number)
		}
		c.delivered, c.waiting = c.delivered+taken, c.waiting[taken:]
		m.channels[id] = c
	}
}

// checkCores checks I-10 and I-12.
func (p *paraObserver) checkCores(block *observedBlock, s *frame.State) {
	period := configuration.ActiveConfig.Get(s).SchedulerParams.ParasAvailabilityPeriod
	cores := map[primitives.CoreIndex]bool{}
	occupied := inclusion.Occupied.Get(s)
	for _, o := range occupied {
		if cores[o.Core] {
			p.fail("I-12: two candidates are pending on core %d after block %d", o.Core, block.header.Number)
		}
		cores[o.Core] = true
		if block.header.Number >= o.BackedIn+period {
			p.fail("I-10: core %d is not free after block %d: its candidate was backed in %d", o.Core, block.header.Number, o.BackedIn)
		}
	}
	pending := 0
	for _, para := range p.world.ids() {
		pending += len(inclusion.PendingAvailability.Get(s, para))
	}
	if pending != len(occupied) {
		p.fail("I-12: %d candidates are pending on %d cores after block %d", pending, len(occupied), block.header.Number)
	}
}

// checkChannels checks I-16 and I-18.
func (p *paraObserver) checkChannels(m, before *paraModel, block *observedBlock, s *frame.State) {
	number := block.header.Number
	for id, c := range m.channels {
		got := hrmp.HrmpChannels.Get(s, id)
		contents := hrmp.HrmpChannelContents.Get(s, id)
		size := 0
		for _, message := range contents {
			size += len(message.Data)
		}
		var head primitives.Hash
		if got.MqcHead != nil {
			head = *got.MqcHead
		}
		if head != c.chain {
			p.fail("I-16: head of channel %v after block %d is not that of the messages sent", id, number)
		}
		if len(contents) != len(c.waiting) {
			p.fail("I-17: %d messages wait in channel %v after block %d, want %d", len(contents), id, number, len(c.waiting))
		}
		if int(got.MsgCount) != len(contents) || int(got.TotalSize) != size {
			p.fail("I-18: channel %v after block %d counts %d messages, %d bytes of %d, %d", id, number, got.MsgCount, got.TotalSize, len(contents), size)
		}
		if got.MsgCount > got.MaxCapacity || got.TotalSize > got.MaxTotalSize {
			p.fail("I-18: channel %v is over its limits after block %d", id, number)
		}
		if c.sent != c.delivered+len(c.waiting) {
			p.fail("I-17: channel %v: %d sent, %d delivered, %d wait", id, c.sent, c.delivered, len(c.waiting))
		}
	}
	for para, watermark := range m.watermarks {
		if watermark < before.watermarks[para] {
			p.fail("I-18: watermark of para %d falls to %d in block %d", para, watermark, number)
		}
		if got := hrmp.HrmpWatermarks.Get(s, para); got != watermark {
			p.fail("I-18: watermark of para %d after block %d is %d, want %d", para, number, got, watermark)
		}
	}
}
