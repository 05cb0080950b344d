package backing_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/parachain/backing"
	"github.com/rampart-chain/rampart/parachain/prospective"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

func examples(t testing.TB) []backing.Message {
	c := newChain(t, 4, simParas...)
	b, _ := build(c.leaf, 2000, 0, 1, true)
	bits := scale.NewBitVec(3)
	bits.Set(1, true)
	return []backing.Message{
		statement(c, c.leaf, primitives.Seconded, 0, b),
		statement(c, c.leaf, primitives.Valid, 1, b),
		backing.Summary{RelayParents: []backing.RelayParentSummary{{RelayParent: c.leaf.Hash, Candidates: []backing.CandidateSummary{{Candidate: b.candidate.Hash(), Votes: bits}}}}},
	}
}

func TestMessageRoundTrip(t *testing.T) {
	t.Parallel()
	for i, m := range examples(t) {
		data := backing.Encode(m)
		if data[0] != 1 || data[1] != byte(i) {
			t.Errorf("%T begins with %x, want version 1 and variant %d", m, data[:2], i)
		}
		again, err := backing.Decode(data)
		if err != nil || !bytes.Equal(backing.Encode(again), data) {
			t.Errorf("%T: got %+v, %v", m, again, err)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	t.Parallel()
	messages := examples(t)
	seconded, valid := backing.Encode(messages[0]), backing.Encode(messages[1])
	newer := bytes.Clone(seconded)
	newer[2+4+64+36] = 1 // version of the descriptor
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"nothing":          {nil, backing.ErrMessageSize},
		"too much":         {make([]byte, backing.MaxMessage+1), backing.ErrMessageSize},
		"version":          {append([]byte{2}, valid[1:]...), backing.ErrMessageVersion},
		"variant":          {[]byte{1, 3}, scale.ErrVariant},
		"cut off":          {valid[:len(valid)-1], scale.ErrShort},
		"trailing":         {append(bytes.Clone(valid), 0), scale.ErrTrailing},
		"newer descriptor": {newer, primitives.ErrDescriptor},
		"too many parents": {append([]byte{1, 2}, scale.AppendCompact(nil, 65)...), scale.ErrLength},
	} {
		if _, err := backing.Decode(c.data); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, m := range examples(f) {
		f.Add(backing.Encode(m))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		_ = scaletest.Bytes(t, data, backing.Decode, backing.Encode)
	})
}

func FuzzDecodePoV(f *testing.F) {
	f.Add(backing.PoVRequest{}.AppendSCALE(nil))
	f.Add(backing.PoVAnswer{PoV: &primitives.PoV{BlockData: []byte{1}}}.AppendSCALE(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		_ = scaletest.Type[backing.PoVRequest](t, data)
		_ = scaletest.Type[backing.PoVAnswer](t, data)
	})
}

// FuzzReceived feeds what decodes to a core: it never panics, and judges each
// message once.
func FuzzReceived(f *testing.F) {
	for _, m := range examples(f) {
		f.Add(backing.Encode(m))
	}
	c := newChain(f, 4, simParas...)
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := backing.Decode(data)
		if err != nil {
			return
		}
		core := backing.New(backing.Params{Keys: []primitives.SR25519Public{c.leaf.Validators[0]}, Slot: 1000, Verifier: anySignature{}}, prospective.New())
		core.Step(0, backing.ActiveLeaf{Leaf: c.leaf})
		for range 2 {
			verdicts := 0
			for _, e := range core.Step(0, backing.Received{From: "p", Message: m}) {
				if _, ok := e.(backing.Verdict); ok {
					verdicts++
				}
			}
			if verdicts != 1 {
				t.Errorf("%d verdicts", verdicts)
			}
		}
		core.BackedCandidates(c.leaf.Hash)
		core.Missing(backing.Summary{RelayParents: []backing.RelayParentSummary{{RelayParent: c.leaf.Hash}}})
		core.Step(0, backing.LeafGone{Leaf: c.leaf.Hash})
	})
}

// anySignature accepts all signatures, so that rules behind them are reached.
type anySignature struct{}

func (anySignature) Sr25519([32]byte, []byte, [64]byte) bool { return true }

// TestEarlyIsBounded: statements at blocks that never come, and votes for
// candidates that nobody seconds, take little room.
func TestEarlyIsBounded(t *testing.T) {
	t.Parallel()
	c := newChain(t, 4, simParas...)
	core := backing.New(backing.Params{Slot: 1000, Verifier: anySignature{}}, prospective.New())
	core.Step(0, backing.ActiveLeaf{Leaf: c.leaf})
	count := func(m backing.Valid, from int) (reason error) {
		for _, e := range core.Step(0, backing.Received{From: protocol.PeerID(fmt.Sprint(from)), Message: m}) {
			if v, ok := e.(backing.Verdict); ok {
				reason = v.Reason
			}
		}
		return reason
	}
	waiting := 0
	for i := range 2000 {
		if count(backing.Valid{RelayParent: primitives.Hash{9, byte(i), byte(i >> 8)}}, i/100) == backing.ErrEarly {
			waiting++
		}
	}
	if waiting != 256 {
		t.Errorf("%d messages wait for their relay parent, want 256", waiting)
	}
	for fakes, want := range map[int]int{5: 1, 2000: 0} { // three of each of two members may wait
		core := backing.New(backing.Params{Slot: 1000, Verifier: anySignature{}}, prospective.New())
		core.Step(0, backing.ActiveLeaf{Leaf: c.leaf})
		b, _ := build(c.leaf, 2000, 0, 1, true)
		votes := []backing.Message{}
		for i := range fakes {
			votes = append(votes, backing.Valid{Validator: 1, RelayParent: c.leaf.Hash, Candidate: primitives.Hash{9, byte(i), byte(i >> 8)}})
		}
		votes = append(votes, statement(c, c.leaf, primitives.Valid, 1, b), statement(c, c.leaf, primitives.Seconded, 0, b))
		for _, m := range votes {
			core.Step(0, backing.Received{From: "p", Message: m})
		}
		if got := len(core.BackedCandidates(c.leaf.Hash)); got != want {
			t.Errorf("after %d votes for candidates nobody knows: %d candidates backed, want %d", fakes, got, want)
		}
	}
}
