package grandpa

import (
	"errors"
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// proof is a chain 1..5 with a side block 3', and a justification of 2 by four of
// five voters: two for 2, one for 4, one for 3'.
type proof struct {
	set   *VoterSet
	chain []primitives.Header // chain[i] is block i
	side  primitives.Header
	j     primitives.GRANDPAJustification
}

func newProof(t testing.TB) *proof {
	p := &proof{set: weighted(t, 1, 1, 1, 1, 1), chain: []primitives.Header{{}}}
	for i := 1; i <= 5; i++ {
		p.chain = append(p.chain, primitives.Header{ParentHash: p.chain[i-1].Hash(), Number: primitives.BlockNumber(i)})
	}
	p.side = primitives.Header{ParentHash: p.chain[2].Hash(), Number: 3, StateRoot: primitives.Hash{1}}
	p.j.Round, p.j.Commit.Target = 7, p.chain[2].ID()
	p.precommit(0, p.chain[2].ID())
	p.precommit(1, p.chain[2].ID())
	p.precommit(2, p.chain[4].ID())
	p.precommit(3, p.side.ID())
	p.j.VotesAncestries = []primitives.Header{p.chain[4], p.side, p.chain[3]}
	return p
}

func (p *proof) precommit(voter int, target primitives.BlockID) {
	v := primitives.Precommit{TargetBlock: target}
	p.j.Commit.Precommits = append(p.j.Commit.Precommits, primitives.SignedPrecommit{
		Precommit: v, ID: voterKey(voter), Signature: stubSign(voterKey(voter), primitives.GRANDPAPayload(v, 7, 3)),
	})
}

func TestSpecVerifyJustification(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*proof)
		want   error
	}{
		"as built":              {func(*proof) {}, nil},
		"all five":              {func(p *proof) { p.precommit(4, p.chain[3].ID()) }, nil},
		"equivocator once":      {func(p *proof) { p.precommit(0, p.chain[4].ID()) }, nil},
		"three of five":         {func(p *proof) { p.j.Commit.Precommits = p.j.Commit.Precommits[1:] }, ErrThreshold},
		"equivocator not twice": {func(p *proof) { p.j.Commit.Precommits[3] = p.j.Commit.Precommits[0]; p.retarget(3, p.side.ID()) }, ErrThreshold},
		"same precommit twice":  {func(p *proof) { p.precommit(0, p.chain[2].ID()) }, ErrDuplicate},
		"third of a voter":      {func(p *proof) { p.precommit(0, p.chain[3].ID()); p.precommit(0, p.chain[4].ID()) }, ErrTooManyVotes},
		"unknown voter":         {func(p *proof) { p.precommit(9, p.chain[2].ID()) }, ErrUnknownVoter},
		"more than two each": {func(p *proof) {
			for range 7 {
				p.precommit(0, p.chain[2].ID())
			}
		}, ErrTooManyVotes},
		"no precommits":       {func(p *proof) { p.j.Commit.Precommits = nil }, ErrThreshold},
		"below the target":    {func(p *proof) { p.precommit(4, p.chain[1].ID()) }, ErrAncestry},
		"missing header":      {func(p *proof) { p.j.VotesAncestries = p.j.VotesAncestries[1:] }, ErrAncestry},
		"foreign target":      {func(p *proof) { p.precommit(4, primitives.BlockID{Hash: primitives.Hash{9}, Number: 3}) }, ErrAncestry},
		"wrong number":        {func(p *proof) { p.precommit(4, primitives.BlockID{Hash: p.chain[4].Hash(), Number: 5}) }, ErrAncestry},
		"wrong target number": {func(p *proof) { p.j.Commit.Target.Number = 1 }, ErrAncestry},
		"unused header":       {func(p *proof) { p.j.VotesAncestries = append(p.j.VotesAncestries, p.chain[5]) }, ErrUnusedHeader},
		"repeated header":     {func(p *proof) { p.j.VotesAncestries = append(p.j.VotesAncestries, p.side) }, ErrUnusedHeader},
		"target as header":    {func(p *proof) { p.j.VotesAncestries = append(p.j.VotesAncestries, p.chain[2]) }, ErrUnusedHeader},
		"forged signature":    {func(p *proof) { p.j.Commit.Precommits[2].Signature[5]++ }, ErrBadSignature},
		"other round":         {func(p *proof) { p.j.Round++ }, ErrBadSignature},
		"other target":        {func(p *proof) { p.j.Commit.Precommits[0].Precommit.TargetBlock = p.chain[3].ID() }, ErrBadSignature},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newProof(t)
			c.change(p)
			if err := VerifyJustification(p.set, 3, p.j, stubVerifier{}); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
		})
	}
	p := newProof(t)
	if err := VerifyJustification(p.set, 4, p.j, stubVerifier{}); err != ErrBadSignature {
		t.Errorf("other set: got %v", err)
	}
}

// retarget signs precommit i anew, for target.
func (p *proof) retarget(i int, target primitives.BlockID) {
	v := primitives.Precommit{TargetBlock: target}
	key := p.j.Commit.Precommits[i].ID
	p.j.Commit.Precommits[i] = primitives.SignedPrecommit{
		Precommit: v, ID: key, Signature: stubSign(key, primitives.GRANDPAPayload(v, 7, 3)),
	}
}

func TestCompactCommit(t *testing.T) {
	t.Parallel()
	c := newProof(t).j.Commit
	again, err := expand(compact(c))
	if err != nil || !slices.Equal(again.Precommits, c.Precommits) || again.Target != c.Target {
		t.Errorf("got %+v, %v, want %+v", again, err, c)
	}
	short := compact(c)
	short.AuthData = short.AuthData[1:]
	if _, err := expand(short); err != ErrAuthData {
		t.Errorf("missing signature: got %v", err)
	}
}

func FuzzVerifyJustification(f *testing.F) {
	f.Add(newProof(f).j.AppendSCALE(nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		var j primitives.GRANDPAJustification
		if scale.Unmarshal(data, &j) != nil {
			return
		}
		p := newProof(t)
		if err := VerifyJustification(p.set, 3, j, stubVerifier{}); err == nil && j.Commit.Target != p.j.Commit.Target {
			t.Errorf("proved %v", j.Commit.Target)
		}
	})
}
