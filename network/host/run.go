package host

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/event"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/supervise"
)

// maxDials bounds the dials at once.
const maxDials = 16

// loop is the state of Run. One goroutine owns it.
type loop struct {
	*Host
	contacts   map[peer.ID]*contact
	book       *dialBook
	reputation *reputation.Book
	outbox     outbox
	dials      int
	children   sync.WaitGroup
}

// Run dials peers, shakes hands and reports events until ctx ends; then it closes
// the libp2p host. Call it once.
func (h *Host) Run(ctx context.Context) error {
	defer h.Close()
	ctx, cancel := context.WithCancel(ctx)
	l := &loop{
		Host: h, contacts: map[peer.ID]*contact{}, book: newDialBook(),
		reputation: reputation.New(h.config.Reputation),
	}
	if !h.config.Limits.ReservedOnly {
		for _, info := range h.addresses.bootnodes {
			l.know(info, bootnode)
		}
	}
	for _, info := range h.addresses.reserved {
		if info.ID != h.ID() {
			l.book.keep(info)
		}
	}
	l.publish()
	defer l.children.Wait()
	defer cancel()
	l.children.Go(func() { h.requests.Run(ctx) })
	if h.config.MDNS {
		if stop, err := h.discover(); err == nil {
			defer stop()
		} else { // the node works without it
			h.config.Logger.Warn("mdns is off", zap.Error(err))
		}
	}
	return l.run(ctx)
}

func (l *loop) run(ctx context.Context) error {
	wake := time.NewTimer(0)
	defer wake.Stop()
	for {
		l.config.Beat.Alive()
		var events chan Event
		next, any := l.outbox.first()
		if any {
			events = l.events
		}
		select {
		case <-ctx.Done():
			return nil
		case events <- next:
			l.outbox.taken()
			continue
		case change, open := <-l.changes.Out():
			if !open {
				return ErrClosed
			}
			l.changed(ctx, change.(event.EvtPeerConnectednessChanged).Peer)
		case in := <-l.inputs:
			l.step(ctx, in)
		case <-wake.C:
		}
		wake.Reset(l.tend(ctx, time.Now()))
	}
}

// step handles one input.
func (l *loop) step(ctx context.Context, in input) {
	switch in := in.(type) {
	case dialed:
		l.dialed(ctx, in)
	case greeted:
		l.greeted(in)
	case hello:
		in.reply <- l.hello(in)
	case heard:
		for _, info := range in.infos {
			l.know(info, heardOf)
		}
	case reserve:
		l.know(in.info, reserved)
	case keep:
		in.reply <- l.keep(in)
	case exchanged:
		if c := l.contacts[in.id]; c != nil {
			c.asking = false
			c.nextAsk = time.Now().Add(c.askPause)
			c.askPause = min(2*c.askPause, lastAsk)
		}
	case reported:
		l.reported(in)
	}
}

// know makes a peer known that is not this node.
func (l *loop) know(info peer.AddrInfo, r rank) {
	if info.ID == l.ID() {
		return
	}
	l.book.add(info, r)
	if l.contacts[info.ID] != nil {
		l.book.connected(info.ID)
	}
}

func (l *loop) reported(in reported) {
	now := millis(time.Now())
	if !l.reputation.Report(now, protocol.PeerID(in.id), in.reason) {
		return
	}
	l.metrics.banned.Inc()
	l.config.Logger.Warn("peer banned", zap.Stringer("peer", in.id), zap.String("reason", string(in.reason)))
	l.gate.set(in.id, true)
	until, _ := l.reputation.Banned(now, protocol.PeerID(in.id))
	l.book.hold(in.id, time.Now(), time.Duration(until-now)*time.Millisecond)
	l.close(in.id)
}

func millis(t time.Time) primitives.Millis { return primitives.Millis(t.UnixMilli()) }

// close ends the connections to id; the change is handled when libp2p reports it.
func (l *loop) close(id peer.ID) {
	l.children.Go(func() { l.host.Network().ClosePeer(id) })
}

// tend does what is due and returns how long until something is due again.
func (l *loop) tend(ctx context.Context, now time.Time) time.Duration {
	next := now.Add(supervise.Idle)
	sooner := func(t time.Time) {
		if t.Before(next) {
			next = t
		}
	}
	more := l.wantMore()
	for id, c := range l.contacts {
		switch {
		case !c.admitted && !now.Before(c.deadline):
			c.deadline = now.Add(handshakeTimeout)
			l.close(id)
		case !c.admitted:
			sooner(c.deadline)
		case c.asking || !more:
		case now.Before(c.nextAsk):
			sooner(c.nextAsk)
		default:
			c.asking = true
			l.children.Go(func() { l.ask(ctx, id) })
		}
	}
	l.unban(now, sooner)
	for _, info := range l.book.due(now, maxDials-l.dials, more) {
		l.dials++
		l.children.Go(func() { l.dial(ctx, info) })
	}
	if at, any := l.book.nextDial(more); any && l.dials < maxDials {
		sooner(at)
	}
	return max(next.Sub(now), time.Millisecond)
}

// wantMore says whether the node looks for more peers.
func (l *loop) wantMore() bool {
	total, outbound := 0, 0
	for _, c := range l.contacts {
		if c.admitted {
			total++
			if c.outbound {
				outbound++
			}
		}
	}
	limits := l.config.Limits
	return !limits.ReservedOnly && (total < limits.Target || total < limits.Peers && outbound < limits.Outbound)
}

// unban ends bans that are over.
func (l *loop) unban(now time.Time, sooner func(time.Time)) {
	for id := range *l.gate.banned.Load() {
		if until, banned := l.reputation.Banned(millis(now), protocol.PeerID(id)); banned {
			sooner(time.UnixMilli(int64(until)))
		} else {
			l.gate.set(id, false)
		}
	}
}

// dial dials info and tells the loop. libp2p's own pauses between dials, which
// grow to minutes, do not count: ours do.
func (l *loop) dial(ctx context.Context, info peer.AddrInfo) {
	dialing, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	if s, ok := l.host.Network().(*swarm.Swarm); ok {
		s.Backoff().Clear(info.ID)
	}
	l.send(ctx, dialed{info.ID, l.host.Connect(dialing, info)})
}

// publish shows the present state to other goroutines.
func (l *loop) publish() {
	s := &snapshot{talking: map[peer.ID]bool{}, kept: l.book.kept()}
	for id, c := range l.contacts {
		if c.admitted || c.greeting {
			s.talking[id] = true
		}
		if c.admitted {
			p := Peer{ID: id, Handshake: c.handshake, Outbound: c.outbound}
			if conns := l.host.Network().ConnsToPeer(id); len(conns) > 0 {
				p.Address = conns[0].RemoteMultiaddr().String()
			}
			s.peers = append(s.peers, p)
		}
	}
	slices.SortFunc(s.peers, func(a, b Peer) int { return strings.Compare(string(a.ID), string(b.ID)) })
	l.snapshot.Store(s)
	l.metrics.peers.Set(float64(len(s.peers)))
}
