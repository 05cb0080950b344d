package libp2p

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/rampart-chain/rampart/testnet/scenario/engine"
	"github.com/rampart-chain/rampart/testnet/spec"
)

// size is how many validators run.
func size() int {
	if engine.Long() {
		return 12
	}
	return 4
}

// TestLibp2pC04Split cuts a network into halves, for less and for more time than
// connections live without packets, and heals it: neither half may finalize
// anything meanwhile; within ten slots the network must, and within 30 s all
// pairs must be connected (N10).
func TestLibp2pC04Split(t *testing.T) {
	g := genesisOf(t, "local", spec.Options{Validators: size()})
	for name, lasts := range map[string]time.Duration{"30s": 30 * time.Second, "2m": 2 * time.Minute} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && lasts > time.Minute {
				t.Skip("minutes of four nodes")
			}
			synctest.Test(t, func(t *testing.T) {
				v := runValidators(t, g, size())
				v.within(30*slot, "three finalized blocks", func() bool { return v.least() >= 3 })
				v.within(30*time.Second, "whole mesh", v.meshed)
				v.split(true)
				time.Sleep(2 * slot) // virtual: what was on its way may still finalize
				before := v.most()
				time.Sleep(lasts - 2*slot) // virtual
				if v.most() != before {
					t.Errorf("half of the validators finalized #%d after #%d", v.most(), before)
				}
				v.split(false)
				healed := time.Now()
				t.Logf("at the end of the split: %s", v)
				finality := v.within(10*slot, "finality after the split", func() bool { return v.least() > before })
				v.within(30*time.Second-time.Since(healed), "whole mesh after the split", v.meshed)
				mesh := time.Since(healed)
				v.within(30*slot, "lag of at most four", func() bool { return v.nodes[0].Snapshot().Best.Number-v.least() <= 4 })
				v.oneChain()
				t.Logf("finality %s after the end of the split, all pairs connected after %s: %s", finality, mesh, v)
			})
		})
	}
}
