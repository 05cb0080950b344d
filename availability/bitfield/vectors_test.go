package bitfield_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/availability/bitfield"
	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// hexText is bytes in hexadecimal.
type hexText []byte

func (h *hexText) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

// TestVectors judges bitfields that sp-core signed as polkadot-primitives does.
func TestVectors(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors/bitfields.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cores      int
		Session    primitives.SessionIndex
		Parent     hexText
		Validators []hexText
		Cases      []struct {
			Name, Bits, Want string
			Signed           hexText
			Validator        primitives.ValidatorIndex
		}
		Rejects []struct {
			Name, Want string
			Hex        hexText
		}
	}
	if err := json.Unmarshal(text, &file); err != nil || len(file.Cases) == 0 || len(file.Rejects) == 0 {
		t.Fatalf("%d cases, %d rejects, %v", len(file.Cases), len(file.Rejects), err)
	}
	var validators []primitives.SR25519Public
	for _, key := range file.Validators {
		validators = append(validators, primitives.SR25519Public(key))
	}
	reasons := map[string]error{"": nil, "ErrLength": bitfield.ErrLength, "ErrValidator": bitfield.ErrValidator, "ErrSignature": bitfield.ErrSignature}
	context := primitives.SigningContext{SessionIndex: file.Session, Parent: primitives.Hash(file.Parent)}
	var all []primitives.SignedBitfield
	var wants []error
	for _, c := range file.Cases {
		var b primitives.SignedBitfield
		if err := scale.Unmarshal(c.Signed, &b); err != nil || !bytes.Equal(scale.Marshal(b), c.Signed) {
			t.Errorf("%s: %v", c.Name, err)
			continue
		}
		want := bitfield.New(len(c.Bits), func(core primitives.CoreIndex) bool { return c.Bits[core] == '1' })
		if !bytes.Equal(scale.Marshal(b.Bitfield), scale.Marshal(want)) || b.ValidatorIndex != c.Validator {
			t.Errorf("%s: bits %v of %d, want %s of %d", c.Name, b.Bitfield, b.ValidatorIndex, c.Bits, c.Validator)
		}
		reason, known := reasons[c.Want]
		if err := bitfield.Check(b, file.Cores, validators, context, crypto.Real{}); !known || !errors.Is(err, reason) {
			t.Errorf("%s: %v, want %q", c.Name, err, c.Want)
		}
		all, wants = append(all, b), append(wants, reason)
	}
	if errs := bitfield.CheckAll(all, file.Cores, validators, context, crypto.Real{}); !slices.Equal(errs, wants) {
		t.Errorf("together: %v, want %v", errs, wants)
	}
	faults := map[string]error{"ErrPadding": scale.ErrPadding, "ErrCompact": scale.ErrCompact, "ErrShort": scale.ErrShort, "ErrTrailing": scale.ErrTrailing, "ErrLength": scale.ErrLength}
	for _, c := range file.Rejects {
		var b primitives.SignedBitfield
		if err := scale.Unmarshal(c.Hex, &b); faults[c.Want] == nil || !errors.Is(err, faults[c.Want]) {
			t.Errorf("%s: %v, want %s", c.Name, err, c.Want)
		}
	}
}
