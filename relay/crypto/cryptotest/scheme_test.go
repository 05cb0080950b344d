//go:build !wasip1

package cryptotest_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/crypto/cryptotest"
	"github.com/rampart-chain/rampart/relay/crypto/vrf"
)

// schemes is what every test here runs on: a fake must pass what the real does.
var schemes = map[string]cryptotest.Scheme{
	"stub": cryptotest.NewStub([32]byte{1}),
	"real": cryptotest.Real{},
}

func each(t *testing.T, f func(*testing.T, cryptotest.Scheme)) {
	for name, s := range schemes {
		t.Run(name, func(t *testing.T) { f(t, s) })
	}
}

func TestSignatures(t *testing.T) {
	each(t, func(t *testing.T, s cryptotest.Scheme) {
		alice, bob := s.Keys([32]byte{1}), s.Keys([32]byte{2})
		msg := []byte("message")
		for _, c := range []struct {
			name       string
			sign       func(cryptotest.Keys, []byte) [64]byte
			public     func(cryptotest.Keys) [32]byte
			verify     func([32]byte, []byte, [64]byte) bool
			otherKinds func([32]byte, []byte, [64]byte) bool
			batch      func([]crypto.Signed) []bool
		}{
			{"sr25519", cryptotest.Keys.Sr25519, cryptotest.Keys.Sr25519Public, s.Sr25519, s.Ed25519, s.Sr25519Batch},
			{"ed25519", cryptotest.Keys.Ed25519, cryptotest.Keys.Ed25519Public, s.Ed25519, s.Sr25519, s.Ed25519Batch},
		} {
			sig, pub := c.sign(alice, msg), c.public(alice)
			if sig != c.sign(s.Keys([32]byte{1}), msg) || pub != c.public(s.Keys([32]byte{1})) {
				t.Errorf("%s: the same seed gives other keys", c.name)
			}
			if !c.verify(pub, msg, sig) {
				t.Errorf("%s: good signature refused", c.name)
			}
			if c.verify(c.public(bob), msg, sig) || c.verify(pub, []byte("massage"), sig) || c.verify(pub, nil, sig) || c.otherKinds(pub, msg, sig) {
				t.Errorf("%s: signature accepted for something else", c.name)
			}
			for bit := range 512 {
				bad := sig
				bad[bit/8] ^= 1 << (bit % 8)
				if c.verify(pub, msg, bad) {
					t.Errorf("%s: accepted with bit %d changed", c.name, bit)
				}
			}
			entries := []crypto.Signed{
				{Public: pub, Message: msg, Signature: sig},
				{Public: pub, Signature: sig},
				{Public: pub, Signature: c.sign(alice, nil)},
				{Public: c.public(bob), Message: msg, Signature: sig},
			}
			if got, want := fmt.Sprint(c.batch(entries)), "[true false true false]"; got != want {
				t.Errorf("%s batch: got %s want %s", c.name, got, want)
			}
			if got := c.batch(nil); len(got) != 0 {
				t.Errorf("%s empty batch: got %v", c.name, got)
			}
		}
	})
}

func TestVRF(t *testing.T) {
	each(t, func(t *testing.T, s cryptotest.Scheme) {
		alice, bob := s.Keys([32]byte{1}), s.Keys([32]byte{2})
		in := crypto.VRFInput{Randomness: [32]byte{9}, Slot: 4, Epoch: 2}
		pub := alice.Sr25519Public()
		pre, proof := alice.VRF(in)
		if !s.VRF(pub, in, pre, proof) || !s.TranscriptVRF(pub, in.Transcript(), vrf.DefaultExtra(), pre, proof) {
			t.Error("good claim refused")
		}
		if s.VRF(bob.Sr25519Public(), in, pre, proof) {
			t.Error("claim accepted for another key")
		}
		for _, other := range []crypto.VRFInput{
			{Randomness: in.Randomness, Slot: 5, Epoch: 2},
			{Randomness: in.Randomness, Slot: 4, Epoch: 3},
			{Slot: 4, Epoch: 2},
		} {
			if s.VRF(pub, other, pre, proof) {
				t.Errorf("claim accepted for %v", other)
			}
		}
		bad := pre
		bad[0] ^= 1
		if s.VRF(pub, in, bad, proof) || s.VRF(pub, in, [32]byte{}, proof) {
			t.Error("other pre-output accepted")
		}
		badProof := proof
		badProof[33] ^= 1
		if s.VRF(pub, in, pre, badProof) {
			t.Error("other proof accepted")
		}
		other, _ := bob.VRF(in)
		if s.VRF(pub, in, other, proof) || other == pre {
			t.Error("another key's pre-output accepted")
		}
	})
}

func TestVRFBytes(t *testing.T) {
	each(t, func(t *testing.T, s cryptotest.Scheme) {
		k := s.Keys([32]byte{1})
		in := crypto.VRFInput{Slot: 4}
		pre, _ := k.VRF(in)
		get := func(in crypto.VRFInput, context string, n int) []byte {
			return s.VRFBytes(k.Sr25519Public(), in, pre, context, n)
		}
		for _, n := range []int{0, 4, 16, 32, 64, 65, 200} {
			if got := get(in, vrf.ContextBabe, n); len(got) != n || !bytes.Equal(got, get(in, vrf.ContextBabe, n)) {
				t.Errorf("n=%d: got %x", n, got)
			}
		}
		a := get(in, vrf.ContextBabe, 32)
		for name, b := range map[string][]byte{
			"context": get(in, vrf.ContextRelayStory, 32),
			"size":    get(in, vrf.ContextBabe, 33)[:32],
			"input":   get(crypto.VRFInput{Slot: 5}, vrf.ContextBabe, 32),
		} {
			if bytes.Equal(a, b) {
				t.Errorf("another %s gives the same bytes", name)
			}
		}
		if got := s.VRFBytes(k.Sr25519Public(), in, [32]byte{}, vrf.ContextBabe, 16); got != nil {
			t.Errorf("zero pre-output: got %x want nil", got)
		}
	})
}

func TestTranscriptVRF(t *testing.T) {
	each(t, func(t *testing.T, s cryptotest.Scheme) {
		k := s.Keys([32]byte{1})
		pub := k.Sr25519Public()
		tr := vrf.NewTranscript("A&V MOD").Append("RC-VRF", []byte{1}).AppendUint32("sample", 3)
		extra := vrf.NewTranscript("A&V ASSIGNED").AppendUint32("core", 7)
		pre, proof := k.TranscriptVRF(tr, extra)
		if !s.TranscriptVRF(pub, tr, extra, pre, proof) {
			t.Error("good claim refused")
		}
		if s.TranscriptVRF(pub, tr, vrf.NewTranscript("A&V ASSIGNED").AppendUint32("core", 8), pre, proof) ||
			s.TranscriptVRF(pub, tr, vrf.DefaultExtra(), pre, proof) || s.TranscriptVRF(pub, extra, tr, pre, proof) {
			t.Error("claim accepted for something else")
		}
		if got := s.TranscriptVRFBytes(pub, tr, pre, "A&V CORE", 4); len(got) != 4 {
			t.Errorf("got %x want 4 bytes", got)
		}
	})
}

func TestStubSecret(t *testing.T) {
	one, two := cryptotest.NewStub([32]byte{1}), cryptotest.NewStub([32]byte{2})
	k := one.Keys([32]byte{1})
	if two.Sr25519(k.Sr25519Public(), nil, k.Sr25519(nil)) || two.Ed25519(k.Ed25519Public(), nil, k.Ed25519(nil)) {
		t.Error("another registry accepts the signature")
	}
}

func BenchmarkStub(b *testing.B) {
	s := cryptotest.NewStub([32]byte{1})
	k := s.Keys([32]byte{1})
	msg := make([]byte, 100)
	sig, pub := k.Sr25519(msg), k.Sr25519Public()
	pre, proof := k.VRF(crypto.VRFInput{Slot: 1})
	b.Run("verify", func(b *testing.B) {
		for b.Loop() {
			s.Sr25519(pub, msg, sig)
		}
	})
	b.Run("vrf", func(b *testing.B) {
		for b.Loop() {
			s.VRF(pub, crypto.VRFInput{Slot: 1}, pre, proof)
		}
	})
}
