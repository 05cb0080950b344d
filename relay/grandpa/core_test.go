package grandpa

import (
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// watcher returns a core without keys that knows blocks 1 to length, and their
// ids.
func watcher(t testing.TB, voters, length int) (*Core, []primitives.BlockID) {
	t.Helper()
	var authorities []primitives.GRANDPAAuthority
	for i := range voters {
		authorities = append(authorities, primitives.GRANDPAAuthority{Key: voterKey(i), Weight: 1})
	}
	parent := primitives.Header{}
	c, err := New(Params{Period: 1000, Verifier: stubVerifier{}}, Genesis(parent.ID(), authorities), nil)
	if err != nil {
		t.Fatal(err)
	}
	blocks := []primitives.BlockID{parent.ID()}
	for i := range length {
		h := primitives.Header{ParentHash: parent.Hash(), Number: primitives.BlockNumber(i + 1)}
		c.Step(0, BlockImported{Hash: h.Hash(), Header: h})
		blocks, parent = append(blocks, h.ID()), h
	}
	return c, blocks
}

func signedVote(voter int, round primitives.Round, m primitives.GRANDPAMessage) Vote {
	return Vote{Round: round, Signed: primitives.SignedMessage{
		Message: m, ID: voterKey(voter), Signature: stubSign(voterKey(voter), primitives.GRANDPAPayload(m, round, 0)),
	}}
}

// TestPullPath: what Missing gives a peer makes it know as much, equivocations
// and proposals included, and then nothing is missing.
func TestPullPath(t *testing.T) {
	t.Parallel()
	full, blocks := watcher(t, 4, 3)
	empty, _ := watcher(t, 4, 3)
	for _, v := range []Vote{
		signedVote(0, 1, primitives.Prevote{TargetBlock: blocks[3]}),
		signedVote(1, 1, primitives.Prevote{TargetBlock: blocks[2]}),
		signedVote(1, 1, primitives.Prevote{TargetBlock: blocks[3]}),
		signedVote(2, 1, primitives.Precommit{TargetBlock: blocks[3]}),
		signedVote(1, 1, primitives.PrimaryPropose{TargetBlock: blocks[1]}),
		signedVote(3, 2, primitives.Prevote{TargetBlock: blocks[3]}),
	} {
		full.Step(1, Received{From: "x", Message: v})
	}
	// One of the equivocator's votes is there already.
	empty.Step(1, Received{From: "x", Message: signedVote(1, 1, primitives.Prevote{TargetBlock: blocks[2]})})
	missing := full.Missing(empty.Summary())
	if len(missing) != 6 {
		t.Errorf("%d messages missing, want 6", len(missing))
	}
	for _, m := range missing {
		empty.Step(2, Received{From: "full", Message: m})
	}
	if left := full.Missing(empty.Summary()); len(left) != 0 {
		t.Errorf("still missing: %+v", left)
	}
	full.Step(2, Wake{}) // the salt is the time
	if got, want := Encode(empty.Summary()), Encode(full.Summary()); !slices.Equal(got, want) {
		t.Errorf("summaries differ: %x, %x", got, want)
	}
}

// TestPullPathFindsEquivocation: two nodes hold different votes of one voter;
// each is told the other one.
func TestPullPathFindsEquivocation(t *testing.T) {
	t.Parallel()
	a, blocks := watcher(t, 4, 3)
	b, _ := watcher(t, 4, 3)
	a.Step(7, Received{From: "x", Message: signedVote(2, 1, primitives.Precommit{TargetBlock: blocks[3]})})
	b.Step(9, Received{From: "x", Message: signedVote(2, 1, primitives.Precommit{TargetBlock: blocks[2]})})
	toA, toB := b.Missing(a.Summary()), a.Missing(b.Summary())
	if len(toA) != 1 || len(toB) != 1 {
		t.Fatalf("%d and %d messages missing, want 1 and 1", len(toA), len(toB))
	}
	for c, m := range map[*Core]Message{a: toA[0], b: toB[0]} {
		evidence := slices.ContainsFunc(c.Step(10, Received{From: "y", Message: m}), func(e Effect) bool {
			_, ok := e.(Equivocation)
			return ok
		})
		if !evidence {
			t.Error("no evidence of the equivocation")
		}
	}
	if len(a.Missing(b.Summary())) != 0 || len(b.Missing(a.Summary())) != 0 {
		t.Error("still something missing")
	}
}

func TestSummaryThatDoesNotFitIsRejected(t *testing.T) {
	t.Parallel()
	c, _ := watcher(t, 4, 1)
	good := make([]byte, 4)
	for name, rounds := range map[string][]RoundSummary{
		"marks":      {{Round: 1, Prevotes: good[1:], Precommits: good}},
		"no marks":   {{Round: 1}},
		"order":      {{Round: 2, Prevotes: good, Precommits: good}, {Round: 1, Prevotes: good, Precommits: good}},
		"twice":      {{Round: 1, Prevotes: good, Precommits: good}, {Round: 1, Prevotes: good, Precommits: good}},
		"round away": {{Round: 3, Prevotes: good, Precommits: good}},
	} {
		effects := c.Step(1, Received{From: "p", Message: Summary{Round: 1, Rounds: rounds}})
		want := Verdict{From: "p", Judgment: Reject, Reason: ErrBadSummary}
		if !slices.Contains(effects, Effect(want)) {
			t.Errorf("%s: got %+v", name, effects)
		}
		if len(c.Missing(Summary{Round: 1, Rounds: rounds})) != 0 {
			t.Errorf("%s: answered", name)
		}
	}
}

// TestJustificationFitsItsBound: precommits on many long forks have more headers
// than a justification may hold; enough of them are left out.
func TestJustificationFitsItsBound(t *testing.T) {
	t.Parallel()
	c, blocks := watcher(t, 4, 1)
	var heads []primitives.BlockID
	for fork := range 4 {
		h := primitives.Header{ParentHash: blocks[1].Hash, Number: 2, StateRoot: primitives.Hash{byte(fork)}}
		for h.Number < 300+primitives.BlockNumber(fork) {
			c.Step(0, BlockImported{Hash: h.Hash(), Header: h})
			h = primitives.Header{ParentHash: h.Hash(), Number: h.Number + 1}
		}
		c.Step(0, BlockImported{Hash: h.Hash(), Header: h})
		heads = append(heads, h.ID())
	}
	var finalized *Finalize
	for voter, head := range heads {
		for _, m := range []primitives.GRANDPAMessage{primitives.Prevote{TargetBlock: head}, primitives.Precommit{TargetBlock: head}} {
			for _, e := range c.Step(1, Received{From: "p", Message: signedVote(voter, 1, m)}) {
				if f, ok := e.(Finalize); ok {
					finalized = &f
				}
			}
		}
	}
	if finalized == nil || finalized.Block != blocks[1] {
		t.Fatalf("finalized %+v", finalized)
	}
	var again primitives.GRANDPAJustification
	if err := scale.Unmarshal(finalized.Justification.AppendSCALE(nil), &again); err != nil {
		t.Error(err)
	}
	if err := VerifyJustification(c.voters, 0, again, stubVerifier{}); err != nil {
		t.Error(err)
	}
}

// TestNextNeverSpins: after a Wake the next one lies ahead.
func TestNextNeverSpins(t *testing.T) {
	t.Parallel()
	h := primitives.Header{}
	p := Params{Period: 1000, Verifier: stubVerifier{}, Keys: []primitives.ED25519Public{voterKey(0)}}
	c, err := New(p, Genesis(h.ID(), []primitives.GRANDPAAuthority{{Key: voterKey(0), Weight: 1}}), nil)
	if err != nil {
		t.Fatal(err)
	}
	var now primitives.Millis
	for range 1000 {
		at, ok := c.Next()
		if !ok {
			now += 100
		} else if now = max(now, at); c.rounds.running && at < now {
			t.Fatalf("woken at %d for %d", now, at)
		}
		effects := c.Step(now, Wake{})
		if at, ok := c.Next(); ok && at <= now {
			t.Fatalf("at %d Next is %d", now, at)
		}
		for len(effects) > 0 {
			switch e := effects[0].(type) {
			case Sign:
				effects = append(effects, c.Step(now, Signed{Request: e})...)
			case Persist:
				effects = append(effects, c.Step(now, Persisted{Sequence: e.Sequence})...)
			}
			effects = effects[1:]
		}
	}
	if number, _ := c.Round(); number < 10 {
		t.Errorf("in round %d after %d ms", number, now)
	}
}

func BenchmarkRound(b *testing.B) {
	c, blocks := watcher(b, 1000, 3)
	var votes []Vote
	for voter := range 1000 {
		votes = append(votes, signedVote(voter, 1, primitives.Prevote{TargetBlock: blocks[3]}))
	}
	for voter := range 1000 {
		votes = append(votes, signedVote(voter, 1, primitives.Precommit{TargetBlock: blocks[3]}))
	}
	b.ReportAllocs()
	for b.Loop() {
		c.rounds.previous, c.rounds.current = nil, newRound(1, c.voters, c.tree.root)
		c.final, c.set = c.tree.root, 0
		for _, v := range votes {
			c.Step(1, Received{From: "p", Message: v})
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/2000, "ns/vote")
}

// What ends the double use of a key must see each vote, however it comes.
func TestVotesOf(t *testing.T) {
	t.Parallel()
	block := primitives.BlockID{Hash: primitives.Hash{1}, Number: 7}
	vote := primitives.SignedMessage{Message: primitives.Precommit{TargetBlock: block}, Signature: primitives.Signature{2}, ID: primitives.ED25519Public{3}}
	precommit := primitives.SignedPrecommit{Precommit: primitives.Precommit{TargetBlock: block}, Signature: vote.Signature, ID: vote.ID}
	prevote := primitives.SignedPrevote{Prevote: primitives.Prevote{TargetBlock: block}, Signature: vote.Signature, ID: vote.ID}
	want := Vote{Set: 4, Round: 5, Signed: vote}
	for name, m := range map[string]Message{
		"vote":     want,
		"catch-up": CatchUp{Set: 4, Round: 5, Precommits: []primitives.SignedPrecommit{precommit}},
		"commit": CommitMessage{Set: 4, Round: 5, Commit: primitives.CompactCommit{
			Target: block, Precommits: []primitives.Precommit{precommit.Precommit},
			AuthData: []primitives.PrecommitAuthTag{{Signature: vote.Signature, ID: vote.ID}},
		}},
	} {
		other := primitives.ED25519Public{4}
		if got := VotesOf(m, []primitives.ED25519Public{other}); got != nil {
			t.Errorf("%s: of another voter %v", name, got)
		}
		if got := VotesOf(m, []primitives.ED25519Public{other, vote.ID}); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %v", name, got)
		}
	}
	catchUp := CatchUp{Set: 4, Round: 5, Prevotes: []primitives.SignedPrevote{prevote}, Precommits: []primitives.SignedPrecommit{precommit}}
	if got := VotesOf(catchUp, []primitives.ED25519Public{vote.ID}); len(got) != 2 || got[0].Signed.Message != prevote.Prevote || got[1] != want {
		t.Errorf("catch-up of two votes: %v", got)
	}
	if got := VotesOf(Summary{}, []primitives.ED25519Public{vote.ID}); got != nil {
		t.Errorf("summary: %v", got)
	}
	if got := VotesOf(CommitMessage{Commit: primitives.CompactCommit{AuthData: []primitives.PrecommitAuthTag{{ID: vote.ID}}}}, []primitives.ED25519Public{vote.ID}); got != nil {
		t.Errorf("bad commit: %v", got)
	}
}
