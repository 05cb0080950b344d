package primitives_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// refusals are the reasons that vectors name.
var refusals = map[string]error{
	"ErrShort": scale.ErrShort, "ErrTrailing": scale.ErrTrailing, "ErrCompact": scale.ErrCompact, "ErrRange": scale.ErrRange,
	"ErrOption": scale.ErrOption, "ErrVariant": scale.ErrVariant, "ErrLength": scale.ErrLength,
	"ErrDescriptor": primitives.ErrDescriptor, "ErrExtrinsicFormat": primitives.ErrExtrinsicFormat,
}

// hexText is bytes in hexadecimal.
type hexText []byte

func (h *hexText) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

func readVectors(t *testing.T, name string, file any) {
	t.Helper()
	text, err := os.ReadFile("testdata/vectors/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, file); err != nil {
		t.Fatal(err)
	}
}

// candidateVectors is what polkadot-primitives encoded, refused and signed.
type candidateVectors struct {
	Cases []struct {
		Type, Name      string
		Hex, Blake2b256 hexText
	}
	Rejects []struct {
		Type, Name, Want string
		Hex              hexText
		// Parts, one after the other and each repeated, are used without Hex.
		Parts []struct {
			Hex   hexText
			Times int
		}
	}
	Statements []struct {
		Name                   string
		Public, Parent, Signed hexText
		Session                primitives.SessionIndex
		Valid                  bool
	}
}

// TestVectorsFormats decodes and encodes again what crates encoded, and refuses for
// the right reason what they refuse.
func TestVectorsFormats(t *testing.T) {
	for _, name := range []string{"candidates.json", "blocks.json"} {
		t.Run(name, func(t *testing.T) { testFormats(t, name) })
	}
}

func testFormats(t *testing.T, name string) {
	t.Helper()
	var file candidateVectors
	readVectors(t, name, &file)
	for _, c := range file.Cases {
		if err := decoders[c.Type](t, c.Hex); err != nil {
			t.Errorf("%s, %s: %v", c.Type, c.Name, err)
		}
		if got := primitives.Blake2b256(c.Hex); !bytes.Equal(got[:], c.Blake2b256) {
			t.Errorf("%s, %s: hash %s, want %x", c.Type, c.Name, got, []byte(c.Blake2b256))
		}
	}
	for _, c := range file.Rejects {
		data := []byte(c.Hex)
		for _, p := range c.Parts {
			data = append(data, bytes.Repeat(p.Hex, p.Times)...)
		}
		want := refusals[c.Want]
		if err := decoders[c.Type](t, data); want == nil || !errors.Is(err, want) {
			t.Errorf("%s, %s: %v, want %s", c.Type, c.Name, err, c.Want)
		}
	}
	if len(file.Cases) == 0 || len(file.Rejects) == 0 {
		t.Fatal("no vectors")
	}
}

// TestVectorsCandidateFields compares fields of what the vectors hold.
func TestVectorsCandidateFields(t *testing.T) {
	var file candidateVectors
	readVectors(t, "candidates.json", &file)
	encoded := map[string]hexText{}
	for _, c := range file.Cases {
		encoded[c.Type+", "+c.Name] = c.Hex
	}
	code := primitives.ValidationCode("\x00asm")
	result := primitives.ValidationResult{
		HeadData: bytes.Repeat([]byte{7}, 40), NewValidationCode: &code, UpwardMessages: []primitives.UpwardMessage{{1, 2, 3}},
		HorizontalMessages:        []primitives.OutboundHRMPMessage{{Recipient: 2001, Data: bytes.Repeat([]byte{9}, 70)}},
		ProcessedDownwardMessages: 3, HRMPWatermark: 99,
	}
	data := primitives.PersistedValidationData{ParentHead: primitives.HeadData{1, 1, 1}, RelayParentNumber: 77, RelayParentStorageRoot: repeat(8), MaxPoVSize: 5 << 20}
	descriptor := func(core uint16, session primitives.SessionIndex) primitives.CandidateDescriptor {
		return primitives.CandidateDescriptor{ParaID: 2000, RelayParent: repeat(1), CoreIndex: core, SessionIndex: session, PersistedValidationDataHash: repeat(2),
			PoVHash: repeat(3), ErasureRoot: repeat(4), ParaHead: repeat(5), ValidationCodeHash: repeat(6)}
	}
	for name, value := range map[string]scale.Marshaler{
		"CandidateDescriptor, core 5, session 6":              descriptor(5, 6),
		"CandidateDescriptor, core 65535, session 4294967295": descriptor(65535, 4294967295),
		"ValidationParams, small":                             primitives.ValidationParams{ParentHead: primitives.HeadData{8, 8, 8}, BlockData: []byte{9, 9, 9, 9, 9}, RelayParentNumber: 77, RelayParentStorageRoot: repeat(3)},
		"ValidationResult, full":                              result,
		"CandidateCommitments, of that result":                result.Commitments(),
		"AvailableData, small":                                primitives.AvailableData{PoV: primitives.PoV{BlockData: bytes.Repeat([]byte{6}, 64)}, ValidationData: data},
		"PoV, 64 bytes":                                       primitives.PoV{BlockData: bytes.Repeat([]byte{6}, 64)},
		"OutboundHRMPMessage, one":                            primitives.OutboundHRMPMessage{Recipient: 7, Data: []byte{1, 2}},
	} {
		if got := scale.Marshal(value); !bytes.Equal(got, encoded[name]) {
			t.Errorf("%s is %x, want %x", name, got, []byte(encoded[name]))
		}
	}
	if got := primitives.Blake2b256(encoded["PoV, 64 bytes"]); got != (primitives.PoV{BlockData: bytes.Repeat([]byte{6}, 64)}).Hash() {
		t.Error("hash of a proof of validity is not that of its encoding")
	}
}

// TestVectorsStatements verifies statements that another implementation signed,
// and refuses those it refused.
func TestVectorsStatements(t *testing.T) {
	var file candidateVectors
	readVectors(t, "candidates.json", &file)
	valid := 0
	for _, c := range file.Statements {
		var s primitives.SignedStatement
		if err := scale.Unmarshal(c.Signed, &s); err != nil || !bytes.Equal(scale.Marshal(s), c.Signed) {
			t.Errorf("%s: %v", c.Name, err)
		}
		payload := s.Statement.SigningPayload(primitives.SigningContext{SessionIndex: c.Session, Parent: primitives.Hash(c.Parent)})
		if got := (crypto.Real{}).Sr25519([32]byte(c.Public), payload, s.Signature); got != c.Valid {
			t.Errorf("%s: valid is %t, want %t", c.Name, got, c.Valid)
		}
		if c.Valid {
			valid++
		}
	}
	if valid == 0 || valid == len(file.Statements) {
		t.Errorf("%d of %d statements are valid", valid, len(file.Statements))
	}
}

func TestVectorsExtrinsics(t *testing.T) {
	var file struct {
		Cases []struct {
			Name, Scheme, Tip            string
			Extrinsic, Call, Signer, Era hexText
			EraBirth                     hexText `json:"era_birth"`
			Nonce                        primitives.Nonce
			PayloadLength                int `json:"payload_length"`
			Signed                       hexText
		}
		Rejects []struct {
			Name, Want string
			Extrinsic  hexText
		}
	}
	readVectors(t, "extrinsics.json", &file)
	for _, c := range file.Cases {
		u, err := primitives.DecodeExtrinsic(primitives.Extrinsic(c.Extrinsic))
		if err != nil || !bytes.Equal(u.Encode(), c.Extrinsic) || !bytes.Equal(u.Call, c.Call) {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		if (u.Signature == nil) != (c.Signed == nil) {
			t.Errorf("%s: signed is %t", c.Name, u.Signature != nil)
		}
		if u.Signature == nil {
			continue
		}
		extra := u.Signature.Extra
		if who := (primitives.AddressID{ID: primitives.AccountID(c.Signer)}); u.Signature.Signer != who || extra.Nonce != c.Nonce || extra.Tip.String() != c.Tip || !bytes.Equal(scale.Marshal(extra.Era), c.Era) {
			t.Errorf("%s: signer %v, extra %+v", c.Name, u.Signature.Signer, extra)
		}
		payload := primitives.SigningPayload(u.Call, extra, primitives.SignedImplicit{SpecVersion: 7, TransactionVersion: 3, GenesisHash: repeat(0x11), EraBirthHash: primitives.Hash(c.EraBirth)})
		if !bytes.Equal(payload, c.Signed) || (c.PayloadLength > 256) != (len(payload) == 32) {
			t.Errorf("%s: payload %x, want %x", c.Name, payload, []byte(c.Signed))
		}
		if got := verifies(u.Signature.Signature, [32]byte(c.Signer), payload); got != strings.TrimPrefix(c.Scheme, "ecdsa") {
			t.Errorf("%s: signature verifies as %q, want %s", c.Name, got, c.Scheme)
		}
	}
	for _, c := range file.Rejects {
		want := refusals[c.Want]
		if _, err := primitives.DecodeExtrinsic(primitives.Extrinsic(c.Extrinsic)); want == nil || !errors.Is(err, want) {
			t.Errorf("%s: %v, want %s", c.Name, err, c.Want)
		}
	}
	if len(file.Cases) == 0 || len(file.Rejects) == 0 {
		t.Fatal("no vectors")
	}
}

// verifies returns the scheme that signature verifies by; ECDSA does by none.
func verifies(signature primitives.MultiSignature, public [32]byte, payload []byte) string {
	switch s := signature.(type) {
	case primitives.SR25519Signature:
		if (crypto.Real{}).Sr25519(public, payload, s.Signature) {
			return "sr25519"
		}
	case primitives.ED25519Signature:
		if (crypto.Real{}).Ed25519(public, payload, s.Signature) {
			return "ed25519"
		}
	}
	return ""
}

// TestVectorsRefusedForAReason checks why the rejects of primitives.json, of which
// the name tells what is wrong, are refused.
func TestVectorsRefusedForAReason(t *testing.T) {
	_, rejects := vectors(t)
	checked := 0
	for _, c := range rejects {
		want := error(nil)
		switch {
		case strings.HasPrefix(c.Name, "first "):
			want = scale.ErrShort
		case c.Name == "a byte too many":
			want = scale.ErrTrailing
		case c.Name == "number not minimal":
			want = scale.ErrCompact
		case strings.HasPrefix(c.Name, "variant "), strings.HasPrefix(c.Name, "kind "), c.Name == "other magic", c.Name == "config version 2", c.Name == "allowed slots 3":
			want = scale.ErrVariant
		default:
			continue
		}
		checked++
		if err := decoders[c.Type](t, c.bytes(t)); !errors.Is(err, want) {
			t.Errorf("%s, %s: %v, want %v", c.Type, c.Name, err, want)
		}
	}
	if checked < 150 {
		t.Errorf("only %d of %d rejects say what is wrong", checked, len(rejects))
	}
}
