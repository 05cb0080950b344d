//go:build !wasip1

package babe_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/babe"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// hexText is bytes in hexadecimal.
type hexText []byte

func (h *hexText) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

// TestVectorsRandomness follows a chain of real claims over epochs, one of which
// is skipped.
func TestVectorsRandomness(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors/randomness.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Authorities []hexText
		Genesis     hexText
		EpochLength uint64 `json:"epoch_length"`
		Blocks      []struct {
			Slot             primitives.Slot
			Epoch            primitives.Epoch
			PreDigest        hexText `json:"pre_digest"`
			Output           hexText
			Announced        hexText
			Randomness, Next hexText
		}
	}
	if err := json.Unmarshal(text, &file); err != nil || len(file.Blocks) == 0 {
		t.Fatalf("%d blocks, %v", len(file.Blocks), err)
	}
	var members []primitives.BABEAuthority
	for _, key := range file.Authorities {
		members = append(members, primitives.BABEAuthority{Key: primitives.SR25519Public(key), Weight: 1})
	}
	c := &frame.Context{State: frame.NewState(frame.Memory{})}
	babe.Genesis(c.State, members, primitives.BABEConfiguration{C: [2]uint64{1, 4}}, file.EpochLength, 6000, [32]byte(file.Genesis))
	for i, b := range file.Blocks {
		c.Number++
		c.Digest = primitives.Digest{primitives.PreRuntime{Engine: primitives.EngineBABE, Data: b.PreDigest}}
		claim, err := babe.Initialize(c)
		if err != nil {
			t.Fatalf("block %d: %v", i, err)
		}
		if again := primitives.AppendBABEPreDigest(nil, claim); !bytes.Equal(again, b.PreDigest) {
			t.Errorf("block %d: claim encodes again as %x", i, again)
		}
		if _, slot := claim.Author(); slot != b.Slot {
			t.Errorf("block %d: slot %d, want %d", i, slot, b.Slot)
		}
		if babe.ShouldEndEpoch(c) {
			babe.EnterEpoch(c, babe.NextAuthorities.Get(c.State), members)
		}
		if err := babe.NoteVRF(c, claim, realVRF); err != nil {
			t.Fatalf("block %d: %v", i, err)
		}
		if got := babe.AuthorVrfRandomness.Get(c.State); (got == nil) != (b.Output == nil) || got != nil && !bytes.Equal(got[:], b.Output) {
			t.Errorf("block %d: output %x, want %x", i, got, []byte(b.Output))
		}
		present, next := babe.Randomness.Get(c.State), babe.NextRandomness.Get(c.State)
		if babe.EpochIndex.Get(c.State) != b.Epoch || !bytes.Equal(present[:], b.Randomness) || !bytes.Equal(next[:], b.Next) {
			t.Errorf("block %d: epoch %d, randomness %x, next %x; want %d, %x, %x", i, babe.EpochIndex.Get(c.State), present, next, b.Epoch, []byte(b.Randomness), []byte(b.Next))
		}
		var announced []byte
		if len(c.Digest) == 2 {
			announced = c.Digest[1].(primitives.Consensus).Data
		}
		if !bytes.Equal(announced, b.Announced) {
			t.Errorf("block %d: announced %x, want %x", i, announced, []byte(b.Announced))
		}
	}
	if last := file.Blocks[len(file.Blocks)-1].Epoch; last < 3 {
		t.Errorf("the vectors end in epoch %d", last)
	}
}

func realVRF(public primitives.SR25519Public, randomness [32]byte, slot primitives.Slot, epoch primitives.Epoch, preOutput [32]byte, context string, n int) []byte {
	return crypto.Real{}.VRFBytes(public, crypto.VRFInput{Randomness: randomness, Slot: uint64(slot), Epoch: uint64(epoch)}, preOutput, context, n)
}
