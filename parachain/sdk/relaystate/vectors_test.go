package relaystate_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"testing"

	"github.com/rampart-chain/rampart/parachain/sdk/relaystate"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/trie"
)

// hexText is bytes in hexadecimal.
type hexText []byte

func (h *hexText) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

func repeated(b byte) (h primitives.Hash) {
	for i := range h {
		h[i] = b
	}
	return h
}

// TestVectors reads a relay chain's state whose values polkadot-primitives encoded
// and sp-trie proved.
func TestVectors(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors/relaystate.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			Name, Want string
			Root       hexText
			Proof      []hexText
		}
	}
	if err := json.Unmarshal(text, &file); err != nil || len(file.Cases) == 0 {
		t.Fatalf("%d cases, %v", len(file.Cases), err)
	}
	reasons := map[string]error{
		"": nil, "ErrMissing": relaystate.ErrMissing, "ErrHead": relaystate.ErrHead, "ErrValue": relaystate.ErrValue,
		"trie.ErrMissingNode": trie.ErrMissingNode, "trie.ErrUnusedNode": trie.ErrUnusedNode, "trie.ErrDuplicateNode": trie.ErrDuplicateNode,
	}
	least := relaystate.State{
		Slot: 123456, SlotDuration: 6000, IncludedHead: primitives.HeadData{1, 2, 3}.Hash(),
		Limits: relaystate.Limits{MaxUpwardMessageSize: 5, MaxUpwardMessageNumPerCandidate: 6, HrmpMaxMessageNumPerCandidate: 7},
	}
	full := least
	full.DownwardHead = repeated(0x33)
	full.Limits.UpwardCount, full.Limits.UpwardSize = 12, 3456
	channel := func(peer primitives.ParaID, n uint32, head primitives.Hash) relaystate.Channel {
		return relaystate.Channel{Peer: peer, MaxCapacity: n, MaxTotalSize: n + 1, MaxMessageSize: n + 2, MsgCount: n + 3, TotalSize: n + 4, Head: head}
	}
	full.Ingress = []relaystate.Channel{channel(1, 100, repeated(0x44)), channel(3000, 200, primitives.Hash{})}
	full.Egress = []relaystate.Channel{channel(3000, 300, repeated(0x55))}
	states := map[string]relaystate.State{"everything": full, "nothing optional": least}
	for _, c := range file.Cases {
		var proof [][]byte
		for _, node := range c.Proof {
			proof = append(proof, node)
		}
		got, err := relaystate.Verify(proof, primitives.Hash(c.Root), 2000)
		want, known := reasons[c.Want]
		if !known || !errors.Is(err, want) {
			t.Errorf("%s: %v, want %q", c.Name, err, c.Want)
		}
		if state, has := states[c.Name]; has != (c.Want == "") || has && !reflect.DeepEqual(got, state) {
			t.Errorf("%s: %+v, want %+v", c.Name, got, state)
		}
	}
}
