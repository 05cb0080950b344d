package sdk

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// hexText is bytes in hexadecimal.
type hexText []byte

func (h *hexText) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

// TestVectorsPoV compares block data of version 1 with that of parachains made in
// Rust.
func TestVectorsPoV(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors/pov.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			Number     primitives.BlockNumber
			Extrinsics int
			Proof      []hexText
			HeaderHash hexText `json:"header_hash"`
			Data       hexText
		}
		Rejects []struct {
			Name, Want string
			Data       hexText
		}
	}
	if err := json.Unmarshal(text, &file); err != nil || len(file.Cases) == 0 || len(file.Rejects) == 0 {
		t.Fatalf("%d cases, %d rejects, %v", len(file.Cases), len(file.Rejects), err)
	}
	for _, c := range file.Cases {
		block, proof, err := decodeBlockData(c.Data)
		if err != nil || !bytes.Equal(encodeBlockData(block, proof), c.Data) {
			t.Errorf("block %d: %v", c.Number, err)
			continue
		}
		if hash := block.Header.Hash(); block.Header.Number != c.Number || !bytes.Equal(hash[:], c.HeaderHash) || len(block.Extrinsics) != c.Extrinsics || len(proof) != len(c.Proof) {
			t.Errorf("block %d: %+v, %d items of proof", c.Number, block, len(proof))
		}
		for i := range proof {
			if !bytes.Equal(proof[i], c.Proof[i]) {
				t.Errorf("block %d: item %d of the proof is %x", c.Number, i, proof[i])
			}
		}
	}
	reasons := map[string]error{"ErrPoVFormat": ErrPoVFormat, "ErrBlockCount": ErrBlockCount}
	for _, c := range file.Rejects {
		if _, err := BlockOf(primitives.PoV{BlockData: c.Data}); reasons[c.Want] == nil || !errors.Is(err, reasons[c.Want]) {
			t.Errorf("%s: %v, want %s", c.Name, err, c.Want)
		}
	}
}
