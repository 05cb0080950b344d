package ump_test

import (
	"encoding/hex"
	"errors"
	"testing"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/xcmp/ump"
)

func TestSplit(t *testing.T) {
	core := primitives.UpwardMessage{0, 3, 1}
	peer := primitives.UpwardMessage{1, 8, 'a', 'b'}
	type messages = []primitives.UpwardMessage
	for name, c := range map[string]struct {
		in     messages
		queued int
		core   bool
		peer   bool
		want   error
	}{
		"none":             {nil, 0, false, false, nil},
		"messages":         {messages{{9}, {8}}, 2, false, false, nil},
		"separator only":   {messages{{9}, {}}, 1, false, false, nil},
		"core":             {messages{{}, core}, 0, true, false, nil},
		"both":             {messages{{9}, {}, peer, core}, 1, true, true, nil},
		"core twice":       {messages{{}, core, core}, 0, false, false, ump.ErrSignals},
		"peer twice":       {messages{{}, peer, peer}, 0, false, false, ump.ErrSignals},
		"three":            {messages{{}, peer, core, peer}, 0, false, false, ump.ErrSignals},
		"second separator": {messages{{}, core, {}}, 0, false, false, ump.ErrSignal},
		"unknown":          {messages{{}, {2}}, 0, false, false, ump.ErrSignal},
		"short":            {messages{{}, {0, 3}}, 0, false, false, ump.ErrSignal},
		"trailing":         {messages{{}, {0, 3, 1, 0}}, 0, false, false, ump.ErrSignal},
		"long peer":        {messages{{}, append(primitives.UpwardMessage{1, 5, 1}, make([]byte, 65)...)}, 0, false, false, ump.ErrSignal},
	} {
		queued, signals, err := ump.Split(c.in)
		if !errors.Is(err, c.want) || len(queued) != c.queued || (signals.SelectCore != nil) != c.core || (signals.ApprovedPeer != nil) != c.peer {
			t.Errorf("%s: %v %+v %v", name, queued, signals, err)
		}
		if c.core && *signals.SelectCore != (ump.SelectCore{CoreSelector: 3, ClaimQueueOffset: 1}) {
			t.Errorf("%s: %+v", name, signals.SelectCore)
		}
	}
}

func TestCheck(t *testing.T) {
	room := ump.Capacity{Count: 2, Size: 5}
	for _, c := range []struct {
		sizes []int
		room  ump.Capacity
		want  error
	}{
		{nil, ump.Capacity{}, nil},
		{[]int{1}, ump.Capacity{}, ump.ErrNoRoom},
		{[]int{2, 3}, room, nil},
		{[]int{3, 3}, room, ump.ErrNoRoom},
		{[]int{1, 1, 1}, room, ump.ErrNoRoom},
		{[]int{4}, room, ump.ErrMessageSize},
		{[]int{1, 1, 1, 1}, ump.Capacity{Count: 9, Size: 9}, ump.ErrMessageCount},
	} {
		var messages []primitives.UpwardMessage
		for _, size := range c.sizes {
			messages = append(messages, make([]byte, size))
		}
		if err := ump.Check(messages, c.room, 3, 3); !errors.Is(err, c.want) {
			t.Errorf("sizes %v in %v: got %v want %v", c.sizes, c.room, err, c.want)
		}
	}
}

// Parachains read how much they may send at this key.
func TestCapacityKey(t *testing.T) {
	s := frame.NewState(frame.Memory{})
	if ump.Remaining(s, 2000) != (ump.Capacity{}) {
		t.Error("an unknown para has room")
	}
	ump.Genesis(s, 2000)
	const want = "3a72656c61795f64697370617463685f71756575655f72656d61696e696e675f6361706163697479" + "d0070000"
	if got := hex.EncodeToString(ump.CapacityKey(2000)); got != want {
		t.Errorf("key %s, want %s", got, want)
	}
	if raw := s.Get(ump.CapacityKey(2000)); hex.EncodeToString(raw) != "0000000000000000" {
		t.Errorf("value %x", raw)
	}
}
