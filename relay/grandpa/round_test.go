package grandpa

import (
	"encoding/binary"
	"encoding/json"
	"os"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// stubVerifier stands in for ed25519: a signature is a keyed hash.
type stubVerifier struct{}

func stubSign(key primitives.ED25519Public, message []byte) (s primitives.Signature) {
	h := primitives.Blake2b256(append(append([]byte("stub"), key[:]...), message...))
	copy(s[:32], h[:])
	return s
}

func (v stubVerifier) Ed25519Batch(entries []crypto.Signed) (good []bool) {
	for _, e := range entries {
		good = append(good, v.Ed25519(e.Public, e.Message, e.Signature))
	}
	return good
}

func (stubVerifier) Ed25519(pub [32]byte, message []byte, signature [64]byte) bool {
	return stubSign(pub, message) == signature
}

// voterKey returns keys that sort by number.
func voterKey(i int) (key primitives.ED25519Public) {
	binary.BigEndian.PutUint32(key[:], uint32(i))
	return key
}

func weighted(t testing.TB, weights ...uint64) *VoterSet {
	t.Helper()
	var authorities []primitives.GRANDPAAuthority
	for i, w := range weights {
		authorities = append(authorities, primitives.GRANDPAAuthority{Key: voterKey(i), Weight: w})
	}
	set, err := NewVoterSet(authorities)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// forest is a tree whose blocks have names.
type forest struct {
	*tree
	t      testing.TB
	blocks map[string]*node
}

// newForest returns a tree with only base, whose number is given.
func newForest(t testing.TB, base string, number primitives.BlockNumber) *forest {
	t.Helper()
	root := primitives.BlockID{Hash: primitives.Blake2b256([]byte(base)), Number: number}
	f := &forest{tree: newTree(root, nil), t: t, blocks: map[string]*node{}}
	f.blocks[base] = f.root
	return f
}

// push adds blocks, each the child of the one before, the first of parent.
func (f *forest) push(parent string, names ...string) {
	f.t.Helper()
	for _, name := range names {
		p := f.blocks[parent]
		h := primitives.Header{ParentHash: p.id.Hash, Number: p.id.Number + 1}
		n, err := f.insert(primitives.Blake2b256([]byte(name)), h)
		if n == nil || err != nil {
			f.t.Fatalf("block %s: %v", name, err)
		}
		f.blocks[name], parent = n, name
	}
}

func (f *forest) name(n *node) string {
	for name, block := range f.blocks {
		if block == n {
			return name
		}
	}
	return ""
}

func vote(r *round, p phase, voter int, n *node) (equivocated bool) {
	if r.votes[p].known(voter, n.id) != nil {
		return false
	}
	return r.add(p, voter, &ballot{target: n.id, at: n})
}

// TestVectors compares rounds with those of the reference implementation after
// every vote.
func TestVectors(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/vectors/rounds.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			Weights []uint64
			Parents []int
			Steps   [][7]int
		}
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) < 200 {
		t.Fatalf("%d cases", len(file.Cases))
	}
	for i, c := range file.Cases {
		f := newForest(t, "0", 100)
		blocks := []*node{f.root}
		for b := 1; b < len(c.Parents); b++ {
			parent := blocks[c.Parents[b]]
			n, _ := f.insert(primitives.Hash{byte(b)}, primitives.Header{ParentHash: parent.id.Hash, Number: parent.id.Number + 1})
			blocks = append(blocks, n)
		}
		index := func(n *node) int {
			for i, b := range blocks {
				if b == n {
					return i
				}
			}
			return -1
		}
		r := newRound(1, weighted(t, c.Weights...), f.root)
		for k, s := range c.Steps {
			vote(r, phase(s[0]), s[1], blocks[s[2]])
			completable := 0
			if r.completable {
				completable = 1
			}
			got := [4]int{index(r.ghost), index(r.finalized), index(r.estimate), completable}
			if want := [4]int(s[3:]); got != want {
				t.Fatalf("case %d step %d: ghost, finalized, estimate, completable: got %v, want %v", i, k, got, want)
			}
		}
	}
}

// forked is the tree of finality-grandpa's round tests: C is the base, number 4.
func forked(t testing.TB) *forest {
	f := newForest(t, "C", 4)
	f.push("C", "D", "E", "F")
	f.push("E", "EA", "EB", "EC", "ED")
	f.push("F", "FA", "FB", "FC")
	return f
}

// The voters of finality-grandpa's round tests.
const (
	alice = iota // weight 4
	bob          // weight 7
	eve          // weight 3
)

func TestSpecRound_Estimate(t *testing.T) {
	t.Parallel()
	f := forked(t)
	r := newRound(1, weighted(t, 4, 7, 3), f.root)
	vote(r, prevote, alice, f.blocks["FC"])
	vote(r, prevote, bob, f.blocks["ED"])
	if f.name(r.ghost) != "E" || f.name(r.estimate) != "E" || r.completable {
		t.Errorf("ghost %s, estimate %s, completable %v", f.name(r.ghost), f.name(r.estimate), r.completable)
	}
	vote(r, prevote, eve, f.blocks["F"])
	if f.name(r.ghost) != "E" || f.name(r.estimate) != "E" {
		t.Errorf("ghost %s, estimate %s", f.name(r.ghost), f.name(r.estimate))
	}
}

func TestSpecRound_Finalization(t *testing.T) {
	t.Parallel()
	f := forked(t)
	r := newRound(1, weighted(t, 4, 7, 3), f.root)
	vote(r, precommit, alice, f.blocks["FC"])
	vote(r, precommit, bob, f.blocks["ED"])
	if r.finalized != nil {
		t.Errorf("finalized %s without prevotes", f.name(r.finalized))
	}
	vote(r, prevote, alice, f.blocks["FC"])
	vote(r, prevote, bob, f.blocks["ED"])
	vote(r, prevote, eve, f.blocks["EA"])
	if f.name(r.finalized) != "E" {
		t.Errorf("finalized %s, want E", f.name(r.finalized))
	}
	vote(r, precommit, eve, f.blocks["EA"])
	if f.name(r.finalized) != "EA" {
		t.Errorf("finalized %s, want EA", f.name(r.finalized))
	}
}

func TestSpecRound_EquivocatorCountsOnceForEverything(t *testing.T) {
	t.Parallel()
	f := forked(t)
	r := newRound(1, weighted(t, 4, 7, 3), f.root)
	if vote(r, prevote, eve, f.blocks["FC"]) || r.ghost != nil {
		t.Error("one vote is no equivocation and no supermajority")
	}
	if !vote(r, prevote, eve, f.blocks["ED"]) {
		t.Error("two votes are an equivocation")
	}
	if err := r.votes[prevote].known(eve, f.blocks["F"].id); err != ErrEquivocated {
		t.Errorf("third vote: got %v", err)
	}
	if r.ghost != nil {
		t.Error("three votes of one voter are no supermajority")
	}
	vote(r, prevote, bob, f.blocks["FA"])
	if f.name(r.ghost) != "FA" {
		t.Errorf("ghost %s, want FA", f.name(r.ghost))
	}
}

func TestSpecRound_GhostIsWhereVotesMerge(t *testing.T) {
	t.Parallel()
	f := newForest(t, "0", 1)
	f.push("0", "A", "B", "C", "D", "E", "F")
	f.push("F", "G1", "H1", "I1")
	f.push("F", "G2", "H2", "I2")
	r := newRound(1, weighted(t, 100, 150, 1, 1), f.root)
	vote(r, prevote, 0, f.blocks["G1"])
	vote(r, prevote, 1, f.blocks["H2"])
	if f.name(r.ghost) != "F" {
		t.Errorf("ghost %s, want F", f.name(r.ghost))
	}
}

func TestVoteForUnknownBlockWaits(t *testing.T) {
	t.Parallel()
	f := forked(t)
	r := newRound(1, weighted(t, 4, 7, 3), f.root)
	late := primitives.BlockID{Hash: primitives.Blake2b256([]byte("late")), Number: f.blocks["FC"].id.Number + 1}
	vote(r, prevote, alice, f.blocks["FC"])
	r.add(prevote, bob, &ballot{target: late})
	if r.votes[prevote].seen != 4 || r.ghost != nil {
		t.Errorf("seen %d, ghost %s", r.votes[prevote].seen, f.name(r.ghost))
	}
	f.push("FC", "late")
	r.place(f.blocks["late"])
	if r.votes[prevote].seen != 11 || f.name(r.ghost) != "FC" {
		t.Errorf("seen %d, ghost %s, want 11, FC", r.votes[prevote].seen, f.name(r.ghost))
	}
}

func TestVoterSet(t *testing.T) {
	t.Parallel()
	a := func(i int, w uint64) primitives.GRANDPAAuthority {
		return primitives.GRANDPAAuthority{Key: voterKey(i), Weight: w}
	}
	set, err := NewVoterSet([]primitives.GRANDPAAuthority{a(3, 1), a(1, 2), a(2, 0), a(3, 4)})
	if err != nil || set.Len() != 2 || set.Total() != 7 || set.At(1) != a(3, 5) || set.Primary(3) != 1 {
		t.Errorf("got %+v, %v", set, err)
	}
	for _, bad := range [][]primitives.GRANDPAAuthority{nil, {a(1, 0)}, {a(1, 1<<63), a(2, 1<<63)}, make([]primitives.GRANDPAAuthority, MaxVoters+1)} {
		if _, err := NewVoterSet(bad); err != ErrVoterSet {
			t.Errorf("%d authorities: got %v", len(bad), err)
		}
	}
	for total, want := range map[uint64]uint64{1: 1, 2: 2, 3: 3, 4: 3, 5: 4, 6: 5, 7: 5, 10: 7, 100: 67, 1000: 667} {
		if got := Threshold(total); got != want {
			t.Errorf("threshold of %d: got %d, want %d", total, got, want)
		}
	}
}
