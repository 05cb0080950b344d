package primitives_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto/hash"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

type vector struct {
	Type, Name, Hex, Blake2b256 string
	Value                       map[string]uint64
}

func (v vector) bytes(t testing.TB) []byte {
	t.Helper()
	raw, err := hex.DecodeString(v.Hex)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func vectors(t testing.TB) (cases, rejects []vector) {
	t.Helper()
	text, err := os.ReadFile("testdata/vectors/primitives.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Cases, Rejects []vector }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return file.Cases, file.Rejects
}

// vectorOf returns the one vector with the type and name.
func vectorOf(t testing.TB, kind, name string) []byte {
	t.Helper()
	cases, _ := vectors(t)
	for _, c := range cases {
		if c.Type == kind && c.Name == name {
			return c.bytes(t)
		}
	}
	t.Fatalf("no vector %s, %s", kind, name)
	return nil
}

// TestVectors decodes and encodes what the reference implementations encoded.
func TestVectors(t *testing.T) {
	cases, rejects := vectors(t)
	for _, c := range cases {
		if decode := decoders[c.Type]; decode != nil {
			if err := decode(t, c.bytes(t)); err != nil {
				t.Errorf("%s, %s: %v", c.Type, c.Name, err)
			}
		}
	}
	for _, c := range rejects {
		if err := decoders[c.Type](t, c.bytes(t)); err == nil {
			t.Errorf("%s, %s: %s was accepted", c.Type, c.Name, c.Hex)
		}
	}
}

// decoded returns the vector as a value.
func decoded[T any, P interface {
	*T
	scale.Unmarshaler
}](t testing.TB, kind, name string) T {
	t.Helper()
	var v T
	if err := scale.Unmarshal(vectorOf(t, kind, name), P(&v)); err != nil {
		t.Fatal(err)
	}
	return v
}

func equal(t *testing.T, what string, got []byte, kind, name string) {
	t.Helper()
	if want := vectorOf(t, kind, name); string(got) != string(want) {
		t.Errorf("%s is %x, want %x", what, got, want)
	}
}

func repeat(n byte) (h primitives.Hash) {
	for i := range h {
		h[i] = n
	}
	return h
}

func TestVectorHeaders(t *testing.T) {
	cases, _ := vectors(t)
	for _, c := range cases {
		if c.Type != "Header" {
			continue
		}
		h := decoded[primitives.Header](t, c.Type, c.Name)
		if got := h.Hash(); hex.EncodeToString(got[:]) != c.Blake2b256 {
			t.Errorf("hash of the %s header is %s, want %s", c.Name, got, c.Blake2b256)
		}
	}
	unsealed, seal, err := decoded[primitives.Header](t, "Header", "sealed").Unsealed()
	if want := decoded[primitives.Header](t, "Header", "unsealed"); err != nil || unsealed.Hash() != want.Hash() {
		t.Errorf("pre-hash %s (%v), want %s", unsealed.Hash(), err, want.Hash())
	}
	equal(t, "seal", primitives.AppendDigestItem(nil, seal), "DigestItem", "seal")
	equal(t, "sealed header", unsealed.Sealed(seal).AppendSCALE(nil), "Header", "sealed")
}

// TestVectorHeaderLogs reads the consensus messages of a header.
func TestVectorHeaderLogs(t *testing.T) {
	h := decoded[primitives.Header](t, "Header", "sealed")
	claim, err := h.BABEPreDigest()
	if index, slot := uint32(7), uint64(1234567890123); err != nil || claim.Weight() != 1 {
		t.Errorf("claim %+v (%v), want a primary one", claim, err)
	} else if a, s := claim.Author(); uint32(a) != index || uint64(s) != slot {
		t.Errorf("claim by %d of slot %d, want %d of %d", a, s, index, slot)
	}
	logs, err := h.BABELogs()
	if err != nil || len(logs) != 1 {
		t.Fatalf("%d messages to BABE (%v), want 1", len(logs), err)
	}
	equal(t, "message to BABE", primitives.AppendBABELog(nil, logs[0]), "BABELog", "next epoch")
	if _, err := h.GRANDPAScheduledChange(); err == nil {
		t.Error("a GRANDPA message of two bytes was accepted")
	}
}

func TestVectorGRANDPAPayloads(t *testing.T) {
	for name, m := range map[string]primitives.GRANDPAMessage{
		"prevote":         primitives.Prevote{TargetBlock: primitives.BlockID{Hash: repeat(7), Number: 42}},
		"precommit":       primitives.Precommit{TargetBlock: primitives.BlockID{Hash: repeat(8), Number: 43}},
		"primary propose": primitives.PrimaryPropose{TargetBlock: primitives.BlockID{Hash: repeat(9), Number: 44}},
	} {
		payload := primitives.GRANDPAPayload(m, 3, 5)
		equal(t, name+" payload", payload, "grandpa payload, round 3, set 5", name)
		if len(payload) != 53 {
			t.Errorf("%s payload has %d bytes, want 53", name, len(payload))
		}
	}
}

func TestVectorCandidates(t *testing.T) {
	committed := decoded[primitives.CommittedCandidateReceipt](t, "CommittedCandidateReceipt", "full")
	d := committed.Descriptor
	if d.ParaID != 2000 || d.CoreIndex != 5 || d.SessionIndex != 6 || d.RelayParent != repeat(1) || d.PersistedValidationDataHash != repeat(2) ||
		d.PoVHash != repeat(3) || d.ErasureRoot != repeat(4) || d.ParaHead != repeat(5) || d.ValidationCodeHash != repeat(6) {
		t.Errorf("descriptor %+v", d)
	}
	if got := len(d.AppendSCALE(nil)); got != 292 {
		t.Errorf("descriptor has %d bytes, want 292", got)
	}
	for what, got := range map[string]primitives.Hash{"full": committed.Hash(), "receipt": committed.Receipt().Hash()} {
		equal(t, "candidate hash of the "+what, got[:], "candidate hash of it", what)
	}
	equal(t, "receipt", committed.Receipt().AppendSCALE(nil), "CandidateReceipt", "full")
	head, code := primitives.HeadData{4, 3, 2}.Hash(), primitives.ValidationCode("\x00asm").Hash()
	equal(t, "head data hash", head[:], "head data hash", "040302")
	equal(t, "code hash", code[:], "code hash", "0061736d")
	cases, _ := vectors(t)
	for _, c := range cases {
		var got primitives.Hash
		switch c.Type {
		case "PersistedValidationData":
			got = decoded[primitives.PersistedValidationData](t, c.Type, c.Name).Hash()
		case "CandidateCommitments":
			got = decoded[primitives.CandidateCommitments](t, c.Type, c.Name).Hash()
		default:
			continue
		}
		if hex.EncodeToString(got[:]) != c.Blake2b256 {
			t.Errorf("hash of %s, %s is %s, want %s", c.Type, c.Name, got, c.Blake2b256)
		}
	}
}

func TestVectorStatementPayloads(t *testing.T) {
	context := primitives.SigningContext{SessionIndex: 11, Parent: repeat(12)}
	for name, kind := range map[string]primitives.StatementKind{"seconded": primitives.Seconded, "valid": primitives.Valid} {
		s := primitives.CompactStatement{Kind: kind, CandidateHash: repeat(13)}
		equal(t, name, s.SigningPayload(context), "statement payload, session 11", name)
		equal(t, name, s.AppendSCALE(nil), "CompactStatement", name)
	}
	bits := scale.NewBitVec(13)
	for i := 1; i < 13; i += 3 {
		bits.Set(i, true)
	}
	equal(t, "bitfield", primitives.BitfieldPayload(bits, context), "bitfield payload, session 11", "13 bits, 1 4 7 10 set")
}

func TestVectorEras(t *testing.T) {
	cases, _ := vectors(t)
	for _, c := range cases {
		if c.Type != "Era" {
			continue
		}
		e, current := decoded[primitives.Era](t, c.Type, c.Name), primitives.BlockNumber(c.Value["current"])
		if c.Value["period"] != 0 {
			if made := primitives.MortalEra(uint32(c.Value["period"]), current); made != e {
				t.Errorf("%s is %+v, want %+v", c.Name, made, e)
			}
		}
		death := primitives.BlockNumber(min(c.Value["death"], math.MaxUint32))
		if e.Birth(current) != primitives.BlockNumber(c.Value["birth"]) || e.Death(current) != death || e.Birth(current+5) != primitives.BlockNumber(c.Value["birth+5"]) {
			t.Errorf("%s: birth %d, death %d, birth 5 later %d, want %v", c.Name, e.Birth(current), e.Death(current), e.Birth(current+5), c.Value)
		}
	}
}

// TestVectorTwox checks the hash behind every storage key.
func TestVectorTwox(t *testing.T) {
	cases, _ := vectors(t)
	for _, c := range cases {
		if c.Type != "twox128" {
			continue
		}
		if got := hash.Twox128([]byte(c.Name)); hex.EncodeToString(got[:]) != c.Hex {
			t.Errorf("twox128(%s) is %x, want %s", c.Name, got, c.Hex)
		}
	}
}

// TestEraEndsAtTheLastNumber keeps sums within the numbers there are.
func TestEraEndsAtTheLastNumber(t *testing.T) {
	e := primitives.MortalEra(64, math.MaxUint32-3)
	if got := e.Death(math.MaxUint32 - 3); got < math.MaxUint32-3 {
		t.Errorf("an era that begins at the last blocks ends at %d", got)
	}
}

// TestHashesArePrinted keeps the two forms of a hash.
func TestHashesArePrinted(t *testing.T) {
	h := repeat(0xab)
	if h.String() != "0x"+strings.Repeat("ab", 32) || h.Short() != "abababab" || fmt.Sprint(primitives.AccountID(h)) != h.String() {
		t.Errorf("%s, %s, %s", h, h.Short(), primitives.AccountID(h))
	}
}
