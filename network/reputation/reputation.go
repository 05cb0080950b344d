package reputation

import (
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Params are the scale of faults. The zero value means the defaults.
type Params struct {
	// Threshold is the fault at which a peer is banned, in points (see the costs
	// of Reason). Default 100,000.
	Threshold uint64
	// HalfLife is the time in which a fault halves. Default one minute.
	HalfLife primitives.Millis
	// Ban is how long a ban lasts. Default ten minutes.
	Ban primitives.Millis
	// Peers bounds the peers remembered; the least guilty is forgotten first.
	// Default 4096.
	Peers int
}

func (p Params) withDefaults() Params {
	if p.Threshold == 0 {
		p.Threshold = 100_000
	}
	if p.HalfLife == 0 {
		p.HalfLife = 60_000
	}
	if p.Ban == 0 {
		p.Ban = 600_000
	}
	if p.Peers <= 0 {
		p.Peers = 4096
	}
	return p
}

// record is what is known of one peer at moment at.
type record struct {
	fault, lateness uint64 // points
	at              primitives.Millis
	bannedUntil     primitives.Millis // 0: not banned
}

// Book remembers the faults of peers. It is used by one goroutine; time is an
// argument and must not decrease.
type Book struct {
	params Params
	peers  map[protocol.PeerID]record
}

// New returns an empty Book.
func New(p Params) *Book {
	return &Book{params: p.withDefaults(), peers: map[protocol.PeerID]record{}}
}

// Report charges peer for r and returns whether the peer is banned by it. It is
// true once per ban: reports about a banned peer are ignored.
func (b *Book) Report(now primitives.Millis, peer protocol.PeerID, r Reason) (banned bool) {
	rec := b.at(now, peer)
	if rec.bannedUntil != 0 {
		return false
	}
	if r.late() {
		rec.lateness = min(rec.lateness+r.cost(), b.params.Threshold)
	} else {
		rec.fault += r.cost()
	}
	if rec.fault >= b.params.Threshold {
		rec = record{at: now, bannedUntil: now + b.params.Ban}
	}
	if _, known := b.peers[peer]; !known && len(b.peers) >= b.params.Peers {
		b.forget(now)
	}
	b.peers[peer] = rec
	return rec.bannedUntil != 0
}

// Score returns how much peer is to be preferred: 0 for a peer without faults,
// less for one with faults or lateness.
func (b *Book) Score(now primitives.Millis, peer protocol.PeerID) int64 {
	rec := b.at(now, peer)
	if rec.bannedUntil != 0 {
		return -2 * int64(b.params.Threshold)
	}
	return -int64(rec.fault + rec.lateness)
}

// Banned reports whether peer is banned at now, and until when.
func (b *Book) Banned(now primitives.Millis, peer protocol.PeerID) (until primitives.Millis, banned bool) {
	until = b.at(now, peer).bannedUntil
	return until, until != 0
}

// Next returns the end of the first ban to end; false if no peer is banned.
func (b *Book) Next() (primitives.Millis, bool) {
	var first primitives.Millis
	for _, rec := range b.peers {
		if rec.bannedUntil != 0 && (first == 0 || rec.bannedUntil < first) {
			first = rec.bannedUntil
		}
	}
	return first, first != 0
}

// at returns the record of peer with its points faded to now.
func (b *Book) at(now primitives.Millis, peer protocol.PeerID) record {
	rec, known := b.peers[peer]
	if !known || rec.bannedUntil != 0 && now >= rec.bannedUntil {
		return record{at: now}
	}
	if now <= rec.at || rec.bannedUntil != 0 {
		return rec
	}
	halves := uint64((now - rec.at) / b.params.HalfLife)
	if halves >= 64 {
		return record{at: now}
	}
	rec.fault >>= halves
	rec.lateness >>= halves
	rec.at += primitives.Millis(halves) * b.params.HalfLife
	return rec
}

// forget drops the least guilty peer, the lesser name among equals; of banned
// peers the one whose ban ends first.
func (b *Book) forget(now primitives.Millis) {
	var victim protocol.PeerID
	var least record
	found := false
	for peer := range b.peers {
		rec := b.at(now, peer)
		if !found || less(rec, peer, least, victim) {
			victim, least, found = peer, rec, true
		}
	}
	delete(b.peers, victim)
}

func less(a record, peerA protocol.PeerID, b record, peerB protocol.PeerID) bool {
	if a.bannedUntil != b.bannedUntil {
		return a.bannedUntil < b.bannedUntil
	}
	if ga, gb := a.fault+a.lateness, b.fault+b.lateness; ga != gb {
		return ga < gb
	}
	return peerA < peerB
}
