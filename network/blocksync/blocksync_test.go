package blocksync

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/rampart-chain/rampart/network/blocksync/plan"
	"github.com/rampart-chain/rampart/network/nettest"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/network/request"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// A block of these tests is number ‖ parent hash ‖ salt ‖ padding; one whose salt
// is 255 is invalid.
func newBlock(number primitives.BlockNumber, parent primitives.Hash, salt byte, padding int) []byte {
	b := binary.LittleEndian.AppendUint32(nil, uint32(number))
	return append(append(append(b, parent[:]...), salt), make([]byte, padding)...)
}

func inspect(block []byte) (plan.Info, error) {
	if len(block) < 37 {
		return plan.Info{}, errors.New("short block")
	}
	info := plan.Info{Number: primitives.BlockNumber(binary.LittleEndian.Uint32(block)), Hash: primitives.Blake2b256(block)}
	copy(info.Parent[:], block[4:])
	return info, nil
}

// ledger is a true, small chain: what a node has imported.
type ledger struct {
	mu     sync.Mutex
	blocks map[primitives.Hash][]byte
	best   []primitives.BlockID // by number
}

func newLedger() *ledger {
	genesis := primitives.Hash{}
	return &ledger{blocks: map[primitives.Hash][]byte{genesis: nil}, best: []primitives.BlockID{{Hash: genesis}}}
}

// grow makes n blocks on the best one.
func (l *ledger) grow(n int, salt byte, padding int) {
	for range n {
		head := l.head()
		if err := l.add(newBlock(head.Number+1, head.Hash, salt, padding)); err != nil {
			panic(err)
		}
	}
}

func (l *ledger) head() primitives.BlockID {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.best[len(l.best)-1]
}

func (l *ledger) known(h primitives.Hash) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, known := l.blocks[h]
	return known
}

// add imports a block; the longest chain is the best.
func (l *ledger) add(block []byte) error {
	info, err := inspect(block)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.blocks[info.Parent]; !known {
		return errors.New("parent is unknown")
	}
	l.blocks[info.Hash] = block
	if int(info.Number) < len(l.best) {
		return nil
	}
	l.best = append(l.best, primitives.BlockID{Number: info.Number, Hash: info.Hash})
	for at := info; at.Number > 0 && l.best[at.Number-1].Hash != at.Parent; {
		l.best[at.Number-1].Hash = at.Parent
		at, _ = inspect(l.blocks[at.Parent])
	}
	return nil
}

func (l *ledger) serve(r protocol.SyncRequest) (out [][]byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for n := int(r.Number); n > 0 && n < len(l.best) && len(out) < int(r.Max); n++ {
		out = append(out, l.blocks[l.best[n].Hash])
	}
	return out
}

// node is one node of a test.
type node struct {
	*Sync
	ledger   *ledger
	host     host.Host
	requests *request.Service

	mu      sync.Mutex
	reports map[peer.ID][]reputation.Reason
}

func (n *node) report(id peer.ID, r reputation.Reason) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.reports[id] = append(n.reports[id], r)
}

func (n *node) blames(id peer.ID) []reputation.Reason {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.reports[id])
}

func (n *node) importing(_ context.Context, _ peer.ID, blocks [][]byte) error {
	for _, b := range blocks {
		if b[36] == 255 {
			return ErrInvalid
		}
		if err := n.ledger.add(b); err != nil {
			return err
		}
		n.Head(n.ledger.head(), primitives.BlockID{})
	}
	return nil
}

// newNode must be called in a bubble.
func newNode(t *testing.T, net *nettest.Net, i int, l *ledger, edit func(*Config)) *node {
	t.Helper()
	n := &node{ledger: l, host: net.Host(t, i), reports: map[peer.ID][]reputation.Reason{}}
	var err error
	n.requests, err = request.New(request.Config{Host: n.host, Protocols: protocol.Requests(2000), Report: n.report})
	if err != nil {
		t.Fatal(err)
	}
	c := Config{
		Requests: n.requests, Serve: l.serve, Inspect: inspect, Import: n.importing, Known: l.known, Report: n.report,
	}
	if edit != nil {
		edit(&c)
	}
	if n.Sync, err = New(c); err != nil {
		t.Fatal(err)
	}
	run(t, n.requests.Run)
	run(t, n.Run)
	n.Head(l.head(), primitives.BlockID{})
	return n
}

func run(t *testing.T, f func(context.Context) error) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- f(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("run: %v", err)
		}
	})
}

// follow connects n to the others and tells it what they have.
func (n *node) follow(t *testing.T, others ...*node) {
	t.Helper()
	for _, o := range others {
		if err := n.host.Connect(t.Context(), peer.AddrInfo{ID: o.host.ID(), Addrs: o.host.Addrs()}); err != nil {
			t.Fatal(err)
		}
		n.Claim(o.host.ID(), o.ledger.head())
	}
}

// reach fails unless n has the head of other within a virtual time.
func (n *node) reach(t *testing.T, other *node, within time.Duration) {
	t.Helper()
	want := other.ledger.head()
	for begin := time.Now(); !n.ledger.known(want.Hash); time.Sleep(50 * time.Millisecond) { // virtual
		if time.Since(begin) > within {
			t.Fatalf("has %d of %d blocks after %v: %+v", n.ledger.head().Number, want.Number, within, n.Status())
		}
	}
}

func bubble(t *testing.T, f func(t *testing.T, net *nettest.Net)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) { f(t, nettest.New(t, 20*time.Millisecond)) })
}

func TestLateNodeCatchesUp(t *testing.T) {
	bubble(t, func(t *testing.T, net *nettest.Net) {
		long := newLedger()
		long.grow(1000, 1, 100)
		a, b := newNode(t, net, 0, long, nil), newNode(t, net, 1, long, nil)
		late := newNode(t, net, 2, newLedger(), nil)
		late.follow(t, a, b)
		late.reach(t, a, 10*time.Second)
		time.Sleep(time.Second) // virtual
		if s := late.Status(); s != (Status{Peers: 2}) {
			t.Errorf("not at rest: %+v", s)
		}
		if len(late.blames(a.host.ID()))+len(late.blames(b.host.ID())) > 0 {
			t.Error("honest peers were blamed")
		}
		// It follows further blocks, and leaves a fork that lost.
		late.ledger.grow(3, 9, 0)
		late.Head(late.ledger.head(), primitives.BlockID{})
		long.grow(20, 1, 0)
		late.Claim(a.host.ID(), long.head())
		late.reach(t, a, 10*time.Second)
		if late.ledger.head() != long.head() {
			t.Errorf("head is %v, want %v", late.ledger.head(), long.head())
		}
	})
}

func TestBadPeersDoNotHoldItUp(t *testing.T) {
	bubble(t, func(t *testing.T, net *nettest.Net) {
		long := newLedger()
		long.grow(500, 1, 0)
		honest := newNode(t, net, 0, long, nil)
		answer := func(serve func(protocol.SyncRequest) [][]byte) func(*Config) {
			return func(c *Config) { c.Serve = serve }
		}
		invalid := newNode(t, net, 1, long, answer(func(r protocol.SyncRequest) [][]byte {
			return [][]byte{newBlock(r.Number, long.best[r.Number-1].Hash, 255, 0)}
		}))
		garbage := newNode(t, net, 2, long, answer(func(protocol.SyncRequest) [][]byte { return [][]byte{{1, 2, 3}} }))
		silent := newNode(t, net, 3, long, answer(func(protocol.SyncRequest) [][]byte { <-t.Context().Done(); return nil }))
		late := newNode(t, net, 4, newLedger(), nil)
		late.follow(t, silent, garbage, invalid)
		time.Sleep(5 * time.Second) // virtual: the liars come first
		late.follow(t, honest)
		late.reach(t, honest, 40*time.Second)
		time.Sleep(15 * time.Second) // virtual: the silent one runs into its deadline
		for _, c := range []struct {
			n    *node
			want []reputation.Reason
		}{
			{honest, nil}, {silent, []reputation.Reason{reputation.Timeout}},
			{garbage, []reputation.Reason{reputation.Malformed}}, {invalid, []reputation.Reason{reputation.InvalidBlock}},
		} {
			got := late.blames(c.n.host.ID())
			slices.Sort(got)
			if got = slices.Compact(got); !slices.Equal(got, c.want) {
				t.Errorf("peer %s blamed for %v, want %v", c.n.host.ID(), got, c.want)
			}
		}
	})
}

func TestLocalTroubleIsTriedAgain(t *testing.T) {
	bubble(t, func(t *testing.T, net *nettest.Net) {
		long := newLedger()
		long.grow(50, 1, 0)
		a := newNode(t, net, 0, long, nil)
		trouble := 2
		var late *node
		late = newNode(t, net, 1, newLedger(), func(c *Config) {
			c.Import = func(ctx context.Context, from peer.ID, blocks [][]byte) error {
				if trouble--; trouble >= 0 {
					return errors.New("disk is slow")
				}
				return late.importing(ctx, from, blocks)
			}
		})
		late.follow(t, a)
		late.reach(t, a, 30*time.Second)
		if b := late.blames(a.host.ID()); len(b) > 0 {
			t.Errorf("blames the peer for %v", b)
		}
	})
}

// How long gossip may take to bring a block is by the node's clock.
func TestPatienceIsByTheClock(t *testing.T) {
	bubble(t, func(t *testing.T, net *nettest.Net) {
		var clock atomic.Uint64
		long := newLedger()
		long.grow(1, 1, 0)
		a := newNode(t, net, 0, long, nil)
		late := newNode(t, net, 1, newLedger(), func(c *Config) {
			c.Params.Patience = 500
			c.Now = func() primitives.Millis { return primitives.Millis(clock.Load()) }
		})
		late.follow(t, a)
		time.Sleep(10 * time.Second) // virtual
		if late.ledger.known(long.head().Hash) {
			t.Error("fetched while the clock stood still")
		}
		clock.Add(500)
		late.reach(t, a, 2*time.Second)
	})
}

func TestServeFitsTheResponse(t *testing.T) {
	bubble(t, func(t *testing.T, net *nettest.Net) {
		long := newLedger()
		long.grow(12, 1, 1<<20)
		a := newNode(t, net, 0, long, nil)
		late := newNode(t, net, 1, newLedger(), nil)
		late.follow(t, a)
		late.reach(t, a, 30*time.Second) // takes more than one answer

		ask := func(b []byte) ([]byte, error) { return late.requests.Do(t.Context(), a.host.ID(), protocol.Sync, b) }
		b, err := ask(scale.Marshal(protocol.SyncRequest{Number: 1, Max: 128}))
		if err != nil {
			t.Fatal(err)
		}
		if blocks, err := protocol.DecodeBlocks(b, 128); err != nil || len(blocks) != 7 || !bytes.Equal(blocks[0], long.blocks[long.best[1].Hash]) {
			t.Errorf("got %d blocks of a MiB, %v, want 7", len(blocks), err)
		}
		if _, err := ask([]byte{7}); !errors.Is(err, refusedMalformed) {
			t.Errorf("malformed: got %v", err)
		}
		if got := a.blames(late.host.ID()); !slices.Equal(got, []reputation.Reason{reputation.Malformed}) {
			t.Errorf("malformed request is blamed as %v", got)
		}
	})
}

func TestConfigFaultsAreListed(t *testing.T) {
	_, err := New(Config{})
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != 5 {
		t.Errorf("got %v, want five faults", err)
	}
}
