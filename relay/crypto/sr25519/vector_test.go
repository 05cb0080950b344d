//go:build !wasip1

package sr25519_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto/sr25519"
)

// file is testdata/vectors/sr25519.json; all values are hexadecimal.
type file struct {
	Keys []struct{ Seed, Secret, Public string }
	Sign []struct{ Seed, Message, Entropy, Signature string }

	Verify []struct {
		Name, Public, Message, Signature string
		Valid                            bool
	}
	Derive []struct {
		Seed       string
		ChainCode  string `json:"chain_code"`
		HardSeed   string `json:"hard_seed"`
		SoftScalar string `json:"soft_scalar"`
		SoftPublic string `json:"soft_public"`
	}
}

func load(t testing.TB) file {
	t.Helper()
	raw, err := os.ReadFile("testdata/vectors/sr25519.json")
	if err != nil {
		t.Fatal(err)
	}
	var f file
	if err := json.Unmarshal(raw, &f); err != nil {
		t.Fatal(err)
	}
	if len(f.Keys) == 0 || len(f.Sign) == 0 || len(f.Verify) == 0 || len(f.Derive) == 0 {
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

func seed(t testing.TB, s string) [32]byte {
	t.Helper()
	return [32]byte(unhex(t, s))
}

func TestVectors(t *testing.T) {
	f := load(t)
	t.Run("expand", func(t *testing.T) {
		for _, v := range f.Keys {
			k := sr25519.FromSeed(seed(t, v.Seed))
			secret, public := k.Bytes(), k.Public()
			if got := hex.EncodeToString(secret[:]); got != v.Secret {
				t.Errorf("secret of seed %s: got %s want %s", v.Seed, got, v.Secret)
			}
			if got := hex.EncodeToString(public[:]); got != v.Public {
				t.Errorf("public key of seed %s: got %s want %s", v.Seed, got, v.Public)
			}
		}
	})
	t.Run("sign", func(t *testing.T) {
		for _, v := range f.Sign {
			k := sr25519.FromSeed(seed(t, v.Seed))
			msg := unhex(t, v.Message)
			sig := k.Sign(msg, seed(t, v.Entropy))
			if got := hex.EncodeToString(sig[:]); got != v.Signature {
				t.Errorf("signature of %d bytes with entropy %s: got %s want %s", len(msg), v.Entropy, got, v.Signature)
			}
			if !sr25519.Verify(k.Public(), msg, sig) {
				t.Errorf("signature of %d bytes does not verify", len(msg))
			}
		}
	})
	t.Run("verify", func(t *testing.T) {
		keys := sr25519.NewKeys()
		for _, v := range f.Verify {
			pub, sig := sr25519.PublicKey(unhex(t, v.Public)), sr25519.Signature(unhex(t, v.Signature))
			if got := sr25519.Verify(pub, unhex(t, v.Message), sig); got != v.Valid {
				t.Errorf("%s: got %v want %v", v.Name, got, v.Valid)
			}
			for range 2 {
				if got := keys.Verify(pub, unhex(t, v.Message), sig); got != v.Valid {
					t.Errorf("%s with keys remembered: got %v want %v", v.Name, got, v.Valid)
				}
			}
			var b sr25519.Batch
			b.Add(pub, unhex(t, v.Message), sig)
			if got := b.Verify(); len(got) != 1 || got[0] != v.Valid {
				t.Errorf("%s in a batch: got %v want %v", v.Name, got, v.Valid)
			}
		}
	})
	t.Run("derive", func(t *testing.T) {
		for _, v := range f.Derive {
			k, code := sr25519.FromSeed(seed(t, v.Seed)), seed(t, v.ChainCode)
			hard, soft := k.Hard(code), k.Soft(code, [32]byte{})
			secret, public := soft.Bytes(), soft.Public()
			if got := hex.EncodeToString(hard[:]); got != v.HardSeed {
				t.Errorf("hard child %s: got %s want %s", v.ChainCode, got, v.HardSeed)
			}
			if got := hex.EncodeToString(secret[:32]); got != v.SoftScalar {
				t.Errorf("soft child %s: got %s want %s", v.ChainCode, got, v.SoftScalar)
			}
			if got := hex.EncodeToString(public[:]); got != v.SoftPublic {
				t.Errorf("soft child %s: got %s want %s", v.ChainCode, got, v.SoftPublic)
			}
			if got, err := k.Public().Soft(code); err != nil || got != public {
				t.Errorf("soft child %s of the public key: got %x, %v want %x", v.ChainCode, got, err, public)
			}
		}
	})
}
