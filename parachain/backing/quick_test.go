package backing_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/parachain/backing"
	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/parachain/inclusion/inherent"
	"github.com/rampart-chain/rampart/parachain/prospective"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// statement returns the signed statement of a validator about b.
func statement(c *chain, leaf *prospective.Leaf, kind primitives.StatementKind, v primitives.ValidatorIndex, b built) backing.Message {
	relayParent, hash := b.candidate.Descriptor.RelayParent, b.candidate.Hash()
	payload := primitives.CompactStatement{Kind: kind, CandidateHash: hash}.SigningPayload(leaf.Context(relayParent))
	signature := primitives.Signature(c.keys[leaf.Validators[v]].Sr25519(payload))
	if kind == primitives.Seconded {
		return backing.Seconded{Validator: v, Signature: signature, Candidate: b.candidate, ValidationData: b.data}
	}
	return backing.Valid{Validator: v, Signature: signature, RelayParent: relayParent, Candidate: hash}
}

// crowd makes candidates and statements at random.
type crowd struct {
	*chain
	random *rand.Rand
	nonce  uint64
}

// candidates returns candidates for the next block: chains, forks, at old relay
// parents.
func (w *crowd) candidates() (out []built) {
	tips := map[primitives.ParaID][]inclusion.Constraints{}
	for _, p := range w.leaf.Paras {
		tip := p.Constraints
		for _, pending := range p.Pending {
			tip = tip.After(pending.Commitments, pending.RelayParentNumber)
		}
		tips[p.ID] = []inclusion.Constraints{tip}
	}
	for range w.random.IntN(8) {
		core := w.random.IntN(len(w.leaf.Cores))
		r := w.leaf.RelayParents[w.random.IntN(len(w.leaf.RelayParents))]
		if len(r.ClaimQueue[core]) == 0 {
			continue
		}
		para := r.ClaimQueue[core][0]
		places := tips[para]
		if len(places) == 0 {
			continue
		}
		at := places[w.random.IntN(len(places))]
		w.nonce++
		b := buildOn(w.leaf, r, at, para, primitives.CoreIndex(core), w.nonce, true)
		if w.random.IntN(8) == 0 {
			b.candidate.Descriptor.ValidationCodeHash[0]++
		}
		out = append(out, b)
		tips[para] = append(places, at.After(b.candidate.Commitments, r.Number))
	}
	return out
}

// statements returns what validators of its group say about b, in any order.
func (w *crowd) statements(b built) (out []backing.Message) {
	r, _ := w.leaf.RelayParent(b.candidate.Descriptor.RelayParent)
	for i, v := range w.leaf.Group(b.core, r.Number) {
		switch {
		case i == 0 || w.random.IntN(4) == 0:
			out = append(out, statement(w.chain, w.leaf, primitives.Seconded, v, b))
		case w.random.IntN(4) > 0:
			out = append(out, statement(w.chain, w.leaf, primitives.Valid, v, b))
		}
	}
	w.random.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// TestQuickBackedCandidatesAreAccepted feeds one node random statements about
// random chains of candidates: whatever it gives the author, the rules of the
// chain take all of it, though candidates fork, build on each other over several
// cores, and sessions end. A second node that only pulls gives the same.
func TestQuickBackedCandidatesAreAccepted(t *testing.T) {
	t.Parallel()
	backed, chained, equivocations := 0, 0, 0
	rapid.Check(t, func(r *rapid.T) {
		w := &crowd{
			chain:  newChain(r, 7, []primitives.ParaID{2000}, []primitives.ParaID{2001}, []primitives.ParaID{2000}, []primitives.ParaID{2002, 2003}),
			random: rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 0)),
		}
		w.sessionBlocks = 6
		core := backing.New(backing.Params{Verifier: stub, Slot: 1000}, prospective.New())
		puller := backing.New(backing.Params{Verifier: stub, Slot: 1000}, prospective.New())
		var last *prospective.Leaf
		before := equivocations
		for range rapid.IntRange(3, 16).Draw(r, "blocks") {
			for _, node := range []*backing.Core{core, puller} {
				node.Step(0, backing.ActiveLeaf{Leaf: w.leaf})
				if last != nil {
					node.Step(0, backing.LeafGone{Leaf: last.Hash})
				}
			}
			last = w.leaf
			for _, b := range w.candidates() {
				for _, m := range w.statements(b) {
					for _, e := range core.Step(0, backing.Received{From: "p", Message: m}) {
						if v, ok := e.(backing.Verdict); ok && v.Judgment == protocol.Reject && b.candidate.Descriptor.ValidationCodeHash == code.Hash() {
							r.Fatalf("rejected %T: %v", m, v.Reason)
						} else if _, ok := e.(backing.Equivocation); ok {
							equivocations++
						}
					}
				}
			}
			out := core.BackedCandidates(w.leaf.Hash)
			for _, m := range core.Missing(puller.Summary()) {
				puller.Step(0, backing.Received{From: "p", Message: m})
			}
			if missing := core.Missing(puller.Summary()); len(missing) > 0 {
				r.Fatalf("%d messages missing after a pull, such as %T", len(missing), missing[0])
			}
			same := slices.EqualFunc(out, puller.BackedCandidates(w.leaf.Hash), func(a, b primitives.BackedCandidate) bool {
				return string(a.AppendSCALE(nil)) == string(b.AppendSCALE(nil))
			})
			if !same && equivocations == before {
				r.Fatalf("block %d: who pulled gives the author something else", w.head.Number)
			}
			paras := map[primitives.ParaID]int{}
			for _, candidate := range out {
				paras[candidate.Candidate.Descriptor.ParaID]++
			}
			ends := (w.head.Number+1)%w.sessionBlocks == 0
			for _, refused := range w.grow(out) {
				if !ends || !errors.Is(refused, inherent.ErrSessionEnds) {
					r.Fatalf("block %d: %v", w.head.Number, refused)
				}
			}
			backed += len(out)
			if slices.Max([]int{0, paras[2000]}) > 1 {
				chained++
			}
		}
	})
	t.Logf("%d candidates backed, %d blocks with a chain of two, %d equivocations", backed, chained, equivocations)
	if backed == 0 || chained == 0 || equivocations == 0 {
		t.Error("the test does not test what it says")
	}
}
