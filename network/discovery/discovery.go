package discovery

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/rampart-chain/rampart/network/discovery/book"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/supervise"
)

// Discovery knows which peer is which validator. Its methods may be called from
// any goroutine.
type Discovery struct {
	config  Config
	metrics *metrics
	own     primitives.ED25519Public
	renew   chan struct{} // capacity 1: own records are due
	learned chan struct{} // capacity 1: there are new records

	// mu guards what follows. Gossip wants a verdict on the goroutine that asks,
	// others want a look-up; with a loop each of them would wait for its answer just
	// as long.
	mu       sync.Mutex
	book     *book.Book
	session  primitives.SessionIndex
	expected bool // there was a session
	peers    map[protocol.PeerID][]primitives.SR25519Public
	listed   map[protocol.PeerID]bool // were sent our list in this slot
	answered map[protocol.PeerID]bool // were sent what they lack in this slot
}

// New returns a Discovery that knows nobody before Session.
func New(c Config) (*Discovery, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c = c.withDefaults()
	m, err := newMetrics(c.Registerer)
	if err != nil {
		return nil, fmt.Errorf("discovery metrics: %w", err)
	}
	d := &Discovery{
		config: c, metrics: m, renew: make(chan struct{}, 1), learned: make(chan struct{}, 1),
		book: book.New(c.Genesis, c.Verifier), listed: map[protocol.PeerID]bool{}, answered: map[protocol.PeerID]bool{},
	}
	copy(d.own[:], c.Key[32:])
	return d, nil
}

// Session says whose records count: the authority-discovery keys of the present
// session, which is index, and of the next. It may be told after every block; only
// another index changes anything.
func (d *Discovery) Session(index primitives.SessionIndex, keys []primitives.SR25519Public) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.expected && index == d.session {
		return
	}
	d.session, d.expected = index, true
	d.book.Expect(keys)
	d.changed()
	signal(d.renew)
}

// changed follows a change of the book. The caller holds mu.
func (d *Discovery) changed() {
	d.peers = d.book.Peers()
	d.metrics.show(d.book)
	signal(d.learned)
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// Peer returns the node of an authority of the present or the next session, by its
// authority-discovery key; false if it is not known.
func (d *Discovery) Peer(key primitives.SR25519Public) (peer.ID, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s, ok := d.book.Record(key)
	return peer.ID(s.Record.PeerID()), ok
}

// Authority returns which authority a node is, false if it is none that is known.
// Of several it is the one with the least key.
func (d *Discovery) Authority(id peer.ID) (primitives.SR25519Public, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	keys := d.peers[protocol.PeerID(id)]
	if len(keys) == 0 {
		return primitives.SR25519Public{}, false
	}
	return keys[0], true
}

// Announced judges a message that was gossiped on protocol.Authorities and takes
// it in.
func (d *Discovery) Announced(data []byte) (protocol.Verdict, error) {
	m, err := book.Decode(data)
	if err != nil {
		return protocol.Reject, err
	}
	a, ok := m.(book.Announcement)
	if !ok {
		return protocol.Reject, ErrKind
	}
	return d.add(a.Signed)
}

// Receive judges a message that a peer sent to this node, takes it in and answers
// it through Config.Send.
func (d *Discovery) Receive(from protocol.PeerID, data []byte) (protocol.Verdict, error) {
	m, err := book.Decode(data)
	if err != nil {
		return protocol.Reject, err
	}
	var answer []book.Message
	switch m := m.(type) {
	case book.Announcement:
		return d.add(m.Signed)
	case book.Digest:
		answer = d.compare(from, m)
	case book.List:
		answer = d.complete(from, m)
	}
	d.send(from, answer...)
	return protocol.Accept, nil
}

func (d *Discovery) send(to protocol.PeerID, messages ...book.Message) {
	if len(messages) == 0 {
		return
	}
	data := make([][]byte, len(messages))
	for i, m := range messages {
		data[i] = book.Encode(m)
	}
	d.config.Send(to, data)
}

// add takes in a record.
func (d *Discovery) add(s book.Signed) (protocol.Verdict, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	verdict, err := d.book.Add(d.config.Now(), s)
	d.metrics.records.WithLabelValues(verdict.String()).Inc()
	if verdict == protocol.Accept {
		d.changed()
	}
	return verdict, err
}

// compare returns the answer to a digest: our list if it is not ours.
func (d *Discovery) compare(from protocol.PeerID, theirs book.Digest) []book.Message {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.book.Digest() == theirs {
		return nil
	}
	return d.list(from)
}

// list returns our list for a peer, once per slot. The caller holds mu.
func (d *Discovery) list(to protocol.PeerID) []book.Message {
	if d.listed[to] {
		return nil
	}
	d.listed[to] = true
	return []book.Message{d.book.List()}
}

// complete returns the answer to a list, once per slot and peer: what the peer
// lacks, and our list if we lack something.
func (d *Discovery) complete(from protocol.PeerID, theirs book.List) []book.Message {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.answered[from] {
		return nil
	}
	d.answered[from] = true
	var answer []book.Message
	give, want := d.book.Missing(theirs)
	for _, s := range give {
		answer = append(answer, book.Announcement{Signed: s})
	}
	if want {
		answer = append(answer, d.list(from)...)
	}
	return answer
}

// Connected says that a peer connected: it is told what this node has.
func (d *Discovery) Connected(id protocol.PeerID) { d.send(id, d.digest()) }

func (d *Discovery) digest() book.Digest {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.book.Digest()
}

// Run makes own records, tells neighbors what this node has, and has connections
// to validators kept, until ctx ends. Call it once.
func (d *Discovery) Run(ctx context.Context) error {
	slot := time.NewTicker(time.Duration(d.config.Slot) * time.Millisecond)
	defer slot.Stop()
	idle := time.NewTicker(supervise.Idle)
	defer idle.Stop()
	a := announcer{Discovery: d}
	r := reserver{Discovery: d, kept: map[primitives.SR25519Public]kept{}}
	for {
		d.config.Beat.Alive()
		select {
		case <-ctx.Done():
			return nil
		case <-idle.C:
		case <-slot.C:
			a.tick()
			d.tell()
		case <-d.renew:
			a.announce()
		case <-d.learned:
			r.reserve(ctx)
		}
	}
}

// tell begins a slot: some neighbors are told what this node has.
func (d *Discovery) tell() {
	d.mu.Lock()
	clear(d.listed)
	clear(d.answered)
	digest := d.book.Digest()
	d.mu.Unlock()
	neighbors := d.config.Neighbors()
	for _, i := range rand.Perm(len(neighbors))[:min(d.config.Fanout, len(neighbors))] {
		d.send(neighbors[i], digest)
	}
}
