package main

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto/sr25519"
	"github.com/rampart-chain/rampart/relay/crypto/vrf"

	schnorrkel "github.com/ChainSafe/go-schnorrkel"
)

// TestRatios holds every comparison to half of its goal: a gross regression
// fails, a busy machine does not. It also runs both sides on the same data,
// which panic if they disagree.
func TestRatios(t *testing.T) {
	for _, c := range comparisons() {
		r := measure(c, 3)
		t.Logf("%-70s %.2f (goal %.2f)", r.name, r.ratio, r.goal)
		if r.high < r.goal/2 {
			t.Errorf("%s: %.2f of the speed of %s at best, half of the goal is %.2f", r.name, r.high, r.peer, r.goal/2)
		}
	}
}

// TestAllocations bounds what the codec allocates for one value.
func TestAllocations(t *testing.T) {
	for _, c := range codec() {
		ours, _ := c.make()
		if n := testing.AllocsPerRun(20, ours); n > 2 {
			t.Errorf("%s: %.0f allocations, want at most 2", c.name, n)
		}
	}
}

// TestSameRoots: both tries have one root, before and after changes.
func TestSameRoots(t *testing.T) {
	keys := allKeys()
	mine, theirs := ourTrie(keys), peerTrie(keys)
	for round := range 3 {
		theirs = theirs.Snapshot()
		if a, b := update(mine, changes(keys, round)), updatePeer(theirs, changes(keys, round)); a != b {
			t.Fatalf("round %d: roots %x and %x", round, a, b)
		}
	}
}

// TestHeapPerKey: a loaded trie has at most 0.6 of the peer's live heap.
func TestHeapPerKey(t *testing.T) {
	ours, theirs := heapPerKey()
	t.Logf("%.0f bytes per key, peer %.0f: %.2f", ours, theirs, ours/theirs)
	if ours > 0.6*theirs {
		t.Errorf("%.0f bytes per key, want at most 0.6 of %.0f", ours, theirs)
	}
}

// TestSentBytes: all chunks together are at most 1.05 n/k of the payload.
func TestSentBytes(t *testing.T) {
	for _, n := range []int{4, 10, 100, 1000} {
		ratio := sentRatio(n)
		t.Logf("n = %d: %.3f of n/k", n, ratio)
		if ratio > 1.05 {
			t.Errorf("n = %d: %.3f of n/k of the payload is sent, want at most 1.05", n, ratio)
		}
	}
}

// TestVRFOutputsAreIdentical: the peer finds the same output from our proof, and
// we from its.
func TestVRFOutputsAreIdentical(t *testing.T) {
	const slot, epoch = 1000, 7
	for i := range byte(20) {
		randomness := [32]byte{i}
		seed := [32]byte{i, 1}
		secret := sr25519.FromSeed(seed)
		public := secret.Public()
		mini := must(schnorrkel.NewMiniSecretKeyFromRaw(seed))
		inOut, proof := must2(mini.ExpandEd25519().VrfSign(slotTranscript(randomness, slot, epoch)))
		output := inOut.Output().Encode()
		mine := vrf.Evaluate(secret, vrf.BabeTranscript(randomness, slot, epoch)).PreOutput()
		if mine != output {
			t.Fatalf("outputs %x and %x", mine, output)
		}
		got, ok := vrf.Verify(public, vrf.BabeTranscript(randomness, slot, epoch), output, proof.Encode())
		if !ok {
			t.Fatal("the peer's proof is refused")
		}
		if a, b := got.MakeBytes("ctx", 16), must(inOut.MakeBytes(16, []byte("ctx"))); string(a) != string(b) {
			t.Fatalf("bytes %x and %x", a, b)
		}
	}
}

func must2[A, B any](a A, b B, err error) (A, B) {
	if err != nil {
		panic(err)
	}
	return a, b
}
