package local

import (
	"maps"

	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/node"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
)

// tally counts what the finalized relay chain says of parachains and messages,
// block after block.
type tally struct {
	counted  primitives.BlockNumber
	backed   map[primitives.ParaID]uint64
	included map[primitives.ParaID]uint64
	heads    map[primitives.ParaID]uint64
	sent     uint64
	waiting  uint64
	// recent holds, for each para since its first inclusion, how many blocks were
	// included in each of the last window relay blocks; least is the least sum.
	recent map[primitives.ParaID][]uint64
	least  map[primitives.ParaID]uint64
}

// window is over how many relay blocks the pace of a chain is measured.
const window = 30

func newTally() *tally {
	return &tally{
		backed: map[primitives.ParaID]uint64{}, included: map[primitives.ParaID]uint64{}, heads: map[primitives.ParaID]uint64{},
		recent: map[primitives.ParaID][]uint64{}, least: map[primitives.ParaID]uint64{},
	}
}

// advance counts the blocks that n finalized since the last call. What cannot be
// read now is counted later.
func (t *tally) advance(n *node.Node) {
	for finalized := n.Snapshot().Finalized.Number; t.counted < finalized; t.counted++ {
		hash, ok, err := n.CanonicalHash(t.counted + 1)
		if err != nil || !ok {
			return
		}
		view, err := n.View(hash)
		if err != nil {
			return
		}
		t.count(frame.NewState(view), t.counted+1)
	}
}

// count counts one block by the state after it.
func (t *tally) count(s *frame.State, number primitives.BlockNumber) {
	before := maps.Clone(t.included)
	defer func() { t.pace(before) }()
	for _, event := range inclusion.CandidateEvents.Get(s) {
		switch e := event.(type) {
		case inclusion.CandidateBacked:
			t.backed[e.Receipt.Descriptor.ParaID]++
		case inclusion.CandidateIncluded:
			t.included[e.Receipt.Descriptor.ParaID]++
		}
	}
	t.waiting = 0
	for _, messages := range hrmp.HrmpChannelContents.All(s) {
		t.waiting += uint64(len(messages))
		for _, m := range messages {
			if m.SentAt == number {
				t.sent++
			}
		}
	}
	for id, raw := range paras.Heads.All(s) {
		var head primitives.Header
		if scale.Unmarshal(raw, &head) == nil {
			t.heads[id] = uint64(head.Number)
		}
	}
}

// pace notes how many blocks were included since before.
func (t *tally) pace(before map[primitives.ParaID]uint64) {
	for id, n := range t.included {
		t.recent[id] = append(t.recent[id], n-before[id])
		if len(t.recent[id]) < window {
			continue
		}
		t.recent[id] = t.recent[id][len(t.recent[id])-window:]
		sum := uint64(0)
		for _, k := range t.recent[id] {
			sum += k
		}
		if least, known := t.least[id]; !known || sum < least {
			t.least[id] = sum
		}
	}
}

// messages returns how many messages were sent and how many of them arrived.
func (t *tally) messages() MessagesReport {
	return MessagesReport{Sent: t.sent, Delivered: t.sent - t.waiting}
}
