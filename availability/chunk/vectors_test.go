package chunk

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/rampart-chain/rampart/availability/erasure"
)

// hexText is bytes in hexadecimal.
type hexText []byte

func (h *hexText) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

// TestVectorsProofs judges proofs, good and changed, as another program did that
// was written from the rules.
func TestVectorsProofs(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors/proofs.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			Name, Want  string
			Root, Chunk hexText
			Validators  int
			Index       erasure.Index
			Proof       []hexText
		}
	}
	if err := json.Unmarshal(text, &file); err != nil || len(file.Cases) == 0 {
		t.Fatalf("%d cases, %v", len(file.Cases), err)
	}
	reasons := map[string]error{
		"": nil, "ErrValidatorCount": erasure.ErrValidatorCount, "ErrIndex": erasure.ErrIndex, "ErrShardSize": erasure.ErrShardSize,
		"ErrDepth": ErrDepth, "ErrProof": ErrProof,
	}
	for _, c := range file.Cases {
		proof := make([][32]byte, len(c.Proof))
		for i, sibling := range c.Proof {
			proof[i] = [32]byte(sibling)
		}
		want, known := reasons[c.Want]
		if err := Verify([32]byte(c.Root), c.Validators, c.Index, c.Chunk, proof); !known || !errors.Is(err, want) {
			t.Errorf("%s, chunk %d of %d: %v, want %q", c.Name, c.Index, c.Validators, err, c.Want)
		}
	}
}
