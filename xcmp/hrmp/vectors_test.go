package hrmp_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
)

// hexText is bytes in hexadecimal.
type hexText []byte

func (h *hexText) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

// TestVectorsChannels compares with channels whose beginning polkadot-primitives
// encodes.
func TestVectorsChannels(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors/channels.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			First         uint32
			Head          hexText
			Deposit       string `json:"recipient_deposit"`
			Hex, Abridged hexText
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
		n := c.First
		want := hrmp.Channel{MaxCapacity: n, MaxTotalSize: n + 1, MaxMessageSize: n + 2, MsgCount: n + 3, TotalSize: n + 4, SenderDeposit: primitives.NewBalance(uint64(n) + 5)}
		if c.Head != nil {
			head := primitives.Hash(c.Head)
			want.MqcHead = &head
		}
		var got hrmp.Channel
		if err := scale.Unmarshal(c.Hex, &got); err != nil || !bytes.Equal(scale.Marshal(got), c.Hex) || !bytes.HasPrefix(c.Hex, c.Abridged) {
			t.Errorf("channel %d: %+v (%v)", n, got, err)
		}
		want.RecipientDeposit = got.RecipientDeposit // compared as text
		if got.RecipientDeposit.String() != c.Deposit || !bytes.Equal(scale.Marshal(want), c.Hex) {
			t.Errorf("channel %d is %+v, want %+v", n, got, want)
		}
	}
	reasons := map[string]error{"ErrShort": scale.ErrShort, "ErrTrailing": scale.ErrTrailing, "ErrOption": scale.ErrOption}
	for _, c := range file.Rejects {
		var channel hrmp.Channel
		if err := scale.Unmarshal(c.Hex, &channel); reasons[c.Want] == nil || !errors.Is(err, reasons[c.Want]) {
			t.Errorf("%s: %v, want %s", c.Name, err, c.Want)
		}
	}
}
