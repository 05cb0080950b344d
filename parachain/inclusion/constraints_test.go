package inclusion_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
	"github.com/rampart-chain/rampart/xcmp/ump"
)

// Constraints after two candidates never allow what the first ones used up: the
// sum of all that was accepted fits where it began.
func TestQuickConstraints(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		number := rapid.Uint32Range(0, 9)
		start := inclusion.Constraints{
			DownwardSentAt: []primitives.BlockNumber{2, 4, 4, 7},
			Watermarks:     hrmp.Watermarks{Blocks: []primitives.BlockNumber{1, 3, 6, 8}},
			OutboundRooms:  []hrmp.Room{{Recipient: 1, Messages: 2, Bytes: 9, MaxMessageSize: 5}, {Recipient: 2, Messages: 1, Bytes: 2, MaxMessageSize: 9}},
			Limits:         inclusion.Limits{MaxOutboundMessages: 2},
		}
		c := start
		var messages, size [3]int
		processed, last := 0, -1
		for range rapid.IntRange(1, 6).Draw(r, "candidates") {
			relay := primitives.BlockNumber(number.Draw(r, "relay parent"))
			m := primitives.CandidateCommitments{
				ProcessedDownwardMessages: number.Draw(r, "processed") % 4, HRMPWatermark: primitives.BlockNumber(number.Draw(r, "watermark")),
			}
			for recipient := range primitives.ParaID(3) {
				if rapid.Bool().Draw(r, "send") {
					m.HorizontalMessages = append(m.HorizontalMessages, primitives.OutboundHRMPMessage{Recipient: recipient, Data: make([]byte, rapid.IntRange(0, 6).Draw(r, "size"))})
				}
			}
			if relay < c.MinRelayParentNumber || c.CheckMessages(m, relay) != nil {
				continue
			}
			c = c.After(m, relay)
			processed += int(m.ProcessedDownwardMessages)
			for _, message := range m.HorizontalMessages {
				messages[message.Recipient]++
				size[message.Recipient] += len(message.Data)
			}
			if int(m.HRMPWatermark) < last || m.HRMPWatermark > relay {
				r.Fatalf("watermark %d after %d at %d", m.HRMPWatermark, last, relay)
			}
			last = int(m.HRMPWatermark)
		}
		if messages[0] > 0 || messages[1] > 2 || messages[2] > 1 || size[1] > 9 || size[2] > 2 || processed > 4 {
			r.Fatalf("%v messages of %v bytes, %d processed", messages, size, processed)
		}
		if len(c.DownwardSentAt) != 4-processed || !slices.IsSorted(c.Watermarks.Blocks) || len(start.DownwardSentAt) != 4 || start.OutboundRooms[0].Messages != 2 {
			r.Fatalf("constraints %+v of %+v", c, start)
		}
	})
}

// Source: polkadot-sdk primitives/src/v9, check_core_index.
func TestCoreSelected(t *testing.T) {
	claims := [][]primitives.ParaID{{1, 2}, {2, 1}, {1, 1}, {}}
	for _, c := range []struct {
		para   primitives.ParaID
		signal *ump.SelectCore
		core   primitives.CoreIndex
		want   bool
	}{
		{1, nil, 0, true}, {1, nil, 2, true}, {1, nil, 1, false}, {1, nil, 3, false}, {2, nil, 1, true}, {3, nil, 0, false},
		{1, &ump.SelectCore{}, 0, true},
		{1, &ump.SelectCore{CoreSelector: 1}, 2, true},
		{1, &ump.SelectCore{CoreSelector: 1}, 0, false},
		{1, &ump.SelectCore{CoreSelector: 2}, 0, true}, // modulo two cores
		{1, &ump.SelectCore{ClaimQueueOffset: 1}, 1, true},
		{1, &ump.SelectCore{ClaimQueueOffset: 1}, 0, false},
		{2, &ump.SelectCore{ClaimQueueOffset: 1, CoreSelector: 200}, 0, true},
		{1, &ump.SelectCore{ClaimQueueOffset: 2}, 0, false},
	} {
		if got := inclusion.CoreSelected(claims, c.para, c.signal, c.core); got != c.want {
			t.Errorf("para %d, signal %v, core %d: got %v", c.para, c.signal, c.core, got)
		}
	}
}
