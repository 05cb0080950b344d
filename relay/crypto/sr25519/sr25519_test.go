//go:build !wasip1

package sr25519_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto/sr25519"
)

type signed struct {
	pub sr25519.PublicKey
	msg []byte
	sig sr25519.Signature
}

// many returns n good signatures by eight keys.
func many(n int) []signed {
	out := make([]signed, n)
	for i := range out {
		k := sr25519.FromSeed([32]byte{byte(i % 8)})
		msg := fmt.Appendf(nil, "message %d of a hundred bytes, filled up %s", i, strings.Repeat(".", 60))
		out[i] = signed{k.Public(), msg, k.Sign(msg, [32]byte{})}
	}
	return out
}

func verify(list []signed) []bool {
	var b sr25519.Batch
	for _, s := range list {
		b.Add(s.pub, s.msg, s.sig)
	}
	return b.Verify()
}

func TestBatch(t *testing.T) {
	t.Run("empty", func(t *testing.T) {
		if got := verify(nil); len(got) != 0 {
			t.Errorf("got %v want none", got)
		}
	})
	t.Run("all good", func(t *testing.T) {
		if got := verify(many(70)); len(got) != 70 || slices.Contains(got, false) {
			t.Errorf("got %v want 70 true", got)
		}
	})
	t.Run("each fault is found at its place", func(t *testing.T) {
		list := many(20)
		list[3].sig[40] ^= 1            // s
		list[5].sig[0] ^= 1             // R
		list[7].sig[63] &^= 0x80        // marker
		list[9].pub = [32]byte{0: 0xff} // no point
		list[11].msg = nil
		for i, ok := range verify(list) {
			want := sr25519.Verify(list[i].pub, list[i].msg, list[i].sig)
			if ok != want || want != !slices.Contains([]int{3, 5, 7, 9, 11}, i) {
				t.Errorf("entry %d: got %v want %v", i, ok, want)
			}
		}
	})
	t.Run("errors that cancel out are found", func(t *testing.T) {
		// s₁+δ and s₂−δ keep the sum of s: only the coefficients tell.
		list := many(2)
		list[0].sig[32]++
		list[1].sig[32]--
		if got := verify(list); got[0] || got[1] {
			t.Errorf("got %v want false false", got)
		}
	})
}

func TestSecretKey(t *testing.T) {
	k := sr25519.FromSeed([32]byte{1})
	t.Run("bytes round trip", func(t *testing.T) {
		got, err := sr25519.FromBytes(k.Bytes())
		if err != nil || got.Public() != k.Public() || got.Bytes() != k.Bytes() {
			t.Errorf("got %v, %v", got, err)
		}
	})
	t.Run("scalar not reduced", func(t *testing.T) {
		b := k.Bytes()
		b[31] = 0xff
		if _, err := sr25519.FromBytes(b); !errors.Is(err, sr25519.ErrSecretScalar) {
			t.Errorf("got %v want %v", err, sr25519.ErrSecretScalar)
		}
	})
	t.Run("soft child of no point", func(t *testing.T) {
		if _, err := (sr25519.PublicKey{0: 0xff}).Soft([32]byte{}); !errors.Is(err, sr25519.ErrPublicKey) {
			t.Errorf("got %v want %v", err, sr25519.ErrPublicKey)
		}
	})
	t.Run("prints no secret", func(t *testing.T) {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			if got := fmt.Sprintf(verb, k); got != "sr25519.SecretKey(…)" {
				t.Errorf("%s: got %s", verb, got)
			}
		}
	})
	t.Run("zero entropy is deterministic and entropy counts", func(t *testing.T) {
		msg := []byte("message")
		a, b, c := k.Sign(msg, [32]byte{}), k.Sign(msg, [32]byte{}), k.Sign(msg, [32]byte{1})
		if a != b || a == c || !sr25519.Verify(k.Public(), msg, c) {
			t.Errorf("got %x %x %x", a, b, c)
		}
	})
	t.Run("soft nonce seed follows entropy, the key does not", func(t *testing.T) {
		a, b := k.Soft([32]byte{2}, [32]byte{}), k.Soft([32]byte{2}, [32]byte{1})
		if a.Public() != b.Public() || a.Bytes() == b.Bytes() {
			t.Errorf("got %x and %x", a.Public(), b.Public())
		}
		if sig := a.Sign(nil, [32]byte{}); !sr25519.Verify(b.Public(), nil, sig) {
			t.Error("signature of a soft child does not verify")
		}
	})
}
