package grandpa

import (
	"crypto/ed25519"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// TestRealSignatures: a justification of real ed25519 signatures, by the
// verifier the node uses.
func TestRealSignatures(t *testing.T) {
	t.Parallel()
	var authorities []primitives.GRANDPAAuthority
	target := primitives.Header{Number: 8}.ID()
	j := primitives.GRANDPAJustification{Round: 4, Commit: primitives.Commit{Target: target}}
	for i := range 4 {
		secret := ed25519.NewKeyFromSeed(append(make([]byte, 31), byte(i)))
		key := primitives.ED25519Public(secret.Public().(ed25519.PublicKey))
		authorities = append(authorities, primitives.GRANDPAAuthority{Key: key, Weight: 1})
		vote := primitives.Precommit{TargetBlock: target}
		if i > 0 {
			j.Commit.Precommits = append(j.Commit.Precommits, primitives.SignedPrecommit{
				Precommit: vote, ID: key,
				Signature: primitives.Signature(ed25519.Sign(secret, primitives.GRANDPAPayload(vote, 4, 2))),
			})
		}
	}
	set, err := NewVoterSet(authorities)
	if err != nil {
		t.Fatal(err)
	}
	if err := VerifyJustification(set, 2, j, crypto.Real{}); err != nil {
		t.Error(err)
	}
	if err := VerifyJustification(set, 1, j, crypto.Real{}); err != ErrBadSignature {
		t.Errorf("other set: got %v", err)
	}
}
