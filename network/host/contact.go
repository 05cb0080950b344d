package host

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/request"
)

// contact is a peer with a libp2p connection.
type contact struct {
	since     time.Time
	deadline  time.Time // for the handshake
	outbound  bool
	greeting  bool // our handshake is under way
	admitted  bool
	leaving   bool // refused; the connection is about to end
	handshake protocol.Handshake
	asking    bool // our request for addresses is under way
	nextAsk   time.Time
	askPause  time.Duration
}

// changed compares what we think of the connection to id with what libp2p says.
func (l *loop) changed(ctx context.Context, id peer.ID) {
	now := time.Now()
	c, known := l.contacts[id]
	connected := l.host.Network().Connectedness(id) == network.Connected
	switch {
	case connected && !known:
		c = l.contact(id)
		if c.outbound {
			l.greet(ctx, id, c)
		}
	case !connected && known:
		delete(l.contacts, id)
		if c.admitted { // by now identify has told where the peer listens
			l.book.add(peer.AddrInfo{ID: id, Addrs: l.host.Peerstore().Addrs(id)}, met)
		}
		if now.Sub(c.since) >= steady {
			l.book.ended(id, now, rand.Float64())
		} else {
			l.book.failed(id, now, rand.Float64())
		}
		if c.admitted {
			l.metrics.left.Inc()
			l.outbox.put(PeerDisconnected{id})
		}
		l.publish()
	}
}

// contact returns the contact with a connected peer, a new one if need be.
func (l *loop) contact(id peer.ID) *contact {
	if c := l.contacts[id]; c != nil {
		return c
	}
	now := time.Now()
	c := &contact{since: now, deadline: now.Add(handshakeTimeout), askPause: firstAsk}
	c.outbound = l.outbound(id)
	l.contacts[id] = c
	l.book.connected(id)
	return c
}

// outbound says whether there is a connection to id that we have dialed.
func (l *loop) outbound(id peer.ID) bool {
	return slices.ContainsFunc(l.host.Network().ConnsToPeer(id), func(c network.Conn) bool {
		return c.Stat().Direction == network.DirOutbound
	})
}

func (l *loop) dialed(ctx context.Context, in dialed) {
	l.dials--
	now := time.Now()
	if in.err != nil {
		if l.host.Network().Connectedness(in.id) == network.Connected {
			return // the peer was faster; its own event follows
		}
		l.book.failed(in.id, now, rand.Float64())
		level := zap.DebugLevel
		if e := l.book.entries[in.id]; e != nil && e.effective() >= bootnode && e.failures == 1 {
			level = zap.WarnLevel
		}
		l.config.Logger.Log(level, "dial failed", zap.Stringer("peer", in.id), zap.NamedError("reason", in.err))
		return
	}
	if l.host.Network().Connectedness(in.id) != network.Connected {
		l.book.failed(in.id, now, rand.Float64())
		return
	}
	c := l.contact(in.id)
	c.outbound = l.outbound(in.id)
	l.greet(ctx, in.id, c)
}

// greet begins our handshake with id unless it is not needed.
func (l *loop) greet(ctx context.Context, id peer.ID, c *contact) {
	if c.greeting || c.admitted || c.leaving {
		return
	}
	c.greeting = true
	l.publish()
	l.children.Go(func() { l.Host.greet(ctx, id) })
}

func (l *loop) greeted(in greeted) {
	c := l.contacts[in.id]
	if c == nil {
		return
	}
	c.greeting = false
	err := in.err
	if err == nil && !c.admitted {
		err = l.place(in.id, c)
	}
	if err == nil {
		l.admit(in.id, c, in.handshake)
		return
	}
	if !c.admitted {
		c.leaving = true
		l.refuse(in.id, err)
		l.close(in.id)
	}
	l.publish()
}

// hello decides on the handshake of a peer.
func (l *loop) hello(in hello) error {
	if l.host.Network().Connectedness(in.id) != network.Connected {
		return refusedGone
	}
	c := l.contact(in.id)
	err := protocol.Check(l.config.Status(), in.handshake)
	if err != nil {
		err = request.Refusal(err.(protocol.Reason))
	} else if !c.admitted {
		err = l.place(in.id, c)
	}
	if err != nil {
		// The peer closes when it has read why; if it does not, the deadline of the
		// handshake does.
		l.refuse(in.id, err)
		return err
	}
	l.admit(in.id, c, in.handshake)
	return nil
}

// place says whether there is room for one more peer. A bootnode that we dialed
// always has a place: else peers that came while it was away could keep the node
// from everybody who is honest.
func (l *loop) place(id peer.ID, c *contact) error {
	switch l.book.rank(id) {
	case reserved:
		return nil
	case bootnode:
		if c.outbound {
			return nil
		}
	}
	limits := l.config.Limits
	if limits.ReservedOnly {
		return refusedFull
	}
	total, inbound := 0, 0
	for other, c := range l.contacts {
		if other == id || !c.admitted || l.book.rank(other) == reserved {
			continue
		}
		total++
		if !c.outbound {
			inbound++
		}
	}
	if total >= limits.Peers || !c.outbound && inbound >= limits.Peers-limits.Outbound {
		return refusedFull
	}
	return nil
}

// refuse notes that there will be no handshake with id, and why.
func (l *loop) refuse(id peer.ID, err error) {
	now := time.Now()
	reason := "failed"
	level := zap.DebugLevel
	switch {
	case foreign(err):
		reason = "different chain or version"
		l.book.hold(id, now, refusedPause)
		if l.book.rank(id) >= bootnode {
			level = zap.WarnLevel
		}
	case errors.Is(err, refusedFull):
		reason = "full"
		l.book.hold(id, now, fullPause)
	}
	l.metrics.refused.WithLabelValues(reason).Inc()
	l.config.Logger.Log(level, "handshake refused", zap.Stringer("peer", id), zap.NamedError("reason", err))
}

// admit lets id in, or takes note of its new handshake.
func (l *loop) admit(id peer.ID, c *contact, handshake protocol.Handshake) {
	c.handshake = handshake
	if !c.admitted {
		c.admitted = true
		l.metrics.joined.Inc()
		l.config.Logger.Debug("peer connected", zap.Stringer("peer", id), zap.Stringer("role", handshake.Role))
	}
	l.outbox.put(PeerConnected{id, handshake})
	l.publish()
}
