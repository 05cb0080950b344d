package executive_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// hexText is bytes in hexadecimal.
type hexText []byte

func (h *hexText) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

// TestVectorsExtrinsicsRoot compares with roots by sp-trie.
func TestVectorsExtrinsicsRoot(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors/roots.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			Extrinsics []hexText
			Root       hexText
		}
	}
	if err := json.Unmarshal(text, &file); err != nil || len(file.Cases) == 0 {
		t.Fatalf("%d cases, %v", len(file.Cases), err)
	}
	for _, c := range file.Cases {
		var body []primitives.Extrinsic
		for _, x := range c.Extrinsics {
			body = append(body, primitives.Extrinsic(x))
		}
		if got := executive.ExtrinsicsRoot(body); !bytes.Equal(got[:], c.Root) {
			t.Errorf("%d extrinsics: root %s, want %x", len(body), got, []byte(c.Root))
		}
	}
}
