package chunk

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/rampart-chain/rampart/availability/erasure"
)

func TestVectors(t *testing.T) {
	raw, err := os.ReadFile("testdata/vectors/commit.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			Validators int
			PayloadLen int `json:"payload_len"`
			Seed       uint64
			Root       string
			Proofs     []struct {
				Index    int
				Siblings []string
			}
		}
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	if len(file.Cases) == 0 {
		t.Fatal("no vectors")
	}
	for _, c := range file.Cases {
		t.Run(fmt.Sprintf("n=%d/len=%d", c.Validators, c.PayloadLen), func(t *testing.T) {
			root, chunks, err := Encode(pattern(c.PayloadLen, c.Seed), c.Validators)
			if err != nil {
				t.Fatal(err)
			}
			if got := hex.EncodeToString(root[:]); got != c.Root {
				t.Fatalf("got root %s, want %s", got, c.Root)
			}
			for _, p := range c.Proofs {
				proof := make([][32]byte, len(p.Siblings))
				for i, s := range p.Siblings {
					if n, err := hex.Decode(proof[i][:], []byte(s)); n != 32 || err != nil {
						t.Fatalf("sibling %q: %v", s, err)
					}
				}
				if err := Verify(root, c.Validators, erasure.Index(p.Index), chunks[p.Index].Data, proof); err != nil {
					t.Errorf("chunk %d: %v", p.Index, err)
				}
			}
		})
	}
}
