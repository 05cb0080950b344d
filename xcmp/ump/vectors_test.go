package ump_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/xcmp/ump"
)

// hexText is bytes in hexadecimal.
type hexText []byte

func (h *hexText) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

// TestVectorsSignals splits messages as polkadot-primitives does.
func TestVectorsSignals(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors/signals.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			Name, Want   string
			Messages     []hexText
			Kept         int
			SelectCore   *[2]uint8 `json:"select_core"`
			ApprovedPeer *hexText  `json:"approved_peer"`
		}
	}
	if err := json.Unmarshal(text, &file); err != nil || len(file.Cases) == 0 {
		t.Fatalf("%d cases, %v", len(file.Cases), err)
	}
	reasons := map[string]error{"": nil, "ErrSignal": ump.ErrSignal, "ErrSignals": ump.ErrSignals}
	for _, c := range file.Cases {
		var messages []primitives.UpwardMessage
		for _, m := range c.Messages {
			messages = append(messages, primitives.UpwardMessage(m))
		}
		kept, signals, err := ump.Split(messages)
		want, known := reasons[c.Want]
		if !known || !errors.Is(err, want) {
			t.Errorf("%s: %v, want %q", c.Name, err, c.Want)
		}
		if err != nil || want != nil {
			continue
		}
		if len(kept) != c.Kept {
			t.Errorf("%s: %d messages to execute, want %d", c.Name, len(kept), c.Kept)
		}
		if got := signals.SelectCore; (got == nil) != (c.SelectCore == nil) || got != nil && [2]uint8{got.CoreSelector, got.ClaimQueueOffset} != *c.SelectCore {
			t.Errorf("%s: core %+v, want %v", c.Name, got, c.SelectCore)
		}
		if got := signals.ApprovedPeer; (got == nil) != (c.ApprovedPeer == nil) || got != nil && !bytes.Equal(got.Peer, *c.ApprovedPeer) {
			t.Errorf("%s: peer %+v, want %v", c.Name, got, c.ApprovedPeer)
		}
		var encoded []primitives.UpwardMessage
		if signals.SelectCore != nil {
			encoded = append(encoded, ump.AppendSignal(nil, *signals.SelectCore))
		}
		if signals.ApprovedPeer != nil {
			encoded = append(encoded, ump.AppendSignal(nil, *signals.ApprovedPeer))
		}
		for _, e := range encoded {
			found := false
			for _, m := range messages[c.Kept:] {
				found = found || bytes.Equal(e, m)
			}
			if !found {
				t.Errorf("%s: a signal encodes again as %x", c.Name, e)
			}
		}
	}
}
