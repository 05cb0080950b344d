package recovery

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/rampart-chain/rampart/availability/chunk"
	"github.com/rampart-chain/rampart/availability/distribution/wire"
	"github.com/rampart-chain/rampart/availability/erasure"
	"github.com/rampart-chain/rampart/network/nettest"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/network/request"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// holder is a validator that answers with what it holds.
type holder struct {
	host   host.Host
	chunk  *chunk.Chunk
	data   *primitives.AvailableData
	silent bool
}

func (h *holder) answer(ctx context.Context, item []byte) ([]byte, error) {
	switch {
	case h.silent:
		<-ctx.Done()
		return nil, ctx.Err()
	case item == nil:
		return wire.None(), nil
	}
	return wire.Some(item), nil
}

func (h *holder) serveChunk(ctx context.Context, _ peer.ID, _ []byte) ([]byte, error) {
	if h.chunk == nil {
		return h.answer(ctx, nil)
	}
	return h.answer(ctx, h.chunk.AppendSCALE(nil))
}

func (h *holder) serveData(ctx context.Context, _ peer.ID, _ []byte) ([]byte, error) {
	if h.data == nil {
		return h.answer(ctx, nil)
	}
	return h.answer(ctx, scale.Marshal(*h.data))
}

// world is validators and one more node that recovers. It keeps what Local says.
type world struct {
	*Recovery
	holders []*holder
	target  Target
	data    primitives.AvailableData
	own     *chunk.Chunk

	mu      sync.Mutex
	reports map[peer.ID][]reputation.Reason
}

func (w *world) peer(_ primitives.SessionIndex, v primitives.ValidatorIndex) (peer.ID, bool) {
	return w.holders[v].host.ID(), true
}

func (w *world) report(id peer.ID, r reputation.Reason) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reports[id] = append(w.reports[id], r)
}

// Data implements Local.
func (w *world) Data(primitives.Hash) (primitives.AvailableData, bool) {
	return primitives.AvailableData{}, false
}

// Chunk implements Local.
func (w *world) Chunk(primitives.Hash, primitives.ValidatorIndex) (chunk.Chunk, bool) {
	if w.own == nil {
		return chunk.Chunk{}, false
	}
	return *w.own, true
}

// newWorld makes n validators, of which each holds its chunk of size bytes of data.
// It must be called in a bubble.
func newWorld(t *testing.T, n, size int) *world {
	t.Helper()
	net := nettest.New(t, 20*time.Millisecond)
	w := &world{reports: map[peer.ID][]reputation.Reason{}}
	w.data.PoV.BlockData = bytes.Repeat([]byte{1, 2, 3, 5, 8, 13, 21}, size/7)
	w.target.Validators = n
	chunks := w.commit(t, scale.Marshal(w.data))
	for i := range n {
		h := &holder{host: net.Host(t, i), chunk: &chunks[i]}
		s := newRequests(t, h.host, nil)
		for name, handler := range map[protocol.Name]request.Handler{protocol.Chunk: h.serveChunk, protocol.AvailableData: h.serveData} {
			if err := s.Handle(name, handler); err != nil {
				t.Fatal(err)
			}
		}
		run(t, s.Run)
		w.holders = append(w.holders, h)
	}
	self := net.Host(t, n)
	requests := newRequests(t, self, w.report)
	run(t, requests.Run)
	for _, h := range w.holders {
		if err := self.Connect(t.Context(), peer.AddrInfo{ID: h.host.ID(), Addrs: h.host.Addrs()}); err != nil {
			t.Fatal(err)
		}
	}
	var err error
	if w.Recovery, err = New(Config{Requests: requests, Peer: w.peer, Local: w, Report: w.report}); err != nil {
		t.Fatal(err)
	}
	return w
}

func newRequests(t *testing.T, h host.Host, report func(peer.ID, reputation.Reason)) *request.Service {
	t.Helper()
	s, err := request.New(request.Config{Host: h, Protocols: protocol.Requests(2000), Report: report})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// commit makes the target one whose erasure root is that of payload.
func (w *world) commit(t *testing.T, payload []byte) []chunk.Chunk {
	t.Helper()
	root, chunks, err := chunk.Encode(payload, w.target.Validators)
	if err != nil {
		t.Fatal(err)
	}
	w.target.Receipt.Descriptor.ErasureRoot = root
	return chunks
}

// commitShards makes the target one whose erasure root is that of shards, of any
// content.
func (w *world) commitShards(t *testing.T, shards [][]byte) {
	t.Helper()
	root, proofs, err := chunk.Proofs(shards)
	if err != nil {
		t.Fatal(err)
	}
	w.target.Receipt.Descriptor.ErasureRoot = root
	for i, h := range w.holders {
		h.chunk = &chunk.Chunk{Index: erasure.Index(i), Data: shards[i], Proof: proofs[i]}
	}
}

func (w *world) blames(h *holder) []reputation.Reason {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Compact(slices.Clone(w.reports[h.host.ID()]))
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

// recovers fails unless the data comes within a virtual time.
func (w *world) recovers(t *testing.T, within time.Duration) {
	t.Helper()
	begin := time.Now()
	data, err := w.Recover(t.Context(), w.target)
	if err != nil || !bytes.Equal(data.PoV.BlockData, w.data.PoV.BlockData) {
		t.Fatalf("recovered %d bytes: %v", len(data.PoV.BlockData), err)
	}
	if took := time.Since(begin); took > within {
		t.Errorf("took %v", took)
	}
}

var invalidProof = []reputation.Reason{reputation.InvalidProof}

func TestExactlyEnoughChunks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 7, 200_000)
		for _, h := range w.holders[3:] {
			h.chunk = nil
		}
		w.recovers(t, 2*time.Second)
		w.holders[2].silent = true
		begin := time.Now()
		if _, err := w.Recover(t.Context(), w.target); !errors.Is(err, ErrUnavailable) || time.Since(begin).Round(time.Second) != 30*time.Second {
			t.Errorf("one chunk too few: %v after %v", err, time.Since(begin))
		}
		own := primitives.ValidatorIndex(2)
		w.own, w.target.Own = w.holders[2].chunk, &own
		w.recovers(t, 2*time.Second)
	})
}

// A node whose clock stands still does not give up.
func TestGivesUpByTheClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 4, 7_000)
		w.config.Now = func() primitives.Millis { return 7 }
		for _, h := range w.holders {
			h.chunk = nil
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if _, err := w.Recover(ctx, w.target); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("gave up: %v", err)
		}
	})
}

func TestLiarsAndSilentOnesAreGotRound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 7, 200_000)
		forged := *w.holders[0].chunk
		forged.Data = bytes.Repeat([]byte{1}, len(forged.Data))
		w.holders[0].chunk, w.holders[1].chunk = &forged, w.holders[2].chunk // bad proof, other index
		w.holders[3].silent, w.holders[4].silent = true, true
		for i := range byte(8) { // other orders
			w.config.Seed = primitives.Hash{i}
			w.recovers(t, 3*time.Second)
		}
		for i, h := range w.holders {
			got := w.blames(h)
			if lied := i < 2; lied != slices.Equal(got, invalidProof) || !lied && slices.Contains(got, reputation.InvalidProof) {
				t.Errorf("validator %d is blamed for %v", i, got)
			}
		}
	})
}

func TestSmallDataComesFromABacker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 4, 7_000)
		own := primitives.ValidatorIndex(0)
		w.own, w.target.Own, w.target.Backers = w.holders[0].chunk, &own, []primitives.ValidatorIndex{2, 3}
		for _, h := range w.holders {
			h.chunk = nil
		}
		other := w.data
		other.ValidationData.MaxPoVSize++
		w.holders[2].data, w.holders[3].data = &other, &w.data
		for i := range byte(4) {
			w.config.Seed = primitives.Hash{i}
			w.recovers(t, time.Second)
		}
		if got := w.blames(w.holders[2]); !slices.Equal(got, invalidProof) {
			t.Errorf("backer with other data is blamed for %v", got)
		}
	})
}

// Whoever committed to what is no encoding of available data is found out, by
// whichever chunks; those that hold the chunks are not blamed.
func TestWrongEncodingIsInvalid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 7, 20_000)
		payload := scale.Marshal(w.data)
		encode := func(payload []byte) [][]byte {
			shards, err := erasure.Encode(payload, 7)
			if err != nil {
				t.Fatal(err)
			}
			return shards
		}
		notCode := encode(payload)
		notCode[6] = bytes.Repeat([]byte{7}, len(notCode[6]))
		sizes := encode(payload)
		for i := range 3 {
			sizes[2*i] = append(sizes[2*i], make([]byte, 64)...)
		}
		for name, test := range map[string]struct {
			shards [][]byte
			want   error
		}{
			"no code word":   {notCode, chunk.ErrRoot},
			"sizes differ":   {sizes, nil}, // ErrRoot or ErrShardSize, by the chunks used
			"tail":           {encode(append(bytes.Clone(payload), 1)), chunk.ErrTail},
			"too long":       {encode(append(bytes.Clone(payload), make([]byte, 1000)...)), chunk.ErrTail},
			"not decodable":  {encode(bytes.Repeat([]byte{255}, 1000)), scale.ErrRange},
			"bytes too many": {encode([]byte{2, 0, 0, 3}), scale.ErrLength},
		} {
			w.commitShards(t, test.shards)
			for i := range byte(5) {
				w.config.Seed = primitives.Hash{i}
				_, err := w.Recover(t.Context(), w.target)
				if !errors.Is(err, ErrInvalid) || test.want != nil && !errors.Is(err, test.want) {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
		for _, h := range w.holders {
			if got := w.blames(h); len(got) > 0 {
				t.Errorf("holder of a chunk is blamed for %v", got)
			}
		}
	})
}

func TestCanceled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 4, 7_000)
		for _, h := range w.holders {
			h.silent = true
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := w.Recover(ctx, w.target); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		w.target.Validators = 0
		if _, err := w.Recover(t.Context(), w.target); !errors.Is(err, erasure.ErrValidatorCount) || label(err) != "failed" {
			t.Error(err)
		}
	})
}

func TestConfigFaultsAreListed(t *testing.T) {
	_, err := New(Config{})
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != 2 {
		t.Errorf("got %v, want two faults", err)
	}
}

func ExampleReason() {
	err := fmt.Errorf("data of candidate 2a: %w: %w", ErrInvalid, chunk.ErrRoot)
	switch {
	case errors.Is(err, ErrInvalid):
		fmt.Println("dispute it")
	case errors.Is(err, ErrUnavailable):
		fmt.Println("abstain")
	}
	// Output: dispute it
}
