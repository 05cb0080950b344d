package ss58_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto/ss58"
)

// file is testdata/vectors/ss58.json; accounts are hexadecimal.
type file struct {
	Good []struct {
		Account, Address string
		Prefix           uint16
	}
	Bad []struct {
		Name, Address string
		Error         *string // null where sp-core accepts
	}
}

func load(t testing.TB) file {
	t.Helper()
	raw, err := os.ReadFile("testdata/vectors/ss58.json")
	if err != nil {
		t.Fatal(err)
	}
	var f file
	if err := json.Unmarshal(raw, &f); err != nil {
		t.Fatal(err)
	}
	if len(f.Good) == 0 || len(f.Bad) == 0 {
		t.Fatal("vectors are missing")
	}
	return f
}

// reasons maps sp-core's messages to ours.
var reasons = map[string]error{
	"Base 58 requirement is violated":                   ss58.ErrBase58,
	"Length is bad":                                     ss58.ErrLength,
	"Invalid checksum":                                  ss58.ErrChecksum,
	"Invalid SS58 prefix byte.":                         ss58.ErrPrefix,
	"Disallowed SS58 Address Format for this datatype.": ss58.ErrReserved,
}

func TestVectors(t *testing.T) {
	f := load(t)
	for _, v := range f.Good {
		raw, err := hex.DecodeString(v.Account)
		if err != nil {
			t.Fatal(err)
		}
		account := [32]byte(raw)
		if got, err := ss58.Encode(account, v.Prefix); err != nil || got != v.Address {
			t.Errorf("encode %s under %d: got %s, %v want %s", v.Account, v.Prefix, got, err, v.Address)
		}
		got, prefix, err := ss58.Decode(v.Address)
		if err != nil || got != account || prefix != v.Prefix {
			t.Errorf("decode %s: got %x, %d, %v want %x, %d", v.Address, got, prefix, err, account, v.Prefix)
		}
	}
	for _, v := range f.Bad {
		// sp-core accepts a small prefix in two bytes; both such rows are ours to refuse.
		want := error(ss58.ErrNotCanonical)
		if v.Error != nil && v.Name != "reserved 46 in two bytes" {
			want = reasons[*v.Error]
		}
		if _, _, err := ss58.Decode(v.Address); !errors.Is(err, want) || err == nil {
			t.Errorf("%s: got %v want %v", v.Name, err, want)
		}
	}
}

func TestEncodeRefuses(t *testing.T) {
	for prefix, want := range map[uint16]error{46: ss58.ErrReserved, 47: ss58.ErrReserved, 16384: ss58.ErrPrefix, 65535: ss58.ErrPrefix} {
		if _, err := ss58.Encode([32]byte{}, prefix); !errors.Is(err, want) {
			t.Errorf("prefix %d: got %v want %v", prefix, err, want)
		}
	}
}

func TestEveryPrefixRoundTrips(t *testing.T) {
	for prefix := uint16(0); prefix <= ss58.MaxPrefix; prefix++ {
		s, err := ss58.Encode([32]byte{1}, prefix)
		if errors.Is(err, ss58.ErrReserved) {
			continue
		}
		if _, got, err := ss58.Decode(s); err != nil || got != prefix {
			t.Fatalf("prefix %d: got %d, %v", prefix, got, err)
		}
	}
}

func TestDecodeIsBounded(t *testing.T) {
	if _, _, err := ss58.Decode(strings.Repeat("z", 1<<20)); !errors.Is(err, ss58.ErrLength) {
		t.Errorf("got %v want %v", err, ss58.ErrLength)
	}
}

// Decode never panics, and what it accepts is exactly what Encode writes.
func FuzzDecode(f *testing.F) {
	v := load(f)
	for _, g := range v.Good {
		f.Add(g.Address)
	}
	for _, b := range v.Bad {
		f.Add(b.Address)
	}
	f.Add("KW39r9CJjAVzmkf9zQ4YDb2hqfAVGdRqn53eRqyruqpxAP5YL")
	f.Fuzz(func(t *testing.T, s string) {
		if key, prefix, err := ss58.DecodeKey(s, 33); err == nil {
			if got, err := ss58.EncodeKey(key, prefix); err != nil || got != s {
				t.Errorf("decoded %q, encoded %q, %v", s, got, err)
			}
		}
		account, prefix, err := ss58.Decode(s)
		if err != nil {
			return
		}
		if got, err := ss58.Encode(account, prefix); err != nil || got != s {
			t.Errorf("decoded %q, encoded %q, %v", s, got, err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	s, err := ss58.Encode([32]byte{1}, ss58.Generic)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, _, err := ss58.Decode(s); err != nil {
			b.Fatal(err)
		}
	}
}
