package session_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// hexText is bytes in hexadecimal.
type hexText []byte

func (h *hexText) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

// TestVectorsKeys compares the order of session keys with that of Polkadot.
func TestVectorsKeys(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors/keys.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			URI                string
			GRANDPA, BABE      hexText
			ParaValidator      hexText `json:"para_validator"`
			ParaAssignment     hexText `json:"para_assignment"`
			AuthorityDiscovery hexText `json:"authority_discovery"`
			Hex                hexText
		}
		Rejects []struct {
			Name, Want string
			Hex        hexText
		}
	}
	if err := json.Unmarshal(text, &file); err != nil || len(file.Cases) == 0 || len(file.Rejects) == 0 {
		t.Fatalf("%d cases, %d rejects, %v", len(file.Cases), len(file.Rejects), err)
	}
	for _, c := range file.Cases {
		want := session.Keys{
			GRANDPA: primitives.ED25519Public(c.GRANDPA), BABE: primitives.SR25519Public(c.BABE), ParaValidator: primitives.SR25519Public(c.ParaValidator),
			ParaAssignment: primitives.SR25519Public(c.ParaAssignment), AuthorityDiscovery: primitives.SR25519Public(c.AuthorityDiscovery),
		}
		var got session.Keys
		if err := scale.Unmarshal(c.Hex, &got); err != nil || got != want || !bytes.Equal(scale.Marshal(want), c.Hex) {
			t.Errorf("%s: %+v (%v), want %+v", c.URI, got, err, want)
		}
	}
	reasons := map[string]error{"ErrShort": scale.ErrShort, "ErrTrailing": scale.ErrTrailing}
	for _, c := range file.Rejects {
		var keys session.Keys
		if err := scale.Unmarshal(c.Hex, &keys); reasons[c.Want] == nil || !errors.Is(err, reasons[c.Want]) {
			t.Errorf("%s: %v, want %s", c.Name, err, c.Want)
		}
	}
}
