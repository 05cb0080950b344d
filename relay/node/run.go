package node

import (
	"context"
	"errors"
	"fmt"
	"runtime/pprof"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/network/host"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/signer"
	"github.com/rampart-chain/rampart/relay/supervise"
)

// Run runs the node until ctx ends or one of its shells fails; the error says
// which. Everything is closed when it returns. Call it once.
//
// Blocks pass from top to bottom:
//
//	network ─► sync, gossip ─► chain ─┬─► finality ───► chain (finalize)
//	                                  ├─► parachains ─► statements, bitfields ─► gossip
//	users, gossip ─► transactions ◄───┤
//	                      └───────────┴─► author ─────► chain (own block) ─► gossip
func (n *Node) Run(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	run := n.loops.Go
	listeners := []chain.Listener{n.finality.Listener(ctx), n.transactions.Listener(ctx), n.syncListener(), {Imported: n.logImported}}
	if n.config.Validator {
		listeners = append(listeners, n.parachains.Listener(ctx), n.author.Listener())
	}
	if n.rpc != nil {
		listeners = append(listeners, n.feed.Listener())
		run("rpc", n.rpc.Run)
	}
	listeners = append(listeners, n.config.Listeners...)
	run("gossip", n.gossip.Run)
	run("requests", n.requests.Run)
	run("host", n.host.Run)
	peers, database := n.loops.Beat("peers"), n.loops.Beat("database")
	run("peers", func(ctx context.Context) error { return n.followPeers(ctx, peers) })
	run("outbox", n.outbox.Run)
	run("sync", n.sync.Run)
	run("voted blocks", n.voted.Run)
	run("database", func(ctx context.Context) error { return n.watchStore(ctx, database) })
	run("chain", func(ctx context.Context) error { return n.chain.Run(ctx, listeners...) })
	run("grandpa", n.finality.Run)
	run("transactions", n.transactions.Run)
	run("discovery", n.discovery.Run)
	if n.config.Validator {
		keystore := n.loops.Beat("keystore")
		run("keystore", func(ctx context.Context) error { return n.followKeys(ctx, keystore) })
		run("workers", n.runPool)
		run("parachains", n.parachains.Run)
		run("babe", n.author.Run)
	}
	err := n.loops.Run(ctx)
	if errors.Is(err, supervise.ErrHung) {
		return err // what still runs uses what Close would take away
	}
	if errors.Is(err, signer.ErrForeign) {
		err = errors.Join(fmt.Errorf("%w; find and stop the other node before this one is started again, its keys then wait for the next session", err), n.disk.distrust())
	}
	return errors.Join(err, n.Close())
}

// supervised returns what runs the shells.
func (n *Node) supervised() *supervise.Loops {
	c := n.config.Loops
	stuck := c.Stuck
	c.Stuck = func(loops []string) {
		var trace strings.Builder
		_ = pprof.Lookup("goroutine").WriteTo(&trace, 1) // a Builder takes everything
		text := trace.String()
		n.log.Error("loop is stuck", zap.Strings("loops", loops), zap.String("goroutines", text[:min(len(text), maxTrace)]))
		if stuck != nil {
			stuck(loops)
		}
	}
	return supervise.New(c)
}

// maxTrace bounds the trace of goroutines in a log, in bytes.
const maxTrace = 64 << 10

// watchStore ends the node if the database fails between writes.
func (n *Node) watchStore(ctx context.Context, beat supervise.Beat) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		beat.Alive()
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			if err := n.disk.store.Err(); err != nil {
				return err
			}
		}
	}
}

// followPeers tells the shells of peers that come and go.
func (n *Node) followPeers(ctx context.Context, beat supervise.Beat) error {
	idle := time.NewTicker(supervise.Idle)
	defer idle.Stop()
	for {
		beat.Alive()
		select {
		case <-ctx.Done():
			return nil
		case <-idle.C:
		case event := <-n.host.Events():
			switch e := event.(type) {
			case host.PeerConnected:
				n.meet()
				n.sync.Claim(e.ID, primitives.BlockID{Number: e.Handshake.BestNumber, Hash: e.Handshake.BestHash})
				n.finality.Connected(protocol.PeerID(e.ID))
				n.discovery.Connected(protocol.PeerID(e.ID))
				n.transactions.Connected(protocol.PeerID(e.ID))
				if n.parachains != nil {
					n.parachains.Connected(protocol.PeerID(e.ID))
				}
			case host.PeerDisconnected:
				n.sync.Gone(ctx, e.ID)
				if n.parachains != nil {
					n.parachains.Disconnected(protocol.PeerID(e.ID))
				}
			}
		}
	}
}
