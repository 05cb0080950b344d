package plan

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// TestQuickOneHonestPeerSuffices lets an honest peer compete with up to eight of
// any kind. The node must reach the honest chain, within the time that the pauses
// allow, and must not report an honest peer. world checks the bounds at every step.
func TestQuickOneHonestPeerSuffices(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		best := primitives.BlockNumber(rapid.IntRange(0, 300).Draw(r, "best"))
		finalized := primitives.BlockNumber(rapid.IntRange(0, min(int(best), 39)).Draw(r, "finalized"))
		goal := primitives.BlockNumber(rapid.IntRange(1, 1500).Draw(r, "goal"))
		fork := byte(rapid.IntRange(0, 1).Draw(r, "fork"))
		w := newWorld(r, best, finalized)
		for n := range 256 {
			w.bad[primitives.Hash{99, byte(n)}] = true
		}
		others := rapid.SliceOfN(rapid.IntRange(0, 6), 0, 8).Draw(r, "others")
		first := rapid.IntRange(0, len(others)).Draw(r, "honest joins")
		for i := 0; i <= len(others); i++ {
			if i == first {
				w.join("honest", at(fork, goal), honest(fork, goal))
			}
			if i < len(others) {
				w.join(protocol.PeerID(fmt.Sprint("other ", i)), primitives.BlockID{Number: goal + primitives.BlockNumber(i*i), Hash: primitives.Hash{byte(i), 77}},
					kinds[others[i]](fork, goal))
			}
		}
		w.run(200_000, w.has(fork, goal))
		w.innocent("honest")
		for id, reports := range w.reports {
			var i int
			fmt.Sscanf(string(id), "other %d", &i)
			if slices.Contains([]int{0, 1, 2, 6}, others[i]) {
				r.Fatalf("peer of kind %d is reported for %v", others[i], reports)
			}
		}
	})
}

// kinds of peers; 0, 1, 2 and 6 are slow, mistaken or elsewhere, the rest lie.
var kinds = []func(fork byte, goal primitives.BlockNumber) behavior{
	func(byte, primitives.BlockNumber) behavior { return nil },
	func(fork byte, goal primitives.BlockNumber) behavior { return honest(fork, goal/2) },
	func(_ byte, goal primitives.BlockNumber) behavior { return honest(1, goal+7) },
	func(byte, primitives.BlockNumber) behavior {
		return func(from primitives.BlockNumber, max int) []Info {
			return []Info{{from, primitives.Hash{99, byte(from)}, block(0, from-1)}}
		}
	},
	func(byte, primitives.BlockNumber) behavior {
		return func(from primitives.BlockNumber, max int) []Info { return infos(0, from+1, max) }
	},
	func(byte, primitives.BlockNumber) behavior {
		return func(from primitives.BlockNumber, max int) []Info {
			return infos(0, from, max)[:max:max]
		}
	},
	func(byte, primitives.BlockNumber) behavior { // from nowhere
		return func(from primitives.BlockNumber, max int) []Info {
			return []Info{{from, primitives.Hash{98, byte(from)}, primitives.Hash{97}}}
		}
	},
}
