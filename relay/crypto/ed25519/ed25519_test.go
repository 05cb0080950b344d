//go:build !wasip1

package ed25519_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto/ed25519"
)

// file is testdata/vectors/ed25519.json; all values are hexadecimal.
type file struct {
	Sign   []struct{ Seed, Public, Message, Signature string }
	Verify []struct {
		Name, Public, Message, Signature string
		Valid                            bool
	}
}

func load(t testing.TB) file {
	t.Helper()
	raw, err := os.ReadFile("testdata/vectors/ed25519.json")
	if err != nil {
		t.Fatal(err)
	}
	var f file
	if err := json.Unmarshal(raw, &f); err != nil {
		t.Fatal(err)
	}
	if len(f.Sign) == 0 || len(f.Verify) == 0 {
		t.Fatal("vectors are missing")
	}
	return f
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestVectors(t *testing.T) {
	f := load(t)
	t.Run("sign", func(t *testing.T) {
		for _, v := range f.Sign {
			k := ed25519.FromSeed([32]byte(unhex(t, v.Seed)))
			pub, sig := k.Public(), k.Sign(unhex(t, v.Message))
			if got := hex.EncodeToString(pub[:]); got != v.Public {
				t.Errorf("public key of seed %s: got %s want %s", v.Seed, got, v.Public)
			}
			if got := hex.EncodeToString(sig[:]); got != v.Signature {
				t.Errorf("signature by seed %s: got %s want %s", v.Seed, got, v.Signature)
			}
			if got := k.Seed(); hex.EncodeToString(got[:]) != v.Seed {
				t.Errorf("seed: got %x want %s", got, v.Seed)
			}
		}
	})
	t.Run("verify", func(t *testing.T) {
		var all ed25519.Batch
		for _, v := range f.Verify {
			pub, sig := ed25519.PublicKey(unhex(t, v.Public)), ed25519.Signature(unhex(t, v.Signature))
			if got := ed25519.Verify(pub, unhex(t, v.Message), sig); got != v.Valid {
				t.Errorf("%s: got %v want %v", v.Name, got, v.Valid)
			}
			var one ed25519.Batch
			one.Add(pub, unhex(t, v.Message), sig)
			if got := one.Verify(); len(got) != 1 || got[0] != v.Valid {
				t.Errorf("%s in a batch: got %v want %v", v.Name, got, v.Valid)
			}
			all.Add(pub, unhex(t, v.Message), sig)
		}
		for i, got := range all.Verify() {
			if want := f.Verify[i]; got != want.Valid {
				t.Errorf("%s in the batch of all: got %v want %v", want.Name, got, want.Valid)
			}
		}
	})
	t.Run("the valid ones verify jointly", func(t *testing.T) {
		// Exercises the equation itself: no entry forces single checks.
		for _, n := range []int{20, 200} { // with and without expanded keys
			var b ed25519.Batch
			for _, v := range f.Verify {
				if v.Valid && n > 0 {
					n--
					b.Add(ed25519.PublicKey(unhex(t, v.Public)), unhex(t, v.Message), ed25519.Signature(unhex(t, v.Signature)))
				}
			}
			if got := b.Verify(); len(got) == 0 || slices.Contains(got, false) {
				t.Errorf("got %v", got)
			}
		}
	})
}

type signed struct {
	pub ed25519.PublicKey
	msg []byte
	sig ed25519.Signature
}

// many returns n good signatures by eight keys.
func many(n int) []signed {
	out := make([]signed, n)
	for i := range out {
		k := ed25519.FromSeed([32]byte{byte(i % 8)})
		msg := fmt.Appendf(nil, "%0100d", i)
		out[i] = signed{k.Public(), msg, k.Sign(msg)}
	}
	return out
}

func verify(list []signed) []bool {
	var b ed25519.Batch
	for _, s := range list {
		b.Add(s.pub, s.msg, s.sig)
	}
	return b.Verify()
}

func TestBatch(t *testing.T) {
	if got := verify(nil); len(got) != 0 {
		t.Errorf("empty batch: got %v want none", got)
	}
	list := many(200)
	list[0].sig[32]++ // keeps the sum of s: only the coefficients tell
	list[1].sig[32]--
	list[150].msg = nil
	list[199].pub[31] ^= 0x80
	for i, got := range verify(list) {
		if want := !slices.Contains([]int{0, 1, 150, 199}, i); got != want {
			t.Errorf("entry %d: got %v want %v", i, got, want)
		}
	}
}

func TestSecretKeyPrintsNothing(t *testing.T) {
	k := ed25519.FromSeed([32]byte{1})
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, k); got != "ed25519.SecretKey(…)" {
			t.Errorf("%s: got %s", verb, got)
		}
	}
}

func BenchmarkSign(b *testing.B) {
	k, msg := ed25519.FromSeed([32]byte{1}), make([]byte, 100)
	for b.Loop() {
		k.Sign(msg)
	}
}

func BenchmarkVerify(b *testing.B) {
	s := many(1)[0]
	for b.Loop() {
		if !ed25519.Verify(s.pub, s.msg, s.sig) {
			b.Fatal("refused")
		}
	}
}

func BenchmarkBatch(b *testing.B) {
	for _, n := range []int{64, 1024} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			list := many(n)
			for b.Loop() {
				verify(list)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/signature")
		})
	}
}
