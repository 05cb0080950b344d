package babe

import (
	"bytes"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// FuzzVerify feeds headers as a peer could send them to everything here that
// reads headers.
func FuzzVerify(f *testing.F) {
	v := readVectors(f)
	for _, c := range v.Headers {
		f.Add(unhex(f, c.Header), uint8(c.Allowed))
	}
	f.Fuzz(func(t *testing.T, raw []byte, allowed uint8) {
		var h primitives.Header
		if scale.Unmarshal(raw, &h) != nil {
			return
		}
		view := viewIn(t, v.epoch(t, allowed%3), 1000)
		verified, err := Verify(crypto.Real{}, h, view, 1050)
		if err == nil && (verified.Slot <= 1000 || verified.Slot > 1051 || int(verified.Author) >= len(verified.Epoch.Authorities)) {
			t.Fatalf("accepted slot %d of author %d", verified.Slot, verified.Author)
		}
		epochs, err := NewEpochs(view.State(), 4)
		if err != nil {
			t.Fatal(err)
		}
		h.Number = 1
		h.ParentHash = view.Block.Hash
		if epochs.Import(h) != nil {
			return
		}
		after, ok := epochs.At(h.Hash())
		if !ok {
			t.Fatal("imported header is unknown")
		}
		if _, err := NewEpochs(after.State(), 1); err != nil {
			t.Fatalf("state after import: %v", err)
		}
	})
}

// FuzzDecodeEpochState checks that stored states are read in one form only and
// never panic.
func FuzzDecodeEpochState(f *testing.F) {
	f.Add(scale.Marshal(genesis()))
	f.Add(scale.Marshal(viewIn(f, readVectors(f).epoch(f, 2), 1003).State()))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var s EpochState
		if scale.Unmarshal(raw, &s) != nil {
			return
		}
		if again := scale.Marshal(s); !bytes.Equal(again, raw) {
			t.Fatalf("%x encodes as %x", raw, again)
		}
		if epochs, err := NewEpochs(s, 1); err == nil {
			view, _ := epochs.At(s.Block.Hash)
			if _, err := view.Epoch(s.Slot + 1000); err != nil && s.Slot+1000 > s.Slot {
				t.Fatal(err)
			}
		}
	})
}

// FuzzDecodeEquivocationProof does the same for proofs, and checks them.
func FuzzDecodeEquivocationProof(f *testing.F) {
	for _, c := range readVectors(f).Equivocations {
		f.Add(unhex(f, c.Proof))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var p EquivocationProof
		if scale.Unmarshal(raw, &p) != nil {
			return
		}
		if again := scale.Marshal(p); !bytes.Equal(again, raw) {
			t.Fatalf("%x encodes as %x", raw, again)
		}
		if p.Check(crypto.Real{}) == nil && p.First.Hash() == p.Second.Hash() {
			t.Fatal("one header proves an equivocation")
		}
	})
}
