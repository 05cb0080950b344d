package grandpa

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// hexText is bytes in hexadecimal.
type hexText []byte

func (h *hexText) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

type weightedKey struct {
	Key    hexText
	Weight uint64
}

func authorities(keys []weightedKey) (out []primitives.GRANDPAAuthority) {
	for _, k := range keys {
		out = append(out, primitives.GRANDPAAuthority{Key: primitives.ED25519Public(k.Key), Weight: k.Weight})
	}
	return out
}

// finalityVectors are justifications, proofs of equivocation and voter sets that
// finality-grandpa and sp-consensus-grandpa made and judged.
type finalityVectors struct {
	Justifications []struct {
		Name, Want            string
		Voters                []weightedKey
		Threshold             uint64
		Set                   primitives.SetID
		Round                 primitives.Round
		Target, Justification hexText
		Number                primitives.BlockNumber
	}
	Equivocations []struct {
		Name  string
		Proof hexText
		Valid bool
	}
	Sets []struct {
		Authorities, Voters []weightedKey
		Total, Threshold    uint64
	}
}

func readFinalityVectors(t *testing.T) (v finalityVectors) {
	t.Helper()
	text, err := os.ReadFile("testdata/vectors/justifications.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	if len(v.Justifications) == 0 || len(v.Equivocations) == 0 || len(v.Sets) == 0 {
		t.Fatal("no vectors")
	}
	return v
}

func TestVectorsJustifications(t *testing.T) {
	t.Parallel()
	reasons := map[string]error{
		"": nil, "ErrThreshold": ErrThreshold, "ErrTooManyVotes": ErrTooManyVotes, "ErrDuplicate": ErrDuplicate, "ErrUnknownVoter": ErrUnknownVoter,
		"ErrBadSignature": ErrBadSignature, "ErrAncestry": ErrAncestry, "ErrUnusedHeader": ErrUnusedHeader,
	}
	for _, c := range readFinalityVectors(t).Justifications {
		var j primitives.GRANDPAJustification
		if err := scale.Unmarshal(c.Justification, &j); err != nil || !bytes.Equal(scale.Marshal(j), c.Justification) {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		if target := (primitives.BlockID{Hash: primitives.Hash(c.Target), Number: c.Number}); j.Commit.Target != target || j.Round != c.Round {
			t.Errorf("%s: round %d finalizes %v, want round %d, %v", c.Name, j.Round, j.Commit.Target, c.Round, target)
		}
		voters, err := NewVoterSet(authorities(c.Voters))
		if err != nil || voters.Threshold() != c.Threshold {
			t.Errorf("%s: threshold %d (%v), want %d", c.Name, voters.Threshold(), err, c.Threshold)
		}
		want, known := reasons[c.Want]
		if err := VerifyJustification(voters, c.Set, j, crypto.Real{}); !known || !errors.Is(err, want) {
			t.Errorf("%s: %v, want %q", c.Name, err, c.Want)
		}
	}
}

// TestVectorsEquivocations reads proofs of equivocation (set ‖ stage ‖ round ‖ voter ‖
// two votes with signatures) and checks that the payload that is signed is ours.
func TestVectorsEquivocations(t *testing.T) {
	t.Parallel()
	valid := 0
	for _, c := range readFinalityVectors(t).Equivocations {
		d := scale.NewDecoder(c.Proof)
		set := primitives.SetID(d.U64())
		stage := d.U8()
		round := primitives.Round(d.U64())
		var voter primitives.ED25519Public
		d.Fixed(voter[:])
		var targets [2]primitives.BlockID
		verified := true
		for i := range targets {
			targets[i].DecodeSCALE(d)
			var signature primitives.Signature
			d.Fixed(signature[:])
			message := primitives.GRANDPAMessage(primitives.Prevote{TargetBlock: targets[i]})
			if stage == 1 {
				message = primitives.Precommit{TargetBlock: targets[i]}
			}
			verified = crypto.Real{}.Ed25519(voter, primitives.GRANDPAPayload(message, round, set), signature) && verified
		}
		if err := d.Finish(); err != nil || stage > 1 {
			t.Errorf("%s: stage %d, %v", c.Name, stage, err)
		}
		if got := verified && targets[0] != targets[1]; got != c.Valid {
			t.Errorf("%s: valid is %t, want %t", c.Name, got, c.Valid)
		}
		if c.Valid {
			valid++
		}
	}
	if valid == 0 {
		t.Error("no proof is valid")
	}
}

func TestVectorsVoterSets(t *testing.T) {
	t.Parallel()
	for i, c := range readFinalityVectors(t).Sets {
		s, err := NewVoterSet(authorities(c.Authorities))
		if c.Voters == nil {
			if !errors.Is(err, ErrVoterSet) {
				t.Errorf("set %d: %v, want %v", i, err, ErrVoterSet)
			}
			continue
		}
		if err != nil || s.Len() != len(c.Voters) || s.Total() != c.Total || s.Threshold() != c.Threshold {
			t.Errorf("set %d: %+v (%v), want %+v", i, s, err, c)
			continue
		}
		for k, want := range authorities(c.Voters) {
			if s.At(k) != want {
				t.Errorf("set %d: voter %d is %+v, want %+v", i, k, s.At(k), want)
			}
		}
	}
}
