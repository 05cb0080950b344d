//go:build !wasip1

package inherent_test

import (
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/parachain/inclusion/inherent"
	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/parachain/shared/initializer"
	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
)

// credulous accepts every signature, so that foreign bytes get everywhere.
type credulous struct{}

func (credulous) Sr25519([32]byte, []byte, [64]byte) bool { return true }

func (credulous) Sr25519Batch(entries []crypto.Signed) []bool {
	return slices.Repeat([]bool{true}, len(entries))
}

// FuzzFilter feeds foreign bytes to a chain with a pending candidate: nothing
// panics, and what is kept is kept again.
func FuzzFilter(f *testing.F) {
	c := newChain(f, 4, initializer.Genesis{
		Host: configuration.Local(), Paras: []paras.Registration{registration(2000), registration(2001)},
		Cores: [][]primitives.ParaID{{2000}, {2001}}, Channels: []hrmp.Preopened{{From: 2001, To: 2000, Capacity: 1, Size: 60}},
	})
	c.must(c.data(nil, []primitives.BackedCandidate{c.next(2000, 0, 0, nil)}))
	send := func(m *primitives.CandidateCommitments) {
		m.HorizontalMessages = []primitives.OutboundHRMPMessage{{Recipient: 2000, Data: []byte("hello")}}
		m.UpwardMessages = []primitives.UpwardMessage{{}, {0, 0, 0}}
	}
	for _, data := range []primitives.ParachainsInherentData{
		c.data(nil, nil),
		c.data(c.available(4, 0), nil),
		c.data(c.available(2, 1), []primitives.BackedCandidate{c.next(2001, 1, 0, nil)}),
		c.data(c.available(3, 0), []primitives.BackedCandidate{c.next(2001, 1, 0, send), c.next(2000, 0, 0, nil)}),
	} {
		f.Add(data.AppendSCALE(nil))
	}
	f.Fuzz(func(t *testing.T, encoded []byte) {
		var data primitives.ParachainsInherentData
		if scale.Unmarshal(encoded, &data) != nil {
			return
		}
		data.ParentHeader = c.head
		kept, refused, err := inherent.Filter(c.open(false), credulous{}, data)
		if err != nil {
			t.Fatal(err)
		}
		items := len(data.Bitfields) + len(data.BackedCandidates) + len(data.Disputes)
		if len(kept.Bitfields)+len(kept.BackedCandidates)+len(refused) != items {
			t.Fatalf("%d items: %d and %d kept, %d refused", items, len(kept.Bitfields), len(kept.BackedCandidates), len(refused))
		}
		if _, more, err := inherent.Filter(c.open(false), credulous{}, kept); err != nil || len(more) > 0 {
			t.Fatalf("what Filter kept it refuses: %v %v", more, err)
		}
	})
}
