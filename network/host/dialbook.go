package host

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	ma "github.com/multiformats/go-multiaddr"
)

const (
	firstPause = time.Second
	// After a partition every pair must be connected within 30 s: a dial that was
	// under way when it ended may take dialTimeout to fail, and then comes a pause.
	lastPause = 20 * time.Second

	// maxKnown bounds the peers remembered, maxAddresses the addresses of each.
	maxKnown     = 1024
	maxAddresses = 8
	// giveUp is after how many failed dials a peer that was never met is forgotten.
	giveUp = 4
)

// rank is how much a peer is wanted.
type rank int

const (
	heardOf  rank = iota // somebody says it exists
	met                  // there was a handshake once
	bootnode             // configured
	reserved             // always let in
)

// entry is one peer that may be dialed.
type entry struct {
	info     peer.AddrInfo
	rank     rank // without what the operator wants
	kept     bool // the operator has reserved it
	failures int
	next     time.Time // earliest next dial
	busy     bool      // being dialed, or connected
}

// effective is how much the peer is wanted, by the operator too.
func (e *entry) effective() rank {
	if e.kept {
		return reserved
	}
	return e.rank
}

// dialBook knows whom to dial and when. It is used by one goroutine; time and
// chance are arguments.
type dialBook struct{ entries map[peer.ID]*entry }

func newDialBook() *dialBook { return &dialBook{entries: map[peer.ID]*entry{}} }

// add makes info known, or adds its addresses to a known peer, whose rank only
// rises. A full book ignores hearsay, and forgets some for a peer that was met.
func (b *dialBook) add(info peer.AddrInfo, r rank) {
	e := b.entries[info.ID]
	if e == nil {
		if r < bootnode && len(b.entries) >= maxKnown && (r == heardOf || !b.forget()) {
			return
		}
		e = &entry{info: peer.AddrInfo{ID: info.ID}}
		b.entries[info.ID] = e
	}
	e.rank = max(e.rank, r)
	for _, addr := range info.Addrs {
		if len(e.info.Addrs) < maxAddresses && !ma.Contains(e.info.Addrs, addr) {
			e.info.Addrs = append(e.info.Addrs, addr)
		}
	}
}

// keep makes a peer reserved by the operator, and has it dialed without delay. The
// addresses the operator names come first.
func (b *dialBook) keep(info peer.AddrInfo) {
	e := b.entries[info.ID]
	if e == nil {
		e = &entry{info: peer.AddrInfo{ID: info.ID}}
		b.entries[info.ID] = e
	}
	e.kept, e.failures, e.next = true, 0, time.Time{}
	known := e.info.Addrs
	e.info.Addrs = slices.Clone(info.Addrs)
	b.add(peer.AddrInfo{ID: info.ID, Addrs: known}, heardOf)
}

// release ends keep.
func (b *dialBook) release(id peer.ID) {
	if e := b.entries[id]; e != nil {
		e.kept = false
	}
}

// kept returns the peers that the operator has reserved, in ascending order.
func (b *dialBook) kept() []peer.ID {
	var ids []peer.ID
	for id, e := range b.entries {
		if e.kept {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// addresses returns where a peer may be reached.
func (b *dialBook) addresses(id peer.ID) []ma.Multiaddr {
	if e := b.entries[id]; e != nil {
		return e.info.Addrs
	}
	return nil
}

// forget drops a peer of hearsay; false if there is none.
func (b *dialBook) forget() bool {
	for id, e := range b.entries {
		if e.effective() == heardOf && !e.busy {
			delete(b.entries, id)
			return true
		}
	}
	return false
}

// rank returns the rank of id; heardOf if it is unknown.
func (b *dialBook) rank(id peer.ID) rank {
	if e := b.entries[id]; e != nil {
		return e.effective()
	}
	return heardOf
}

// due returns up to limit peers to dial now and marks them busy: reserved peers
// and bootnodes, and others if more are wanted.
func (b *dialBook) due(now time.Time, limit int, more bool) []peer.AddrInfo {
	var out []*entry
	for _, e := range b.entries {
		if b.wanted(e, more) && !now.Before(e.next) {
			out = append(out, e)
		}
	}
	slices.SortFunc(out, func(a, b *entry) int {
		return cmp.Or(cmp.Compare(b.effective(), a.effective()), a.next.Compare(b.next), cmp.Compare(a.info.ID, b.info.ID))
	})
	out = out[:min(len(out), limit)]
	infos := make([]peer.AddrInfo, len(out))
	for i, e := range out {
		e.busy = true
		infos[i] = e.info
	}
	return infos
}

// nextDial returns when due will have something; false if not by time alone.
func (b *dialBook) nextDial(more bool) (time.Time, bool) {
	var first time.Time
	found := false
	for e := range maps.Values(b.entries) {
		if b.wanted(e, more) && (!found || e.next.Before(first)) {
			first, found = e.next, true
		}
	}
	return first, found
}

func (b *dialBook) wanted(e *entry, more bool) bool {
	return !e.busy && len(e.info.Addrs) > 0 && (more || e.effective() >= bootnode)
}

// connected notes that there is a connection to id.
func (b *dialBook) connected(id peer.ID) {
	if e := b.entries[id]; e != nil {
		e.busy = true
	}
}

// failed notes that a dial of id failed or its connection ended early. chance in
// [0, 1) spreads the next dials of many nodes.
func (b *dialBook) failed(id peer.ID, now time.Time, chance float64) {
	e := b.entries[id]
	if e == nil {
		return
	}
	e.busy = false
	e.failures++
	if e.effective() == heardOf && e.failures >= giveUp {
		delete(b.entries, id)
		return
	}
	if next := now.Add(pause(e.failures, chance)); e.next.Before(next) { // it may be on hold
		e.next = next
	}
}

// ended notes that a connection ended that had been good.
func (b *dialBook) ended(id peer.ID, now time.Time, chance float64) {
	if e := b.entries[id]; e != nil {
		e.failures = 0
		b.failed(id, now, chance)
	}
}

// hold keeps id from being dialed for d, at least.
func (b *dialBook) hold(id peer.ID, now time.Time, d time.Duration) {
	if e := b.entries[id]; e != nil {
		e.busy = false
		if until := now.Add(d); e.next.Before(until) {
			e.next = until
		}
	}
}

// pause returns how long to wait after so many failures in a row: one second,
// doubled with each up to twenty, less up to a quarter by chance.
func pause(failures int, chance float64) time.Duration {
	d := lastPause
	if failures < 6 {
		d = min(lastPause, firstPause<<max(failures-1, 0))
	}
	return d - time.Duration(chance*float64(d)/4)
}
