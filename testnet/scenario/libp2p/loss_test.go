package libp2p

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/rampart-chain/rampart/network/nettest"
	"github.com/rampart-chain/rampart/testnet/spec"
)

// TestLibp2pN11Loss has every link lose packets, and repeat some: finality must
// lag by at most two blocks more than the four it is allowed without, every slot
// must have its block, and everybody the same chain.
func TestLibp2pN11Loss(t *testing.T) {
	const blocks = 20
	g := genesisOf(t, "local", spec.Options{Validators: size()})
	for name, loss := range map[string]float64{"2 percent": 0.02, "10 percent": 0.10} {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && loss < 0.1 {
				t.Skip("the other case is harder")
			}
			synctest.Test(t, func(t *testing.T) {
				v := runValidators(t, g, size())
				v.net.Disturb(nettest.Faults{Loss: loss, Repeat: loss})
				v.within(30*slot, "whole mesh and first finalized blocks", func() bool { return v.meshed() && v.least() >= 2 })
				begin, first := time.Now(), v.most()
				for v.least() < first+blocks {
					for _, n := range v.nodes {
						if s := n.Snapshot(); s.Best.Number > s.Finalized.Number+6 {
							t.Fatalf("finality lags behind: %s", v)
						}
					}
					if time.Since(begin) > (blocks+8)*slot {
						t.Fatalf("%d blocks not finalized in %s: %s", blocks, time.Since(begin), v)
					}
					time.Sleep(slot / 4) // virtual
				}
				v.oneChain()
				if !v.meshed() {
					t.Errorf("connections were lost for good: %s", v)
				}
			})
		})
	}
}

// TestLibp2pC06OneWay has some links carry packets one way only, so that
// connections over them end: finality must go on through the others.
func TestLibp2pC06OneWay(t *testing.T) {
	g := genesisOf(t, "local", spec.Options{Validators: size()})
	synctest.Test(t, func(t *testing.T) {
		v := runValidators(t, g, size())
		v.within(30*slot, "whole mesh and first finalized blocks", func() bool { return v.meshed() && v.least() >= 2 })
		v.net.CutOneWay(0, 1, true)
		v.net.CutOneWay(2, 1, true)
		for range 3 {
			before := v.most()
			v.within(16*slot, "finality over the other links", func() bool { return v.least() > before+4 })
		}
		v.net.CutOneWay(0, 1, false)
		v.net.CutOneWay(2, 1, false)
		v.within(30*time.Second, "whole mesh after the fault", v.meshed)
		v.oneChain()
	})
}
