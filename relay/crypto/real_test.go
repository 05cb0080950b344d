package crypto_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto"
)

// signatures is testdata/vectors/guest.json without its hashes, which
// package hash checks. Guests run the same file.
type signatures struct {
	Sr25519, Ed25519 []struct {
		Name, Public, Message, Signature string
		Valid                            bool
	}
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestGuestVectorsOnTheHost(t *testing.T) {
	raw, err := os.ReadFile("testdata/vectors/guest.json")
	if err != nil {
		t.Fatal(err)
	}
	var f signatures
	if err := json.Unmarshal(raw, &f); err != nil {
		t.Fatal(err)
	}
	if len(f.Sr25519) == 0 || len(f.Ed25519) == 0 {
		t.Fatal("vectors are missing")
	}
	var v crypto.Signatures = crypto.Real{}
	var sr, ed []crypto.Signed
	for _, c := range f.Sr25519 {
		sr = append(sr, crypto.Signed{Public: [32]byte(unhex(t, c.Public)), Message: unhex(t, c.Message), Signature: [64]byte(unhex(t, c.Signature))})
	}
	for _, c := range f.Ed25519 {
		ed = append(ed, crypto.Signed{Public: [32]byte(unhex(t, c.Public)), Message: unhex(t, c.Message), Signature: [64]byte(unhex(t, c.Signature))})
	}
	srBatch, edBatch := v.Sr25519Batch(sr), v.Ed25519Batch(ed)
	for i, c := range f.Sr25519 {
		if got := v.Sr25519(sr[i].Public, sr[i].Message, sr[i].Signature); got != c.Valid || srBatch[i] != c.Valid {
			t.Errorf("sr25519 %s: got %v, %v in the batch, want %v", c.Name, got, srBatch[i], c.Valid)
		}
	}
	for i, c := range f.Ed25519 {
		if got := v.Ed25519(ed[i].Public, ed[i].Message, ed[i].Signature); got != c.Valid || edBatch[i] != c.Valid {
			t.Errorf("ed25519 %s: got %v, %v in the batch, want %v", c.Name, got, edBatch[i], c.Valid)
		}
	}
}
