//go:build !wasip1

package inherent_test

import (
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rampart-chain/rampart/availability/bitfield"
	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/parachain/inclusion/inherent"
	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/parachain/scheduler"
	"github.com/rampart-chain/rampart/parachain/shared"
	"github.com/rampart-chain/rampart/parachain/shared/initializer"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
	"github.com/rampart-chain/rampart/xcmp/mqc"
)

// world is a chain under random load with what an observer knows of it.
type world struct {
	*chain
	// random is drawn as a seed: what rapid draws itself is mostly small.
	random *rand.Rand
	// known are all candidates ever made, by hash.
	known map[primitives.Hash]primitives.CommittedCandidateReceipt
	// quiet worlds make candidates without messages, as often as they can.
	quiet bool
	// eager is how often, in percent, a validator holds a chunk.
	eager int
	seen
}

// seen is what the observer saw on the present fork.
type seen struct {
	// votes are the validators that said that they hold a chunk, per pending
	// candidate.
	votes map[primitives.Hash]map[primitives.ValidatorIndex]bool
	// sent are all messages that entered a channel.
	sent      map[primitives.HRMPChannelID][]primitives.InboundHRMPMessage
	watermark map[primitives.ParaID]primitives.BlockNumber
	included  int
	timedOut  int
}

var testParas = []primitives.ParaID{2000, 2001, 2002, 2003}

var testChannels = []hrmp.Preopened{
	{From: 2000, To: 2001, Capacity: 3, Size: 60}, {From: 2001, To: 2000, Capacity: 2, Size: 60},
	{From: 2002, To: 2000, Capacity: 4, Size: 60}, {From: 2000, To: 2003, Capacity: 1, Size: 60}, {From: 2003, To: 2002, Capacity: 2, Size: 60},
}

const validatorCount = 7

func newWorld(r *rapid.T) *world {
	g := initializer.Genesis{
		Host:  configuration.Local(),
		Paras: []paras.Registration{registration(2000), registration(2001), registration(2002), registration(2003)},
		// 2000 has two cores, 2002 and 2003 share one.
		Cores:    [][]primitives.ParaID{{2000}, {2001}, {2000}, {2002, 2003}},
		Channels: testChannels,
	}
	return &world{chain: newChain(r, validatorCount, g), random: rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 0)), known: map[primitives.Hash]primitives.CommittedCandidateReceipt{},
		seen: seen{votes: map[primitives.Hash]map[primitives.ValidatorIndex]bool{}, sent: map[primitives.HRMPChannelID][]primitives.InboundHRMPMessage{}, watermark: map[primitives.ParaID]primitives.BlockNumber{}}}
}

// fork returns a copy of w that grows on its own.
func (w *world) fork() *world {
	c := *w.chain
	c.state, c.states = maps.Clone(c.state), maps.Clone(c.states)
	votes := map[primitives.Hash]map[primitives.ValidatorIndex]bool{}
	for hash, v := range w.votes {
		votes[hash] = maps.Clone(v)
	}
	s := w.seen
	s.votes, s.sent, s.watermark = votes, maps.Clone(s.sent), maps.Clone(s.watermark)
	for id, messages := range s.sent {
		s.sent[id] = slices.Clip(messages)
	}
	return &world{chain: &c, eager: w.eager, random: w.random, known: w.known, seen: s}
}

func (w *world) chance(percent int) bool {
	return w.random.IntN(100) < percent
}

// messages returns what a candidate sends, at most what the rooms allow.
func (w *world) messages(h *paraHead, para primitives.ParaID, c inclusion.Constraints) (out []primitives.OutboundHRMPMessage) {
	for _, room := range c.OutboundRooms {
		if w.quiet || room.Messages == 0 || w.chance(40) {
			continue
		}
		data := message(para, room.Recipient, h.Sent[room.Recipient], w.random.IntN(21))
		if len(data) > int(room.Bytes) {
			continue
		}
		h.Sent[room.Recipient]++
		out = append(out, primitives.OutboundHRMPMessage{Recipient: room.Recipient, Data: data})
	}
	return out
}

// propose returns an honest candidate of para on core, for the next block, that
// builds where constraints says, and the constraints after it.
func (w *world) propose(constraints inclusion.Constraints, para primitives.ParaID, core primitives.CoreIndex) (primitives.BackedCandidate, inclusion.Constraints, bool) {
	s := w.view()
	parents := inclusion.RelayParents(s, w.head)
	parent := parents[len(parents)-1]
	if !w.quiet {
		parent = parents[w.random.IntN(len(parents))]
	}
	upward, possible := selectCore(parent, para, core)
	if !possible || parent.Number < constraints.MinRelayParentNumber {
		return primitives.BackedCandidate{}, constraints, false
	}
	h := decodeHead(w.t, constraints.RequiredParent)
	h.Parent, h.Number = constraints.RequiredParent.Hash(), h.Number+1
	watermark := parent.Number
	if blocks := constraints.Watermarks.Blocks; len(blocks) > 0 && blocks[0] < parent.Number && !w.quiet && w.chance(50) {
		watermark = blocks[0]
	}
	commitments := primitives.CandidateCommitments{UpwardMessages: upward, HRMPWatermark: watermark}
	commitments.ProcessedDownwardMessages = w.receive(para, &h, parent.Number, watermark)
	commitments.HorizontalMessages = w.messages(&h, para, constraints)
	commitments.HeadData = h.encode()
	made := candidate(constraints, shared.CurrentSessionIndex.Get(s), para, core, parent, commitments)
	if err := constraints.Check(made, relay(parent)); err != nil {
		w.t.Fatalf("honest candidate of %d: %v", para, err)
	}
	w.known[made.Hash()] = made
	return w.back(made, core, parent.Number), constraints.After(commitments, parent.Number), true
}

// candidates returns candidates for the next block: for every core, free or not,
// one of the para that is next there.
func (w *world) candidates() (out []primitives.BackedCandidate) {
	tips := map[primitives.ParaID]inclusion.Constraints{}
	for i, core := range inclusion.Cores(w.view()) {
		if len(core.Claims) == 0 || !w.quiet && w.chance(20) {
			continue
		}
		para := core.Claims[0]
		tip, ok := tips[para]
		if !ok {
			constraints, pending, _ := inclusion.BackingState(w.view(), para)
			for _, p := range pending {
				constraints = constraints.After(p.Commitments, p.RelayParentNumber)
			}
			tip = constraints
		}
		made, after, ok := w.propose(tip, para, primitives.CoreIndex(i))
		if ok {
			tips[para] = after
			out = append(out, made)
		}
	}
	return out
}

// bitfields returns what the validators say; most say the truth of most cores.
func (w *world) bitfields() (out []primitives.SignedBitfield) {
	cores := len(scheduler.ClaimQueue.Get(w.view()))
	for v := range validatorCount {
		if w.chance(5) {
			continue
		}
		bits := bitfield.New(cores, func(primitives.CoreIndex) bool { return w.chance(w.eager) })
		out = append(out, w.bitfield(primitives.ValidatorIndex(v), bits))
	}
	return out
}

// spoil damages data in ways that a malicious author or validator could.
func (w *world) spoil(data *primitives.ParachainsInherentData) {
	if n := len(data.Bitfields); n > 0 {
		i := w.random.IntN(n)
		b := &data.Bitfields[i]
		switch w.random.IntN(6) {
		case 0:
			b.Signature[3]++
		case 1:
			b.Bitfield = b.Bitfield.Resize(b.Bitfield.Len() + 1)
		case 2:
			data.Bitfields = append(data.Bitfields, *b)
		case 3:
			b.ValidatorIndex = primitives.ValidatorIndex(w.random.Uint32())
		}
	}
	n := len(data.BackedCandidates)
	if n == 0 {
		return
	}
	i, j := w.random.IntN(n), w.random.IntN(n)
	c := &data.BackedCandidates[i]
	d, m := &c.Candidate.Descriptor, &c.Candidate.Commitments
	resign := true
	switch w.random.IntN(17) {
	case 0:
		d.SessionIndex++
	case 1:
		d.CoreIndex = uint16(w.random.IntN(6))
	case 2:
		d.RelayParent[0]++
	case 3:
		d.PersistedValidationDataHash[0]++
	case 4:
		d.ValidationCodeHash[0]++
	case 5:
		m.HeadData = append(m.HeadData, ' ')
	case 6:
		m.HRMPWatermark = w.head.Number + 1
	case 7:
		m.ProcessedDownwardMessages = 100
	case 8:
		m.HorizontalMessages = append(m.HorizontalMessages, primitives.OutboundHRMPMessage{
			Recipient: primitives.ParaID(1999 + w.random.IntN(6)), Data: make([]byte, 61)})
	case 9:
		m.NewValidationCode = &code
	case 10:
		m.UpwardMessages = append([]primitives.UpwardMessage{[]byte("xcm")}, m.UpwardMessages...)
	case 11:
		d.ParaID = primitives.ParaID(1999 + w.random.IntN(6))
	case 12:
		data.BackedCandidates[i], data.BackedCandidates[j] = data.BackedCandidates[j], data.BackedCandidates[i]
		resign = false
	case 13:
		data.BackedCandidates = append(data.BackedCandidates, *c)
		resign = false
	case 14:
		c.ValidityVotes = c.ValidityVotes[1:]
		resign = false
	case 15:
		c.ValidatorIndices = scale.NewBitVec(c.ValidatorIndices.Len())
		resign = false
	default:
		resign = false
	}
	if resign && int(d.CoreIndex) < 4 {
		if parent, ok := shared.Find(inclusion.RelayParents(w.view(), w.head), d.RelayParent); ok {
			*c = w.back(c.Candidate, primitives.CoreIndex(d.CoreIndex), parent.Number)
		}
		w.known[c.Candidate.Hash()] = c.Candidate
	}
}

// step grows by one block: author and importer must agree.
func (w *world) step() {
	endSession := w.chance(6)
	if w.chance(15) {
		w.eager = []int{0, 90, 98, 100}[w.random.IntN(4)]
	}
	data := w.data(w.bitfields(), w.candidates())
	if w.chance(40) {
		w.spoil(&data)
	}
	x := w.open(endSession)
	before := x.State.Get([]byte(inclusion.Occupied.Key))
	kept, refused, err := inherent.Filter(x, stub, data)
	if err != nil {
		w.t.Fatal(err)
	}
	if got := x.State.Get([]byte(inclusion.Occupied.Key)); string(got) != string(before) || len(x.Events) > 0 || inherent.Included.Get(x.State) {
		w.t.Fatal("Filter changed the block")
	}
	again, more, err := inherent.Filter(x, stub, kept)
	if err != nil || len(more) > 0 || string(again.AppendSCALE(nil)) != string(kept.AppendSCALE(nil)) {
		w.t.Fatalf("what Filter kept it refuses: %v %v", more, err)
	}
	if err := dispatch(x, data); (err == nil) != (len(refused) == 0) {
		w.t.Fatalf("importer says %v, author refused %v", err, refused)
	} else if err != nil && !errors.Is(err, refused[0].Reason) {
		w.t.Fatalf("importer says %v, author %v", err, refused[0])
	}
	if len(refused) > 0 {
		if err := dispatch(x, kept); err != nil {
			w.t.Fatalf("importer refuses the author's inherent: %v", err)
		}
	}
	w.vote(kept.Bitfields)
	sessionBefore := shared.CurrentSessionIndex.Get(w.view())
	headsBefore := w.heads()
	w.close(x)
	w.observe(headsBefore)
	w.check()
	if shared.CurrentSessionIndex.Get(w.view()) != sessionBefore && len(inclusion.Occupied.Get(w.view())) > 0 {
		w.t.Fatal("a pending candidate outlived its session")
	}
}

func (w *world) heads() map[primitives.ParaID]primitives.HeadData {
	heads := map[primitives.ParaID]primitives.HeadData{}
	for _, para := range testParas {
		heads[para] = paras.Heads.Get(w.view(), para)
	}
	return heads
}

// vote counts bitfields for the candidates that were pending before the block.
func (w *world) vote(bitfields []primitives.SignedBitfield) {
	for _, o := range inclusion.Occupied.Get(w.view()) {
		if w.votes[o.CandidateHash] == nil {
			w.votes[o.CandidateHash] = map[primitives.ValidatorIndex]bool{}
		}
		for _, b := range bitfields {
			if b.Bitfield.Get(int(o.Core)) {
				w.votes[o.CandidateHash][b.ValidatorIndex] = true
			}
		}
	}
}

// observe follows the events of the block from the heads before it.
func (w *world) observe(heads map[primitives.ParaID]primitives.HeadData) {
	for _, event := range w.events {
		switch e := event.(type) {
		case inclusion.CandidateIncluded:
			hash, para := e.Receipt.Hash(), e.Receipt.Descriptor.ParaID
			if n := len(w.votes[hash]); n < bitfield.Threshold(validatorCount) {
				w.t.Fatalf("candidate of %d included with %d votes", para, n)
			}
			if h := decodeHead(w.t, e.Head); h.Parent != heads[para].Hash() {
				w.t.Fatalf("candidate of %d included on another head", para)
			}
			heads[para] = e.Head
			made := w.known[hash]
			for _, m := range made.Commitments.HorizontalMessages {
				id := primitives.HRMPChannelID{Sender: para, Recipient: m.Recipient}
				w.sent[id] = append(w.sent[id], primitives.InboundHRMPMessage{SentAt: w.head.Number, Data: m.Data})
			}
			if made.Commitments.HRMPWatermark < w.watermark[para] {
				w.t.Fatalf("watermark of %d falls", para)
			}
			w.watermark[para] = made.Commitments.HRMPWatermark
			w.included++
		case inclusion.CandidateTimedOut:
			w.timedOut++
		}
	}
	for para, head := range w.heads() {
		if string(head) != string(heads[para]) {
			w.t.Fatalf("head of %d is not that of its last included candidate", para)
		}
	}
}

// check checks what must hold after every block.
func (w *world) check() {
	s := w.view()
	cores := map[primitives.CoreIndex]bool{}
	period := configuration.ActiveConfig.Get(s).SchedulerParams.ParasAvailabilityPeriod
	pending := map[primitives.ParaID]int{}
	for _, o := range inclusion.Occupied.Get(s) {
		if cores[o.Core] {
			w.t.Fatalf("two candidates on core %d", o.Core)
		}
		cores[o.Core] = true
		if w.head.Number >= o.BackedIn+period {
			w.t.Fatalf("core %d is occupied since %d", o.Core, o.BackedIn)
		}
		all := inclusion.PendingAvailability.Get(s, o.Para)
		if all[pending[o.Para]].Hash != o.CandidateHash {
			w.t.Fatalf("candidates of %d are out of order", o.Para)
		}
		pending[o.Para]++
	}
	for _, para := range testParas {
		all := inclusion.PendingAvailability.Get(s, para)
		if len(all) != pending[para] {
			w.t.Fatalf("%d candidates of %d pending, on %d cores", len(all), para, pending[para])
		}
	}
	for _, c := range testChannels {
		id := primitives.HRMPChannelID{Sender: c.From, Recipient: c.To}
		w.checkChannel(s, id, hrmp.HrmpChannels.Get(s, id))
	}
}

// checkChannel compares a channel with all messages that ever entered it.
func (w *world) checkChannel(s *frame.State, id primitives.HRMPChannelID, channel hrmp.Channel) {
	contents := hrmp.HrmpChannelContents.Get(s, id)
	size := 0
	for _, m := range contents {
		size += len(m.Data)
	}
	if int(channel.MsgCount) != len(contents) || int(channel.TotalSize) != size || channel.MsgCount > channel.MaxCapacity || channel.TotalSize > channel.MaxTotalSize {
		w.t.Fatalf("channel %v counts %d messages of %d bytes, has %d of %d", id, channel.MsgCount, channel.TotalSize, len(contents), size)
	}
	sent := w.sent[id]
	var head primitives.Hash
	if channel.MqcHead != nil {
		head = *channel.MqcHead
	}
	if want := mqc.HRMP(primitives.Hash{}, sent); head != want {
		w.t.Fatalf("channel %v: message queue chain is %s, folded %s", id, head, want)
	}
	var waiting []primitives.InboundHRMPMessage
	for _, m := range sent {
		if m.SentAt > w.watermark[id.Recipient] {
			waiting = append(waiting, m)
		}
	}
	equal := slices.EqualFunc(waiting, contents, func(a, b primitives.InboundHRMPMessage) bool {
		return a.SentAt == b.SentAt && string(a.Data) == string(b.Data)
	})
	if !equal {
		w.t.Fatalf("channel %v holds %d messages, %d were sent after the watermark", id, len(contents), len(waiting))
	}
}

// drain grows without new messages until nothing waits, and compares what the
// paras received with what was sent.
func (w *world) drain() {
	w.quiet = true
	for range 8 {
		data := w.data(w.available(validatorCount, 0, 1, 2, 3), w.candidates())
		heads := w.heads()
		w.vote(data.Bitfields)
		w.must(data)
		w.observe(heads)
		w.check()
	}
	for _, c := range testChannels {
		id := primitives.HRMPChannelID{Sender: c.From, Recipient: c.To}
		h := decodeHead(w.t, w.heads()[c.To])
		if got, want := h.Received[c.From].Count, len(w.sent[id]); got != want {
			w.t.Fatalf("channel %v: %d messages sent, %d received", id, want, got)
		}
	}
}

// TestQuickChain grows chains under random candidates, bitfields, damage,
// sessions and forks. Author and importer always agree; heads, cores, queues and
// watermarks stay sound; every message arrives once and in order.
func TestQuickChain(t *testing.T) {
	included, timedOut, forks, messages := 0, 0, 0, 0
	rapid.Check(t, func(r *rapid.T) {
		w := newWorld(r)
		w.eager = 98
		old := w.fork()
		for range rapid.IntRange(5, 30).Draw(r, "blocks") {
			switch w.random.IntN(30) {
			case 0:
				old = w.fork()
			case 1:
				w, old = old, w.fork()
				forks++
			}
			w.step()
		}
		w.drain()
		included, timedOut = included+w.included, timedOut+w.timedOut
		for _, sent := range w.sent {
			messages += len(sent)
		}
	})
	t.Logf("%d candidates included, %d timed out, %d forks, %d messages", included, timedOut, forks, messages)
	if included == 0 || timedOut == 0 || forks == 0 || messages == 0 {
		t.Error("something never happened")
	}
}
