package distribution

import (
	"context"
	"slices"
	"sync"

	"github.com/rampart-chain/rampart/availability/chunk"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// encodings are the chunks of all validators of the latest candidates.
type encodings struct {
	limit int           // bytes
	turn  chan struct{} // capacity 1: who holds its token may make chunks

	// mu guards what follows: many requests are answered at once, and each needs
	// one look-up.
	mu   sync.Mutex
	used int
	held []encoding // the latest used last
}

// encoding is the chunks of one candidate.
type encoding struct {
	candidate primitives.Hash
	chunks    []chunk.Chunk
	bytes     int
}

func newEncodings(limit int) *encodings {
	return &encodings{limit: limit, turn: make(chan struct{}, 1)}
}

// get returns the chunks of a candidate, or nil.
func (e *encodings) get(candidate primitives.Hash) []chunk.Chunk {
	e.mu.Lock()
	defer e.mu.Unlock()
	i := slices.IndexFunc(e.held, func(h encoding) bool { return h.candidate == candidate })
	if i < 0 {
		return nil
	}
	found := e.held[i]
	e.held = append(slices.Delete(e.held, i, i+1), found)
	return found.chunks
}

// put keeps the chunks of a candidate and drops those used longest ago.
func (e *encodings) put(candidate primitives.Hash, chunks []chunk.Chunk) {
	size := 0
	for _, c := range chunks {
		size += len(c.Data) + 32*len(c.Proof)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if slices.ContainsFunc(e.held, func(h encoding) bool { return h.candidate == candidate }) {
		return
	}
	e.held = append(e.held, encoding{candidate, chunks, size})
	for e.used += size; e.used > e.limit && len(e.held) > 1; {
		e.used -= e.held[0].bytes
		e.held = slices.Delete(e.held, 0, 1)
	}
}

// begin waits for the turn to make chunks; false if ctx ends first. done must
// follow.
func (e *encodings) begin(ctx context.Context) bool {
	select {
	case e.turn <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

func (e *encodings) done() { <-e.turn }
