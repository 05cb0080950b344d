package distribution

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/rampart-chain/rampart/availability/chunk"
	"github.com/rampart-chain/rampart/availability/chunkstore"
	"github.com/rampart-chain/rampart/availability/distribution/plan"
	"github.com/rampart-chain/rampart/availability/distribution/wire"
	"github.com/rampart-chain/rampart/availability/erasure"
	"github.com/rampart-chain/rampart/network/nettest"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/network/request"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

const slot = 2000

// validator is one node of a test; its index is that in the network.
type validator struct {
	*Distribution
	index    primitives.ValidatorIndex
	host     host.Host
	requests *request.Service
	store    *chunkstore.Store

	mu        sync.Mutex
	held      []primitives.Hash
	bitfields []plan.Bitfield
	reports   map[peer.ID][]reputation.Reason
}

// network is n validators, connected each to each.
type network []*validator

func (n network) peer(_ primitives.SessionIndex, v primitives.ValidatorIndex) (peer.ID, bool) {
	if int(v) >= len(n) || n[v] == nil {
		return "", false
	}
	return n[v].host.ID(), true
}

// newNetwork must be called in a bubble. liars answer requests for chunks with
// what they return.
func newNetwork(t *testing.T, size int, liars map[int]request.Handler, edit func(*Config)) network {
	t.Helper()
	net := nettest.New(t, 20*time.Millisecond)
	n := make(network, size)
	for i := range n {
		v := &validator{index: primitives.ValidatorIndex(i), host: net.Host(t, i), reports: map[peer.ID][]reputation.Reason{}}
		var err error
		if v.store, err = chunkstore.Open(t.TempDir()); err != nil {
			t.Fatal(err)
		}
		v.requests, err = request.New(request.Config{Host: v.host, Protocols: protocol.Requests(slot), Report: v.report})
		if err != nil {
			t.Fatal(err)
		}
		n[i] = v
		if liars[i] != nil {
			if err := v.requests.Handle(protocol.Chunk, liars[i]); err != nil {
				t.Fatal(err)
			}
			run(t, v.requests.Run)
			continue
		}
		c := Config{
			Requests: v.requests, Store: v.store, Peer: n.peer, Held: v.hold, Bitfield: v.sign, Report: v.report,
			Params: plan.Params{Slot: slot}, Seed: [32]byte{byte(i)},
		}
		if edit != nil {
			edit(&c)
		}
		if v.Distribution, err = New(c); err != nil {
			t.Fatal(err)
		}
		run(t, v.requests.Run)
		run(t, v.Run)
	}
	for i, v := range n {
		for _, o := range n[:i] {
			if err := v.host.Connect(t.Context(), peer.AddrInfo{ID: o.host.ID(), Addrs: o.host.Addrs()}); err != nil {
				t.Fatal(err)
			}
		}
	}
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

func (v *validator) hold(candidate primitives.Hash) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.held = append(v.held, candidate)
}

func (v *validator) sign(b plan.Bitfield) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.bitfields = append(v.bitfields, b)
}

func (v *validator) report(id peer.ID, r reputation.Reason) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.reports[id] = append(v.reports[id], r)
}

func (v *validator) blames(o *validator) []reputation.Reason {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Compact(slices.Clone(v.reports[o.host.ID()]))
}

// bits returns the bits of the only bitfield of v.
func (v *validator) bits(t *testing.T) []bool {
	t.Helper()
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.bitfields) != 1 {
		t.Fatalf("validator %d signed %d bitfields", v.index, len(v.bitfields))
	}
	var bits []bool
	for i := range v.bitfields[0].Bits.Len() {
		bits = append(bits, v.bitfields[0].Bits.Get(i))
	}
	return bits
}

// sample is a candidate of a test.
type sample struct {
	hash, root primitives.Hash
	data       primitives.AvailableData
	chunks     []chunk.Chunk
}

func newSample(t testing.TB, name byte, size, validators int) sample {
	t.Helper()
	s := sample{hash: primitives.Hash{name}}
	s.data.PoV.BlockData = bytes.Repeat([]byte{name, 1, 2, 3, 5, 8, 13}, size/7)
	root, chunks, err := chunk.Encode(scale.Marshal(s.data), validators)
	if err != nil {
		t.Fatal(err)
	}
	s.root, s.chunks = root, chunks
	return s
}

// back has v back s.
func (v *validator) back(t *testing.T, s sample, validators int) {
	t.Helper()
	err := v.Keep(t.Context(), Kept{Candidate: s.hash, Root: s.root, Validators: validators, Own: v.index, Number: 6, Data: s.data})
	if err != nil {
		t.Fatal(err)
	}
}

// show has everybody import a block that shows samples on the cores from 0.
func (n network) show(t *testing.T, backers []primitives.ValidatorIndex, samples ...sample) {
	for _, v := range n {
		if v.Distribution == nil {
			continue
		}
		b := plan.Block{Hash: primitives.Hash{7}, Number: 7, Validators: len(n), Own: &v.index, Cores: 3}
		for i, s := range samples {
			b.Occupied = append(b.Occupied, plan.Candidate{Core: primitives.CoreIndex(i), Hash: s.hash, Root: s.root, Backers: backers})
		}
		v.Block(t.Context(), b)
	}
}

func settle(d time.Duration) { time.Sleep(d); synctest.Wait() } // virtual

func TestEverybodyGetsTheChunk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork(t, 5, nil, nil)
		a, b := newSample(t, 1, 300_000, 5), newSample(t, 2, 3000, 5)
		for _, v := range n[:2] {
			v.back(t, a, 5)
			v.back(t, b, 5)
		}
		n.show(t, []primitives.ValidatorIndex{0, 1}, a, b)
		settle(slot / 4 * time.Millisecond)
		for _, v := range n {
			if bits := v.bits(t); !slices.Equal(bits, []bool{true, true, false}) {
				t.Errorf("validator %d signs %v", v.index, bits)
			}
			for _, s := range []sample{a, b} {
				c, ok := v.Chunk(s.hash, v.index)
				if !ok || !bytes.Equal(c.Data, s.chunks[v.index].Data) || !slices.Contains(v.held, s.hash) {
					t.Errorf("validator %d has chunk %t of %x, told %v", v.index, ok, s.hash[:1], v.held)
				}
			}
			for _, o := range n {
				if got := v.blames(o); len(got) > 0 {
					t.Errorf("validator %d blames %d for %v", v.index, o.index, got)
				}
			}
		}
		if data, ok := n[1].Data(a.hash); !ok || !bytes.Equal(data.PoV.BlockData, a.data.PoV.BlockData) {
			t.Error("backer does not keep the data")
		}
	})
}

func TestLiarAndSilentBackersAreGotRound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSample(t, 1, 30_000, 7)
		forged := s.chunks[0]
		n := newNetwork(t, 7, map[int]request.Handler{
			0: func(_ context.Context, _ peer.ID, b []byte) ([]byte, error) {
				var r wire.ChunkRequest
				if err := scale.Unmarshal(b, &r); err != nil {
					return nil, err
				}
				forged := forged
				forged.Index = erasure.Index(r.Index)
				return wire.Some(forged.AppendSCALE(nil)), nil
			},
			1: func(ctx context.Context, _ peer.ID, _ []byte) ([]byte, error) { <-ctx.Done(); return nil, ctx.Err() },
		}, nil)
		n[2].back(t, s, 7)
		n.show(t, []primitives.ValidatorIndex{0, 1, 2}, s)
		settle(2 * slot * time.Millisecond)
		blamed := false
		for _, v := range n[2:] {
			if bits := v.bits(t); !v.store.Has(chunkstore.Key{Candidate: s.hash, Part: chunkstore.Part(v.index)}) || len(bits) != 3 {
				t.Errorf("validator %d has no chunk, signs %v", v.index, bits)
			}
			if got := v.blames(n[0]); len(got) > 0 {
				blamed = true
				if !slices.Equal(got, []reputation.Reason{reputation.InvalidProof}) {
					t.Errorf("liar is blamed for %v", got)
				}
			}
			for _, o := range n[1:] {
				if got := v.blames(o); slices.Contains(got, reputation.InvalidProof) {
					t.Errorf("validator %d blames %d for %v", v.index, o.index, got)
				}
			}
		}
		if !blamed {
			t.Error("the liar is not blamed by anybody")
		}
	})
}

// A backer that keeps one chunk of n in memory makes the others again; nobody else
// can give them.
func TestBackerServesAfterRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork(t, 4, nil, nil)
		s := newSample(t, 1, 5000, 4)
		n[0].back(t, s, 4)
		n[0].encodings.held, n[0].encodings.used = nil, 0 // as after a restart
		n.show(t, []primitives.ValidatorIndex{0, 1}, s)
		settle(slot / 4 * time.Millisecond)
		for _, v := range n {
			if bits := v.bits(t); !bits[0] {
				t.Errorf("validator %d signs %v", v.index, bits)
			}
		}
		ask := func(name protocol.Name, m scale.Marshaler) []byte {
			t.Helper()
			answer, err := n[3].requests.Do(t.Context(), n[0].host.ID(), name, scale.Marshal(m))
			if err != nil {
				t.Fatal(err)
			}
			return answer
		}
		if !bytes.Equal(ask(protocol.AvailableData, wire.DataRequest{Candidate: s.hash}), wire.Some(scale.Marshal(s.data))) {
			t.Error("data is not served")
		}
		none := [][]byte{
			ask(protocol.Chunk, wire.ChunkRequest{Candidate: s.hash, Index: 4}),
			ask(protocol.Chunk, wire.ChunkRequest{Candidate: s.hash, Index: primitives.ValidatorIndex(chunkstore.AvailableData)}),
			ask(protocol.Chunk, wire.ChunkRequest{Candidate: primitives.Hash{9}}),
			ask(protocol.AvailableData, wire.DataRequest{Candidate: primitives.Hash{9}}),
		}
		for i, answer := range none {
			if !bytes.Equal(answer, wire.None()) {
				t.Errorf("request %d for what is not there is answered with %x", i, answer)
			}
		}
		pov, err := n[3].FetchPoV(t.Context(), n[0].host.ID(), s.hash, s.data.PoV.Hash())
		if err != nil || !bytes.Equal(pov.BlockData, s.data.PoV.BlockData) {
			t.Errorf("PoV: %v", err)
		}
		if _, err = n[3].FetchPoV(t.Context(), n[1].host.ID(), s.hash, s.data.PoV.Hash()); !errors.Is(err, ErrAbsent) {
			t.Errorf("PoV of who is no backer: %v", err)
		}
		if _, err = n[3].FetchPoV(t.Context(), n[0].host.ID(), s.hash, primitives.Hash{}); !errors.Is(err, wire.ErrPoV) {
			t.Errorf("PoV with another hash: %v", err)
		}
	})
}

func TestKeepRefusesALyingRoot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, s := newNetwork(t, 1, nil, nil)[0], newSample(t, 1, 5000, 4)
		k := Kept{Candidate: s.hash, Root: primitives.Hash{1}, Validators: 4, Data: s.data}
		if err := v.Keep(t.Context(), k); !errors.Is(err, ErrErasureRoot) {
			t.Errorf("wrong root: %v", err)
		}
		k.Root, k.Own = s.root, 4
		if err := v.Keep(t.Context(), k); !errors.Is(err, erasure.ErrIndex) {
			t.Errorf("wrong index: %v", err)
		}
		if v.store.Len() != 0 {
			t.Errorf("%d items are kept", v.store.Len())
		}
	})
}

// A flood of requests that are valid and large is refused before it costs more
// than the allowance of its peer; others are served meanwhile, and the node's own
// chunks arrive in time.
func TestFloodIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork(t, 4, nil, func(c *Config) { c.Burst, c.Rate = 200_000, 10_000 })
		s := newSample(t, 1, 50_000, 4)
		n[0].back(t, s, 4)
		served, busy := 0, 0
		for range 20 {
			_, err := n[3].requests.Do(t.Context(), n[0].host.ID(), protocol.AvailableData, scale.Marshal(wire.DataRequest{Candidate: s.hash}))
			switch {
			case err == nil:
				served++
			case errors.Is(err, request.Busy):
				busy++
			default:
				t.Fatal(err)
			}
		}
		if served < 4 || served > 6 || busy != 20-served {
			t.Errorf("%d requests served, %d refused", served, busy)
		}
		if _, err := n[2].requests.Do(t.Context(), n[0].host.ID(), protocol.AvailableData, scale.Marshal(wire.DataRequest{Candidate: s.hash})); err != nil {
			t.Errorf("another peer: %v", err)
		}
		settle(20 * time.Second)
		if _, err := n[3].requests.Do(t.Context(), n[0].host.ID(), protocol.AvailableData, scale.Marshal(wire.DataRequest{Candidate: s.hash})); err != nil {
			t.Errorf("after a while: %v", err)
		}
		if _, err := n[3].requests.Do(t.Context(), n[0].host.ID(), protocol.Chunk, []byte{7}); !errors.Is(err, refusedMalformed) {
			t.Errorf("malformed: %v", err)
		}
		if got := n[0].blames(n[3]); !slices.Equal(got, []reputation.Reason{reputation.Malformed}) {
			t.Errorf("malformed request is blamed as %v", got)
		}
	})
}

func TestOldSessionsArePruned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		v, s := newNetwork(t, 1, nil, func(c *Config) { c.Params.KeepSessions = 1 })[0], newSample(t, 1, 5000, 4)
		v.back(t, s, 4)
		for i, kept := range []int{2, 2, 0} {
			v.Finalized(t.Context(), primitives.BlockNumber(6+10*i), primitives.SessionIndex(i))
			settle(time.Millisecond)
			if v.store.Len() != kept {
				t.Errorf("session %d is final: %d items are kept, want %d", i, v.store.Len(), kept)
			}
		}
	})
}

// When a bitfield is due, though chunks are missing, is by the node's clock.
func TestBitfieldIsDueByTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var clock atomic.Uint64
		n := newNetwork(t, 2, nil, func(c *Config) {
			c.Now = func() primitives.Millis { return primitives.Millis(clock.Load()) }
		})
		n.show(t, []primitives.ValidatorIndex{0}, newSample(t, 1, 3000, 2)) // which nobody holds
		settle(10 * slot * time.Millisecond)
		if len(n[1].bitfields) > 0 {
			t.Error("signed while the clock stood still")
		}
		clock.Add(slot / 4)
		settle(slot * time.Millisecond)
		if bits := n[1].bits(t); !slices.Equal(bits, []bool{false, false, false}) {
			t.Errorf("signs %v", bits)
		}
	})
}

func TestQuota(t *testing.T) {
	q := newQuota(100, 10)
	q.take("a", 120, 1000)
	for _, c := range []struct {
		who  peer.ID
		now  primitives.Millis
		want bool
	}{
		{"a", 1000, false}, {"b", 1000, true}, {"a", 2999, false}, {"a", 3100, true},
		{"a", 500, false}, // asked first, answered second
	} {
		if got := q.has(c.who, c.now); got != c.want {
			t.Errorf("%s at %d: %t, want %t", c.who, c.now, got, c.want)
		}
	}
}

func TestEncodingsAreBounded(t *testing.T) {
	e := newEncodings(25_000)
	for i := range byte(9) {
		e.put(primitives.Hash{i}, newSample(t, i, 5000, 4).chunks)
	}
	if e.used > 25_000 || e.get(primitives.Hash{0}) != nil || e.get(primitives.Hash{8}) == nil {
		t.Errorf("%d candidates of %d bytes in memory", len(e.held), e.used)
	}
}

func TestConfigFaultsAreListed(t *testing.T) {
	_, err := New(Config{})
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != 3 {
		t.Errorf("got %v, want three faults", err)
	}
}
