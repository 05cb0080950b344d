package ump_test

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
	"github.com/rampart-chain/rampart/xcmp/ump"
)

// FuzzSplit takes any upward messages apart: what to execute comes first, and every
// other is a signal of its own kind.
func FuzzSplit(f *testing.F) {
	selected := ump.AppendSignal(nil, ump.SelectCore{CoreSelector: 1})
	f.Add(scaletest.Join(nil, selected))
	f.Add(scaletest.Join([]byte("xcm"), nil, selected, ump.AppendSignal(nil, ump.ApprovedPeer{Peer: []byte{1}})))
	f.Add(scaletest.Join(nil, selected, selected))
	f.Add(scaletest.Join(nil, nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		var messages []primitives.UpwardMessage
		for _, m := range scaletest.Split(data) {
			messages = append(messages, m)
		}
		first, signals, err := ump.Split(messages)
		if err != nil {
			return
		}
		n := 0
		if signals.SelectCore != nil {
			n++
		}
		if signals.ApprovedPeer != nil {
			n++
		}
		if rest := len(messages) - len(first); rest > 0 && rest != n+1 {
			t.Fatalf("%d messages: %d to execute, %d signals", len(messages), len(first), n)
		}
		for _, m := range first {
			if len(m) == 0 {
				t.Fatal("the empty message is among those to execute")
			}
		}
	})
}
