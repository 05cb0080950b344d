package libp2p

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"

	"github.com/rampart-chain/rampart/network/nettest"
	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/genesis"
	"github.com/rampart-chain/rampart/relay/node"
	"github.com/rampart-chain/rampart/relay/supervise"
	"github.com/rampart-chain/rampart/testnet/spec"
)

// TestStuckLoopEndsTheNode has a listener hold the chain's loop for ever: the node
// must end by itself and name the chain, though the loop does not end.
func TestStuckLoopEndsTheNode(t *testing.T) {
	g := genesisOf(t, "dev", spec.Options{})
	synctest.Test(t, func(t *testing.T) { stuck(t, g) })
}

func stuck(t *testing.T, g genesis.Genesis) {
	hold := make(chan struct{})
	core, logs := observer.New(zapcore.ErrorLevel)
	network := nettest.New(t, time.Millisecond)
	imported := make(chan time.Time, 1)
	n, err := node.New(node.Config{
		Name: "alice", BasePath: t.TempDir(), Genesis: g, Validator: true, WorkerPath: "/nonexistent", DevKeys: []string{"//Alice"},
		Network: node.Network{Listen: []string{network.Addr(0)}, Options: network.Options()},
		Logger:  zap.New(core),
		Listeners: []chain.Listener{{Imported: func(i chain.Imported) {
			if i.Header.Number == 3 {
				imported <- time.Now()
				<-hold
			}
		}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if h := n.Health(); len(h.Reasons) != 0 || h.ShouldHavePeers {
		t.Errorf("unwell before Run: %+v", h)
	}
	time.AfterFunc(25*time.Second, func() {
		h := n.Health()
		if !strings.Contains(strings.Join(h.Reasons, ";"), "chain is silent for ") || h.Subsystems["chain"] < 20 {
			t.Errorf("health while the chain is stuck: %+v", h)
		}
	})
	err = n.Run(t.Context())
	took := time.Since(<-imported)
	if !errors.Is(err, supervise.ErrSilent) || !errors.Is(err, supervise.ErrHung) || !strings.Contains(err.Error(), "chain") {
		t.Errorf("Run returned %v, want that the chain is stuck", err)
	}
	if took > 45*time.Second {
		t.Errorf("Run returned %s after the last sign of life, want at most 45s", took)
	}
	if entries := logs.FilterMessage("loop is stuck").All(); len(entries) == 0 || !strings.Contains(entries[0].ContextMap()["goroutines"].(string), "stuck") {
		t.Errorf("no trace of the stuck loop in the log: %v", logs.All())
	}
	close(hold)
	synctest.Wait()
	if err := n.Close(); err != nil {
		t.Error(err)
	}
}
