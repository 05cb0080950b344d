package hash_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto/hash"
)

// vector is one row of the vectors that guests run too.
type vector struct {
	Data       string `json:"data"`
	Blake2b256 string `json:"blake2b_256"`
	Blake2b128 string `json:"blake2b_128"`
	Blake2b512 string `json:"blake2b_512"`
	Twox64     string `json:"twox_64"`
	Twox128    string `json:"twox_128"`
	Keccak256  string `json:"keccak_256"`
}

func vectors(t testing.TB) []vector {
	t.Helper()
	raw, err := os.ReadFile("../testdata/vectors/guest.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Hash []vector `json:"hash"`
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Hash) == 0 {
		t.Fatal("no vectors")
	}
	return file.Hash
}

func TestVectors(t *testing.T) {
	for _, v := range vectors(t) {
		data, err := hex.DecodeString(v.Data)
		if err != nil {
			t.Fatal(err)
		}
		b256, b128, b512 := hash.Blake2b256(data), hash.Blake2b128(data), hash.Blake2b512(data)
		t64, t128, k256 := hash.Twox64(data), hash.Twox128(data), hash.Keccak256(data)
		for _, c := range []struct {
			name, want string
			got        []byte
		}{
			{"blake2b_256", v.Blake2b256, b256[:]},
			{"blake2b_128", v.Blake2b128, b128[:]},
			{"blake2b_512", v.Blake2b512, b512[:]},
			{"twox_64", v.Twox64, t64[:]},
			{"twox_128", v.Twox128, t128[:]},
			{"keccak_256", v.Keccak256, k256[:]},
		} {
			if got := hex.EncodeToString(c.got); got != c.want {
				t.Errorf("%s of %d bytes: got %s want %s", c.name, len(data), got, c.want)
			}
		}
	}
}

func TestNilIsEmpty(t *testing.T) {
	if a, b := hash.Blake2b256(nil), hash.Blake2b256([]byte{}); !bytes.Equal(a[:], b[:]) {
		t.Errorf("digest of nil: got %x want %x", a, b)
	}
}

func BenchmarkHash(b *testing.B) {
	data := make([]byte, 1000)
	for _, c := range []struct {
		name string
		sum  func()
	}{
		{"blake2b_256", func() { hash.Blake2b256(data) }},
		{"blake2b_128", func() { hash.Blake2b128(data) }},
		{"twox_128", func() { hash.Twox128(data) }},
		{"keccak_256", func() { hash.Keccak256(data) }},
	} {
		b.Run(c.name+"/n=1000", func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				c.sum()
			}
		})
	}
}
