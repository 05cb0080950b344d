package dmp_test

import (
	"encoding/hex"
	"errors"
	"testing"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/xcmp/dmp"
	"github.com/rampart-chain/rampart/xcmp/mqc"
)

// Source: polkadot-sdk primitives/src/v8, well_known_keys::dmq_mqc_head.
func TestKey(t *testing.T) {
	const want = "63f78c98723ddc9073523ef3beefda0c4d7fefc408aac59dbfe80a72ac8e3ce5"
	if got := hex.EncodeToString([]byte(dmp.DownwardMessageQueueHeads.Prefix)); got != want {
		t.Errorf("got %s want %s", got, want)
	}
}

func TestQueue(t *testing.T) {
	s := frame.NewState(frame.Memory{})
	var head primitives.Hash
	for i, at := range []primitives.BlockNumber{3, 3, 5} {
		message := []byte{byte(i)}
		if err := dmp.Send(s, 2000, at, message, 1); err != nil {
			t.Fatal(err)
		}
		head = mqc.Next(head, at, message)
	}
	if err := dmp.Send(s, 2000, 6, []byte("ab"), 1); !errors.Is(err, dmp.ErrMessageSize) {
		t.Errorf("too large: %v", err)
	}
	if got := dmp.DownwardMessageQueueHeads.Get(s, 2000); got != head {
		t.Errorf("head %s, folded %s", got, head)
	}
	dmp.Prune(s, 2000, 0)
	dmp.Prune(s, 2000, 2)
	if got := dmp.DownwardMessageQueues.Get(s, 2000); len(got) != 1 || got[0].SentAt != 5 || got[0].Message[0] != 2 {
		t.Errorf("queue: %v", got)
	}
	dmp.Prune(s, 2000, 1)
	if dmp.DownwardMessageQueues.Has(s, 2000) || dmp.DownwardMessageQueueHeads.Get(s, 2000) != head {
		t.Error("an empty queue stays, or the head changed")
	}
}

func TestQueueFull(t *testing.T) {
	s := frame.NewState(frame.Memory{})
	const size = 8 << 20
	for range 4 {
		if err := dmp.Send(s, 2000, 1, nil, size); err != nil {
			t.Fatal(err)
		}
	}
	if err := dmp.Send(s, 2000, 1, nil, size); !errors.Is(err, dmp.ErrQueueFull) {
		t.Errorf("got %v", err)
	}
}

func TestCheck(t *testing.T) {
	sent := []primitives.BlockNumber{4, 6}
	for _, c := range []struct {
		sent        []primitives.BlockNumber
		relayParent primitives.BlockNumber
		processed   uint32
		want        error
	}{
		{nil, 9, 0, nil},
		{nil, 9, 1, dmp.ErrUnderflow},
		{sent, 3, 0, nil},
		{sent, 4, 0, dmp.ErrNotAdvanced},
		{sent, 4, 1, nil},
		{sent, 9, 2, nil},
		{sent, 9, 3, dmp.ErrUnderflow},
		{sent, 9, 1<<32 - 1, dmp.ErrUnderflow},
	} {
		if err := dmp.Check(c.sent, c.relayParent, c.processed); !errors.Is(err, c.want) {
			t.Errorf("%v at %d, %d processed: got %v want %v", c.sent, c.relayParent, c.processed, err, c.want)
		}
	}
}
