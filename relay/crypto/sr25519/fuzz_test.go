//go:build !wasip1

package sr25519_test

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto/sr25519"
)

// FuzzVerify takes any bytes for keys and signatures: a batch says of each what
// Verify says of it alone, whatever stands beside it and whichever keys are
// remembered.
func FuzzVerify(f *testing.F) {
	secret := sr25519.FromSeed([32]byte{1})
	public := secret.Public()
	message := []byte("message")
	sign := func() [64]byte { return secret.Sign(message, [32]byte{}) }
	good := sign()
	forged := good
	forged[40] ^= 1
	keys := sr25519.NewKeys() // of every input so far
	f.Add(public[:], message, good[:])
	f.Add(public[:], message, forged[:])
	f.Add(make([]byte, 32), []byte{}, make([]byte, 64))
	f.Add([]byte{1}, []byte{}, []byte{1}) // the neutral element
	f.Fuzz(func(t *testing.T, key, message, signature []byte) {
		var p [32]byte
		var s [64]byte
		copy(p[:], key)
		copy(s[:], signature)
		alone := sr25519.Verify(p, message, s)

		for _, b := range []*sr25519.Batch{{}, sr25519.NewBatch(3), keys.NewBatch(3), keys.NewBatch(3)} {
			b.Add(public, []byte("message"), good)
			b.Add(p, message, s)
			b.Add(p, message, s)
			if each := b.Verify(); len(each) != 3 || !each[0] || each[1] != alone || each[2] != alone {
				t.Errorf("%x %x %x: %t, in a batch %v", p, message, s, alone, each)
			}
		}
		for range 2 {
			if got := keys.Verify(p, message, s); got != alone {
				t.Errorf("%x %x %x: %t, with keys remembered %t", p, message, s, alone, got)
			}
		}
	})
}
