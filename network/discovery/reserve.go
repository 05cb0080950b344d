package discovery

import (
	"context"
	"slices"

	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"

	"github.com/rampart-chain/rampart/network/discovery/book"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// maxMoves is how often in a session an authority may change its node or its
// addresses and be connected to still.
const maxMoves = 8

// reserver has connections to validators kept. The loop of Run owns it.
type reserver struct {
	*Discovery
	session primitives.SessionIndex
	kept    map[primitives.SR25519Public]kept
}

// kept is what the host was told last of an authority.
type kept struct {
	record book.Record
	moves  int // in this session
}

// reserve tells the host of what is new.
func (r *reserver) reserve(ctx context.Context) {
	r.mu.Lock()
	session, records := r.Discovery.session, r.book.Records()
	r.mu.Unlock()
	next := make(map[primitives.SR25519Public]kept, len(records))
	for _, s := range records {
		record := s.Record
		k := r.kept[record.Authority]
		if session != r.session {
			k.moves = 0
		}
		if !same(k.record, record) && record.Peer != r.own && k.moves < maxMoves {
			k = kept{record, k.moves + 1}
			r.config.Reserve(ctx, info(record))
		}
		next[record.Authority] = k
	}
	r.session, r.kept = session, next
}

// same says whether two records name the same node and addresses.
func same(a, b book.Record) bool {
	return a.Peer == b.Peer && slices.EqualFunc(a.Addresses, b.Addresses, slices.Equal[book.Address])
}

// info returns the node of a record. Addresses that cannot be read are left out.
func info(record book.Record) peer.AddrInfo {
	out := peer.AddrInfo{ID: peer.ID(record.PeerID())}
	for _, a := range record.Addresses {
		if addr, err := ma.NewMultiaddrBytes(a); err == nil {
			out.Addrs = append(out.Addrs, addr)
		}
	}
	return out
}
