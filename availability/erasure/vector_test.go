package erasure

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"lukechampine.com/blake3"
)

// pattern returns the payload the vectors are made of.
func pattern(size int, seed uint64) []byte {
	out := make([]byte, size)
	for i := range out {
		seed = seed*6364136223846793005 + 1442695040888963407
		out[i] = byte(seed >> 56)
	}
	return out
}

func TestVectors(t *testing.T) {
	raw, err := os.ReadFile("testdata/vectors/encode.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Source string
		Cases  []struct {
			Validators   int
			PayloadLen   int `json:"payload_len"`
			Seed         uint64
			ShardSize    int    `json:"shard_size"`
			ShardsBlake3 string `json:"shards_blake3"`
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
			shards, err := Encode(pattern(c.PayloadLen, c.Seed), c.Validators)
			if err != nil {
				t.Fatal(err)
			}
			if len(shards) != c.Validators || len(shards[0]) != c.ShardSize {
				t.Fatalf("got %d shards of %d bytes, want %d of %d", len(shards), len(shards[0]), c.Validators, c.ShardSize)
			}
			got := blake3.Sum256(bytes.Join(shards, nil))
			if hex.EncodeToString(got[:]) != c.ShardsBlake3 {
				t.Errorf("shards differ from %s", file.Source)
			}
		})
	}
}
