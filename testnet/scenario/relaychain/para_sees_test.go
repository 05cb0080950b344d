package relaychain

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/availability/chunk"
	"github.com/rampart-chain/rampart/availability/distribution/wire"
	"github.com/rampart-chain/rampart/parachain/backing"
	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/parachain/inclusion/inherent"
	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/parachain/scheduler"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
	"github.com/rampart-chain/rampart/testnet/scenario/oracle"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
)

// enactment is a block that enacts a candidate which takes messages, with its
// parent.
type enactment struct {
	parent, block *observedBlock
	candidate     primitives.Hash
	para          primitives.ParaID
	channel       primitives.HRMPChannelID
}

// enactments runs paras for a while and returns such a block.
func enactments(t *testing.T) (*Simulation, enactment) {
	s := run(t, Config{Seed: 1, Nodes: 4, Paras: Paras{Count: 2}})
	s.Run(20 * SlotMillis)
	for number := s.top; number > 1; number-- {
		block := s.paras.blocks[s.canon[number]]
		for _, event := range inclusion.CandidateEvents.Get(frame.NewState(block.state)) {
			e, ok := event.(inclusion.CandidateIncluded)
			if !ok {
				continue
			}
			para := e.Receipt.Descriptor.ParaID
			var body oracle.Block
			must(scale.Unmarshal(s.world.paras.made[e.Receipt.Hash()].pov.BlockData, &body))
			if len(body.Inbound) > 0 {
				return s, enactment{s.paras.blocks[block.header.ParentHash], block, e.Receipt.Hash(), para, primitives.HRMPChannelID{Sender: body.Inbound[0].Sender, Recipient: para}}
			}
		}
	}
	t.Fatal("no candidate took messages")
	return nil, enactment{}
}

// before breaks what the observer knows of the parent.
func (e enactment) before(change func(*paraModel)) func(*paraObserver, *observedBlock) {
	return func(p *paraObserver, _ *observedBlock) {
		m := e.parent.model.clone()
		change(m)
		p.blocks[e.block.header.ParentHash] = &observedBlock{e.parent.header, e.parent.inherent, m, e.parent.state}
	}
}

// failures returns what an observer says of the block once something is broken.
func (e enactment) failures(s *Simulation, breaks func(*paraObserver, *observedBlock)) string {
	var failures []string
	o, p, world, b := *s.Observer, *s.paras, *s.world.paras, *e.block
	o.fail = func(format string, args ...any) { failures = append(failures, fmt.Sprintf(format, args...)) }
	o.Sometimes = engine.Sometimes{}
	world.made = maps.Clone(world.made)
	p.Observer, p.world, p.blocks, p.holders, p.enacted = &o, &world, maps.Clone(p.blocks), maps.Clone(p.holders), maps.Clone(p.enacted)
	b.inherent.Bitfields = append([]primitives.SignedBitfield{}, b.inherent.Bitfields...)
	breaks(&p, &b)
	p.follow(p.blocks[b.header.ParentHash], &b)
	return strings.Join(failures, "\n")
}

// The observer sees each broken invariant of parachains.
func TestParaObserverSees(t *testing.T) {
	t.Parallel()
	s, e := enactments(t)
	put := func(change func(*frame.State)) func(*paraObserver, *observedBlock) {
		return func(_ *paraObserver, b *observedBlock) {
			b.state = changed(b.state, change)
		}
	}
	channel := func(change func(*hrmp.Channel)) func(*paraObserver, *observedBlock) {
		return put(func(state *frame.State) {
			c := hrmp.HrmpChannels.Get(state, e.channel)
			change(&c)
			hrmp.HrmpChannels.Put(state, e.channel, c)
		})
	}
	for name, test := range map[string]struct {
		breaks func(*paraObserver, *observedBlock)
		want   string
	}{
		"nothing":     {func(*paraObserver, *observedBlock) {}, ""},
		"few bits":    {func(_ *paraObserver, b *observedBlock) { b.inherent.Bitfields = b.inherent.Bitfields[:1] }, "I-9: a candidate is enacted"},
		"forged bits": {func(_ *paraObserver, b *observedBlock) { b.inherent.Bitfields[0].Signature[0]++ }, "I-9: block"},
		"few chunks":  {func(p *paraObserver, _ *observedBlock) { p.holders[e.candidate] = nil }, "I-9: a candidate is enacted"},
		"invalid": {func(p *paraObserver, _ *observedBlock) {
			p.world.made[e.candidate] = invalid(p.world.made[e.candidate])
		}, "an invalid candidate"},
		"unknown":       {func(p *paraObserver, _ *observedBlock) { delete(p.world.made, e.candidate) }, "I-11: a candidate"},
		"other head":    {put(func(s *frame.State) { paras.Heads.Put(s, e.para, primitives.HeadData{1}) }), "I-11: head"},
		"old core":      {put(func(s *frame.State) { occupy(s, 0, 1) }), "I-10"},
		"two on a core": {put(func(s *frame.State) { occupy(s, 0, e.block.header.Number); occupy(s, 0, e.block.header.Number) }), "I-12: two"},
		"lost pending":  {put(func(s *frame.State) { occupy(s, 1, e.block.header.Number) }), "I-12: "},
		"chain head":    {channel(func(c *hrmp.Channel) { c.MqcHead = &primitives.Hash{1} }), "I-16"},
		"count":         {channel(func(c *hrmp.Channel) { c.MsgCount++ }), "I-18: channel"},
		"size":          {channel(func(c *hrmp.Channel) { c.TotalSize++ }), "I-18: channel"},
		"limit": {put(func(s *frame.State) {
			c := hrmp.HrmpChannels.Get(s, e.channel)
			c.MsgCount, c.MaxCapacity = 1, 0
			hrmp.HrmpChannels.Put(s, e.channel, c)
		}), "over its limits"},
		"not next on the core": {func(p *paraObserver, _ *observedBlock) {
			view := changed(e.parent.state, func(s *frame.State) { scheduler.ClaimQueue.Put(s, [][]primitives.ParaID{{1}, {1}}) })
			p.blocks[e.block.header.ParentHash] = &observedBlock{e.parent.header, e.parent.inherent, e.parent.model, view}
		}, "I-12: para"},
		"lost message": {put(func(s *frame.State) {
			hrmp.HrmpChannelContents.Put(s, e.channel, append(hrmp.HrmpChannelContents.Get(s, e.channel), primitives.InboundHRMPMessage{}))
		}), "I-17"},
		"watermark": {put(func(s *frame.State) { hrmp.HrmpWatermarks.Put(s, e.para, 0) }), "I-18: watermark"},
		"taken twice": {e.before(func(m *paraModel) {
			c := m.channels[e.channel]
			c.waiting = nil
			m.channels[e.channel] = c
		}), "I-17: para"},
		"watermark falls":   {e.before(func(m *paraModel) { m.watermarks[e.para] = 1 << 20 }), "falls"},
		"builds on another": {e.before(func(m *paraModel) { m.heads[e.para] = primitives.HeadData{9} }), "builds on another head"},
	} {
		t.Run(name, func(t *testing.T) {
			seen := e.failures(s, test.breaks)
			if test.want == "" && seen != "" || !strings.Contains(seen, test.want) {
				t.Errorf("got %q, want %q", seen, test.want)
			}
		})
	}
}

// changed returns the state after a change of v.
func changed(v *stateView, change func(*frame.State)) *stateView {
	state := frame.NewState(v)
	change(state)
	return v.after(executive.Outcome{Changes: state.Changes()})
}

func invalid(b built) built { b.invalid = true; return b }

// occupy adds a candidate that nobody knows to a core.
func occupy(s *frame.State, core primitives.CoreIndex, backedIn primitives.BlockNumber) {
	inclusion.Occupied.Put(s, append(inclusion.Occupied.Get(s), inclusion.OccupiedCore{Core: core, BackedIn: backedIn, Votes: scale.NewBitVec(4)}))
}

// The observer sees what an honest node must not say.
func TestParaObserverHears(t *testing.T) {
	t.Parallel()
	w := NewWorld(1, 4, Paras{Count: 2})
	root, chunks, err := chunk.Encode([]byte("data"), 4)
	must(err)
	wrong := chunks[1]
	wrong.Index = 2
	w.paras.made[primitives.Hash{1}] = built{}
	w.paras.made[primitives.Hash{2}] = built{invalid: true}
	statement := func(candidate byte) paraNote {
		return statedNote{backing.Sign{Statement: primitives.CompactStatement{CandidateHash: primitives.Hash{candidate}}}}
	}
	evidence := backingNote{backing.Equivocation{Key: w.paras.keys[1].Sr25519Public()}}
	for name, test := range map[string]struct {
		note paraNote
		want string
	}{
		"a chunk":              {heldNote{primitives.Hash{9}, wire.Commitment{Root: root, Validators: 4}, chunks[1]}, ""},
		"a wrong chunk":        {heldNote{primitives.Hash{9}, wire.Commitment{Root: root, Validators: 4}, wrong}, "wrong chunk"},
		"another root":         {heldNote{primitives.Hash{1}, wire.Commitment{Root: root, Validators: 4}, chunks[1]}, "other data"},
		"valid":                {statement(1), ""},
		"invalid":              {statement(2), "I-24"},
		"unknown":              {statement(3), "I-24"},
		"refutes the valid":    {backingNote{backing.Refuted{Candidate: primitives.Hash{1}}}, "I-24"},
		"refutes the invalid":  {backingNote{backing.Refuted{Candidate: primitives.Hash{2}}}, ""},
		"equivocates":          {backingNote{backing.Alarm{Reason: backing.ErrOwnEquivocated}}, "I-5"},
		"accuses the honest":   {evidence, "I-5"},
		"leaves out at an end": {refusedNote{inherent.Refusal{Reason: inherent.ErrSessionEnds}}, ""},
		"leaves out":           {refusedNote{inherent.Refusal{Reason: inclusion.ErrSignature}}, "I-21"},
		"reports the honest":   {reportNote{1, wire.ErrPoV}, "reports honest"},
		"keeps its chunks":     {storedNote{func(primitives.Hash) bool { return true }}, ""},
		"lost a chunk":         {storedNote{func(primitives.Hash) bool { return false }}, "I-22"},
		"cannot recover":       {recoveredNote{err: errUnavailable}, "I-9"},
		"recovers other data":  {recoveredNote{receipt: primitives.CandidateReceipt{}, data: primitives.AvailableData{PoV: primitives.PoV{BlockData: []byte{1}}}}, "other data"},
		"cannot build":         {collatorNote{errors.New("no")}, "cannot build"},
	} {
		t.Run(name, func(t *testing.T) {
			var failures []string
			o := NewObserver(w, func(format string, args ...any) { failures = append(failures, fmt.Sprintf(format, args...)) })
			o.observe(Start, 0, heldNote{primitives.Hash{8}, wire.Commitment{Root: root, Validators: 4}, chunks[0]})
			o.observe(Start, 0, test.note)
			seen := strings.Join(failures, "\n")
			if test.want == "" && seen != "" || !strings.Contains(seen, test.want) {
				t.Errorf("got %q, want %q", seen, test.want)
			}
		})
	}
}
