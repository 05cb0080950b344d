package host

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/libp2p/go-libp2p/core/peer"
	rcmgr "github.com/libp2p/go-libp2p/p2p/host/resource-manager"
	"github.com/libp2p/go-libp2p/p2p/net/swarm"
	ma "github.com/multiformats/go-multiaddr"
)

// What the operator has reserved, on the command line or while the node runs, is apart
// from what is reserved for a validator (Reserve): ending one does not end the other.

// Bounds of what is reserved while the host runs.
const (
	maxKept        = 1024 // peers
	maxKeptAddress = 1024 // bytes of an address
)

// AddReserved makes the peer at a multiaddr that ends in /p2p/<peer id> a reserved one from
// now on, as Addresses.Reserved are: it is dialed at once, again whenever it is lost,
// and always let in. The error is that of the address, ErrOwnPeer, ErrTransport,
// ErrReservedFull, or that of ctx, which ends the wait for Run.
func (h *Host) AddReserved(ctx context.Context, address string) error {
	if len(address) > maxKeptAddress {
		return fmt.Errorf("address of %d bytes, want at most %d", len(address), maxKeptAddress)
	}
	info, err := peer.AddrInfoFromString(address)
	if err != nil {
		return fmt.Errorf("%q (want /ip4/…/tcp/…/p2p/<peer id>): %w", address, err)
	}
	if info.ID == h.ID() {
		return ErrOwnPeer
	}
	for _, addr := range info.Addrs {
		if !h.dialable(addr) {
			return fmt.Errorf("%w that this node was started with: %s", ErrTransport, addr)
		}
	}
	return h.change(ctx, keep{info: *info})
}

// RemoveReserved ends what AddReserved began; a peer that has no place otherwise is disconnected.
// The error is that of the peer id, or that of ctx.
func (h *Host) RemoveReserved(ctx context.Context, id string) error {
	p, err := peer.Decode(id)
	if err != nil {
		return fmt.Errorf("peer id %q: %w", id, err)
	}
	return h.change(ctx, keep{info: peer.AddrInfo{ID: p}, end: true})
}

// Reserved returns the ids of the peers that the operator has reserved, in ascending
// order of their bytes.
func (h *Host) Reserved() []string {
	kept := h.snapshot.Load().kept
	ids := make([]string, len(kept))
	for i, id := range kept {
		ids[i] = id.String()
	}
	return ids
}

// change has the loop do what k says, and waits until it is done.
func (h *Host) change(ctx context.Context, k keep) error {
	k.reply = make(chan error, 1)
	h.send(ctx, k)
	select {
	case err := <-k.reply:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// dialable says whether the host has a transport for addr. What a name stands for is
// not known before it is dialed.
func (h *Host) dialable(addr ma.Multiaddr) bool {
	if slices.ContainsFunc(addr.Protocols(), func(p ma.Protocol) bool { return strings.HasPrefix(p.Name, "dns") }) {
		return true
	}
	s, ok := h.host.Network().(*swarm.Swarm)
	return !ok || s.TransportForDialing(addr) != nil
}

// keep does what the operator wants.
func (l *loop) keep(in keep) error {
	id := in.info.ID
	if in.end {
		l.book.release(id)
	} else {
		if kept := l.book.kept(); len(kept) >= maxKept && !slices.Contains(kept, id) {
			return ErrReservedFull
		}
		l.book.keep(in.info)
		if l.contacts[id] != nil {
			l.book.connected(id)
		}
	}
	isBootnode := slices.ContainsFunc(l.addresses.bootnodes, func(b peer.AddrInfo) bool { return b.ID == id })
	l.gate.know(id, !in.end || isBootnode)
	l.allow(in)
	if c := l.contacts[id]; in.end && c != nil && c.admitted && l.place(id, c) != nil {
		l.close(id)
	}
	l.publish()
	return nil
}

// allow gives a reserved peer places of its own in libp2p's bounds, or takes them
// back.
func (l *loop) allow(in keep) {
	list := rcmgr.GetAllowlist(l.host.Network().ResourceManager())
	if list == nil { // the network of tests has no bounds
		return
	}
	change := list.Add
	if in.end {
		change = list.Remove
	}
	for _, addr := range numeric(l.book.addresses(in.info.ID), in.info.ID) {
		// An address that the list does not take has no place of its own.
		_ = change(addr)
	}
}

// numeric returns those of a peer's addresses that are IP addresses, with its id: for
// others no places can be kept.
func numeric(addrs []ma.Multiaddr, id peer.ID) []ma.Multiaddr {
	full, err := peer.AddrInfoToP2pAddrs(&peer.AddrInfo{ID: id, Addrs: addrs})
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(full, func(addr ma.Multiaddr) bool {
		_, not4 := addr.ValueForProtocol(ma.P_IP4)
		_, not6 := addr.ValueForProtocol(ma.P_IP6)
		return not4 != nil && not6 != nil
	})
}
