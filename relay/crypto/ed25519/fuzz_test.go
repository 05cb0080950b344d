//go:build !wasip1

package ed25519_test

import (
	std "crypto/ed25519"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto/ed25519"
)

// FuzzVerify takes any bytes for keys and signatures: a batch says of each what
// Verify says of it alone, whatever stands beside it, and what the standard library
// accepts is accepted.
func FuzzVerify(f *testing.F) {
	secret := ed25519.FromSeed([32]byte{1})
	public := secret.Public()
	message := []byte("message")
	sign := func() [64]byte { return secret.Sign(message) }
	good := sign()
	forged := good
	forged[40] ^= 1
	f.Add(public[:], message, good[:])
	f.Add(public[:], message, forged[:])
	f.Add(make([]byte, 32), []byte{}, make([]byte, 64))
	f.Add([]byte{1}, []byte{}, []byte{1}) // the neutral element
	f.Fuzz(func(t *testing.T, key, message, signature []byte) {
		var p [32]byte
		var s [64]byte
		copy(p[:], key)
		copy(s[:], signature)
		alone := ed25519.Verify(p, message, s)
		if std.Verify(p[:], message, s[:]) && !alone {
			t.Errorf("%x %x %x is refused", p, message, s)
		}
		var b ed25519.Batch
		b.Add(public, []byte("message"), good)
		b.Add(p, message, s)
		b.Add(p, message, s)
		if each := b.Verify(); len(each) != 3 || !each[0] || each[1] != alone || each[2] != alone {
			t.Errorf("%x %x %x: %t, in a batch %v", p, message, s, alone, each)
		}
	})
}
