package node

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/rampart-chain/rampart/network/host"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Run runs the node until ctx ends or one of its shells fails; the error says
// which. Everything is closed when it returns. Call it once.
//
// Blocks pass from top to bottom:
//
//	network ─► sync, gossip ─► chain ─┬─► finality ───► chain (finalize)
//	                                  ├─► parachains ─► statements, bitfields ─► gossip
//	                                  └─► author ─────► chain (own block) ─► gossip
func (n *Node) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	run := func(name string, f func(context.Context) error) {
		group.Go(func() error {
			err := f(ctx)
			switch {
			case ctx.Err() != nil:
				return nil
			case err == nil:
				err = errors.New("ended by itself")
			}
			return fmt.Errorf("%s: %w", name, err)
		})
	}
	listeners := []chain.Listener{n.finality.Listener(ctx), n.syncListener()}
	if n.config.Validator {
		listeners = append(listeners, n.parachains.Listener(ctx), n.author.Listener())
	}
	listeners = append(listeners, n.config.Listeners...)
	run("gossip", n.gossip.Run)
	run("requests", n.requests.Run)
	run("host", n.host.Run)
	run("peers", n.followPeers)
	run("outbox", n.outbox.Run)
	run("sync", n.sync.Run)
	run("voted blocks", n.voted.Run)
	run("database", n.watchStore)
	run("chain", func(ctx context.Context) error { return n.chain.Run(ctx, listeners...) })
	run("finality", n.finality.Run)
	run("discovery", n.discovery.Run)
	if n.config.Validator {
		run("workers", n.runPool)
		run("parachains", n.parachains.Run)
		run("author", n.author.Run)
	}
	err := group.Wait()
	return errors.Join(err, n.Close())
}

// watchStore ends the node if the database fails between writes.
func (n *Node) watchStore(ctx context.Context) error {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
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
func (n *Node) followPeers(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case event := <-n.host.Events():
			switch e := event.(type) {
			case host.PeerConnected:
				n.sync.Claim(e.ID, primitives.BlockID{Number: e.Handshake.BestNumber, Hash: e.Handshake.BestHash})
				n.finality.Connected(protocol.PeerID(e.ID))
				n.discovery.Connected(protocol.PeerID(e.ID))
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
