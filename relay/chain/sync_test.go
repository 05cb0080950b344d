package chain_test

import (
	"context"
	"testing"
	"time"

	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/crypto/cryptotest"
	"github.com/rampart-chain/rampart/relay/node"
)

// BenchmarkSync is a fresh node that fetches and executes 2,000 blocks without
// transactions from another one, over TCP on loopback, both in this process.
func BenchmarkSync(b *testing.B) {
	const blocks = 2000
	base := b.TempDir()
	w := newWorldOf(b, cryptotest.Real{}, slotDuration)
	w.stop()
	w.path = node.PathsOf(base, "").Database
	w.open()
	w.now *= 2
	last := w.grow(w.genesis.Header.Hash(), blocks)
	w.stop()

	open := func(c node.Config) *node.Node {
		c.Genesis, c.Network.Listen = w.genesis, []string{"/ip4/127.0.0.1/tcp/0"}
		n, err := node.New(c)
		if err != nil {
			b.Fatal(err)
		}
		return n
	}
	run := func(n *node.Node) (stop func()) {
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- n.Run(ctx) }()
		return func() {
			cancel()
			if err := <-ended; err != nil {
				b.Error(err)
			}
		}
	}
	full := open(node.Config{Name: "full", BasePath: base})
	defer run(full)()
	b.ResetTimer()
	b.StopTimer()
	for range b.N {
		done := make(chan struct{})
		fresh := open(node.Config{
			Name: "fresh", BasePath: b.TempDir(), Network: node.Network{Reserved: full.Addresses()},
			Listeners: []chain.Listener{{Imported: func(i chain.Imported) {
				if i.Header.Hash() == last {
					close(done)
				}
			}}},
		})
		b.StartTimer()
		stop := run(fresh)
		select {
		case <-done:
		case <-time.After(2 * time.Minute):
			b.Fatalf("at block %d of %d after two minutes", fresh.Status().Best.Number, blocks)
		}
		b.StopTimer()
		stop()
	}
	b.ReportMetric(float64(b.N*blocks)/b.Elapsed().Seconds(), "blocks/s")
}
