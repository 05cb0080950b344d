package plan

import (
	"fmt"
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// block returns the hash of block number on a fork. Fork 0 is the main chain;
// forks leave it after block 40.
func block(fork byte, number primitives.BlockNumber) primitives.Hash {
	if number <= 40 {
		fork = 0
	}
	return primitives.Hash{fork + 1, byte(number), byte(number >> 8), byte(number >> 16)}
}

func at(fork byte, number primitives.BlockNumber) primitives.BlockID {
	return primitives.BlockID{Number: number, Hash: block(fork, number)}
}

// infos returns n headers of a fork from number from.
func infos(fork byte, from primitives.BlockNumber, n int) []Info {
	var out []Info
	for i := range n {
		number := from + primitives.BlockNumber(i)
		out = append(out, Info{number, block(fork, number), block(fork, number-1)})
	}
	return out
}

// behavior is how a peer answers; nil means never.
type behavior func(from primitives.BlockNumber, max int) []Info

// honest has fork up to best.
func honest(fork byte, best primitives.BlockNumber) behavior {
	return func(from primitives.BlockNumber, max int) []Info {
		if from > best {
			return nil
		}
		return infos(fork, from, min(max, int(best-from)+1))
	}
}

// tester is what *testing.T and *rapid.T have in common.
type tester interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
	Errorf(string, ...any)
}

// world is a node that syncs from peers that answer after a round trip.
type world struct {
	t       tester
	core    *Core
	now     primitives.Millis
	known   map[primitives.Hash]primitives.BlockNumber
	bad     map[primitives.Hash]bool // blocks that break a rule
	head    Head
	peers   map[protocol.PeerID]behavior
	held    map[uint64][]Info
	queue   []delivery
	busy    map[protocol.PeerID]uint64 // request under way, not dropped
	reports map[protocol.PeerID][]reputation.Reason
	fetched int // blocks
	stuck   int // imports that fail locally from now on
}

type delivery struct {
	at primitives.Millis
	ev Event
}

const roundTrip = 100

func newWorld(t tester, best, finalized primitives.BlockNumber) *world {
	w := &world{
		t: t, now: 1_000_000, known: map[primitives.Hash]primitives.BlockNumber{}, bad: map[primitives.Hash]bool{},
		peers: map[protocol.PeerID]behavior{}, held: map[uint64][]Info{}, busy: map[protocol.PeerID]uint64{},
		reports: map[protocol.PeerID][]reputation.Reason{},
	}
	w.core = New(Params{}, func(h primitives.Hash) bool { _, known := w.known[h]; return known })
	for n := primitives.BlockNumber(0); n <= best; n++ {
		w.known[block(0, n)] = n
	}
	w.head = Head{at(0, best), at(0, finalized)}
	w.step(w.head)
	return w
}

// join adds a peer that claims a block.
func (w *world) join(id protocol.PeerID, claim primitives.BlockID, b behavior) {
	w.peers[id] = b
	w.step(Claim{id, claim})
}

func (w *world) step(ev Event) {
	for _, effect := range w.core.Step(w.now, ev) {
		w.perform(effect)
	}
	p := Params{}.withDefaults()
	if n := w.core.Buffered(); n > p.Buffer+maxProbes*probeRange {
		w.t.Fatalf("%d blocks buffered", n)
	}
}

func (w *world) perform(effect Effect) {
	switch e := effect.(type) {
	case Fetch:
		if e.Max == 0 || e.Max > protocol.MaxBlocks || e.From <= w.head.Finalized.Number {
			w.t.Fatalf("asks for %d blocks from %d with %d finalized", e.Max, e.From, w.head.Finalized.Number)
		}
		if w.busy[e.Peer] != 0 {
			w.t.Fatalf("asks %s twice at once", e.Peer)
		}
		w.busy[e.Peer] = e.ID
		w.held[e.ID] = nil
		answer := w.peers[e.Peer]
		if answer == nil {
			w.later(20_000, answerOf{Failed{e.ID}, e.Peer, e.ID})
			return
		}
		blocks := answer(e.From, int(e.Max))
		w.fetched += len(blocks)
		w.later(roundTrip, answerOf{Fetched{e.ID, blocks}, e.Peer, e.ID})
	case Import:
		w.importing(e)
	case Drop:
		delete(w.held, e.ID)
		for id, request := range w.busy {
			if request == e.ID {
				delete(w.busy, id)
			}
		}
	case Report:
		w.reports[e.Peer] = append(w.reports[e.Peer], e.Reason)
	}
}

// answerOf marks an event as the answer of a peer, which is free again.
type answerOf struct {
	Event
	peer protocol.PeerID
	id   uint64
}

func (w *world) importing(e Import) {
	if w.stuck > 0 {
		w.stuck--
		w.later(10, Stuck{e.ID})
		return
	}
	blocks, held := w.held[e.ID]
	if !held {
		w.t.Fatalf("imports %d, which was dropped", e.ID)
	}
	for _, b := range blocks[e.Skip:] {
		if w.bad[b.Hash] {
			w.later(10, Invalid{e.ID})
			return
		}
		if _, known := w.known[b.Parent]; !known {
			w.t.Fatalf("imports block %d before its parent", b.Number)
		}
		w.known[b.Hash] = b.Number
		if b.Number > w.head.Best.Number {
			w.head.Best = primitives.BlockID{Number: b.Number, Hash: b.Hash}
		}
	}
	w.later(10, w.head)
	w.later(10, Imported{e.ID})
}

func (w *world) later(d primitives.Millis, ev Event) {
	w.queue = append(w.queue, delivery{w.now + d, ev})
	slices.SortStableFunc(w.queue, func(a, b delivery) int { return int(int64(a.at) - int64(b.at)) })
}

// run lets time pass until done, or fails after a duration.
func (w *world) run(limit primitives.Millis, done func() bool) (took primitives.Millis) {
	w.t.Helper()
	begin := w.now
	for steps := 0; !done(); steps++ {
		next, any := w.core.Next()
		if any && next <= w.now {
			w.t.Fatal("wants to be woken in the past")
		}
		if len(w.queue) > 0 && (!any || w.queue[0].at <= next) {
			next, any = w.queue[0].at, true
		}
		if !any || next > begin+limit || steps > 100_000 {
			w.t.Fatalf("not done after %d ms and %d steps: best %d, %d buffered, active %v", w.now-begin, steps,
				w.head.Best.Number, w.core.Buffered(), w.core.active)
		}
		w.now = next
		if len(w.queue) == 0 || w.queue[0].at > w.now {
			w.step(Wake{})
			continue
		}
		ev := w.queue[0].ev
		w.queue = w.queue[1:]
		if a, ok := ev.(answerOf); ok {
			if w.busy[a.peer] == a.id {
				delete(w.busy, a.peer)
			}
			ev = a.Event
			if f, ok := ev.(Fetched); ok {
				if _, wanted := w.held[f.ID]; wanted {
					w.held[f.ID] = f.Blocks
				}
			}
		}
		w.step(ev)
	}
	return w.now - begin
}

func (w *world) has(fork byte, n primitives.BlockNumber) func() bool {
	return func() bool { _, known := w.known[block(fork, n)]; return known }
}

func (w *world) innocent(ids ...protocol.PeerID) {
	w.t.Helper()
	for _, id := range ids {
		if r := w.reports[id]; len(r) > 0 {
			w.t.Errorf("%s is honest and reported for %v", id, r)
		}
	}
}

func TestLateNodeCatchesUp(t *testing.T) {
	w := newWorld(t, 0, 0)
	for i := range 4 {
		w.join(protocol.PeerID(fmt.Sprint(i)), at(0, 5000), honest(0, 5000))
	}
	took := w.run(10_000, func() bool { return w.has(0, 5000)() && w.core.Buffered() == 0 })
	// One range a round trip would take 4 s; four peers at once take about one.
	if took > 2_000 {
		t.Errorf("took %d ms", took)
	}
	if w.fetched > 5000+maxProbes*probeRange {
		t.Errorf("fetched %d blocks for 5000", w.fetched)
	}
	w.innocent("0", "1", "2", "3")
	if next, any := w.core.Next(); any || w.core.Target() != 0 || w.core.Buffered() != 0 {
		t.Errorf("not at rest: wake at %d (%v), target %d, %d buffered", next, any, w.core.Target(), w.core.Buffered())
	}
}

func TestOnePeerIsEnough(t *testing.T) {
	w := newWorld(t, 100, 90)
	w.join("a", at(0, 1000), honest(0, 1000))
	w.run(5_000, w.has(0, 1000))
}

func TestGossipIsGivenTime(t *testing.T) {
	w := newWorld(t, 100, 99)
	w.join("a", at(0, 101), honest(0, 101))
	if w.fetched != 0 {
		t.Fatal("asks at once for a block that gossip is bringing")
	}
	w.known[block(0, 101)] = 101
	w.head.Best = at(0, 101)
	w.step(w.head)
	if _, any := w.core.Next(); any || w.fetched != 0 {
		t.Errorf("not at rest after gossip brought the block, fetched %d", w.fetched)
	}
	w.step(Claim{"a", at(0, 102)})
	w.peers["a"] = honest(0, 102)
	w.run(1_000, w.has(0, 102))
}

func TestForkIsFoundByStepsBack(t *testing.T) {
	for _, best := range []primitives.BlockNumber{45, 100, 1000} {
		w := newWorld(t, best, 30) // forks part after block 40
		w.join("a", at(1, best-2), honest(1, best-2))
		w.run(20_000, w.has(1, best-2))
		w.innocent("a")
	}
}

func TestSilentAndEmptyPeersDoNotHoldItUp(t *testing.T) {
	w := newWorld(t, 0, 0)
	w.join("a silent", at(9, 1_000_000), nil)
	w.join("b empty", at(9, 1_000_000), honest(0, 0))
	w.join("c honest", at(0, 2000), honest(0, 2000))
	if took := w.run(20_000, w.has(0, 2000)); took > 15_000 {
		t.Errorf("took %d ms", took)
	}
	w.innocent("a silent", "b empty", "c honest") // late or mistaken, which is no crime
}

func TestLiarsAreReported(t *testing.T) {
	junk := func(from primitives.BlockNumber, max int) []Info {
		return []Info{{from, primitives.Hash{99, byte(from)}, block(0, from-1)}} // extends any chain
	}
	for name, c := range map[string]struct {
		answer behavior
		want   reputation.Reason
	}{
		"wrong numbers": {func(from primitives.BlockNumber, max int) []Info { return infos(0, from+1, 2) }, reputation.UnlinkedBlocks},
		"holes": {func(from primitives.BlockNumber, max int) []Info {
			out := infos(0, from, 3)
			out[2].Parent[0]++
			return out
		}, reputation.UnlinkedBlocks},
		"too many": {func(from primitives.BlockNumber, max int) []Info { return infos(0, from, max+1) }, reputation.UselessResponse},
		"invalid":  {junk, reputation.InvalidBlock},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 50, 45)
			for n := range 256 {
				w.bad[primitives.Hash{99, byte(n)}] = true
			}
			w.join("liar", at(0, 3000), c.answer)
			w.join("honest", at(0, 3000), honest(0, 3000))
			w.run(60_000, w.has(0, 3000))
			if r := w.reports["liar"]; len(r) == 0 || r[0] != c.want {
				t.Errorf("liar reported for %v, want %q", r, c.want)
			}
			w.innocent("honest")
		})
	}
}

func TestPeerBehindAnotherFinalityIsLeftAlone(t *testing.T) {
	w := newWorld(t, 100, 60)
	w.join("other", at(1, 200), honest(1, 200)) // parts after 40
	w.run(5_000, func() bool { return w.core.peers["other"].rest > w.now+200_000 })
	if got := w.fetched; got > 10*probeRange {
		t.Errorf("fetched %d blocks to find out", got)
	}
	w.innocent("other")
	w.join("ours", at(0, 200), honest(0, 200))
	w.run(5_000, w.has(0, 200))
}

func TestPeerLeavesInTheMiddle(t *testing.T) {
	w := newWorld(t, 0, 0)
	for _, id := range []protocol.PeerID{"a", "b", "c"} {
		w.join(id, at(0, 3000), honest(0, 3000))
	}
	w.run(5_000, w.has(0, 500))
	w.step(Gone{"a"})
	w.step(Gone{"b"})
	w.run(10_000, w.has(0, 3000))
}

// Blocks are held beyond a gap that the only peer left has shown not to fit.
func TestChainThatNobodyContinuesIsGivenUp(t *testing.T) {
	w := newWorld(t, 100, 30)
	w.join("a", at(1, 300), func(from primitives.BlockNumber, max int) []Info {
		if from == 101 { // it changes to its fork after the first answer
			return infos(0, from, max)
		}
		return honest(1, 300)(from, max)
	})
	w.join("b", at(0, 1000), honest(0, 1000))
	w.run(5_000, func() bool { return w.core.peers["a"].off && len(w.core.chain) == 2 && w.core.chain[1].state == ready })
	w.step(Gone{"b"})
	w.run(5_000, w.has(1, 300))
	w.innocent("a", "b")
}

func TestShortAnswersAreContinued(t *testing.T) {
	w := newWorld(t, 0, 0)
	answer := honest(0, 400)
	for _, id := range []protocol.PeerID{"a", "b"} {
		w.join(id, at(0, 400), func(from primitives.BlockNumber, max int) []Info { return answer(from, min(max, 7)) })
	}
	w.run(20_000, w.has(0, 400))
	w.innocent("a", "b")
}

func TestLocalTroublePausesAndBlamesNobody(t *testing.T) {
	w := newWorld(t, 0, 0)
	w.stuck = 2
	w.join("a", at(0, 300), honest(0, 300))
	if took := w.run(60_000, w.has(0, 300)); took < 2*stuckPause {
		t.Errorf("took %d ms, want two pauses of %d", took, stuckPause)
	}
	w.innocent("a")
}

func TestPeersAreBounded(t *testing.T) {
	c := New(Params{}, func(h primitives.Hash) bool { return h != block(1, 50) })
	c.Step(1, Claim{"useful", at(1, 50)})
	for i := range 2 * maxPeers {
		c.Step(1, Claim{protocol.PeerID(fmt.Sprint(i)), at(0, 1)})
	}
	if c.Peers() != maxPeers || c.peers["useful"] == nil || c.peers[protocol.PeerID(fmt.Sprint(2*maxPeers-1))] == nil {
		t.Errorf("remembers %d peers, want %d with the useful and the latest", c.Peers(), maxPeers)
	}
}
