package distribution

import (
	"sync"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// maxAllowances bounds the peers remembered; beyond it, those with nothing used
// are forgotten.
const maxAllowances = 1024

// quota is how much peers may be served.
type quota struct {
	burst, rate float64 // bytes, bytes per second

	// mu guards peers: requests are answered by many goroutines at once.
	mu    sync.Mutex
	peers map[peer.ID]allowance
}

// allowance is what a peer had left at a moment, in bytes; less than 0 if its last
// answer was larger.
type allowance struct {
	left float64
	at   primitives.Millis
}

func newQuota(burst, rate int) *quota {
	return &quota{burst: float64(burst), rate: float64(rate), peers: map[peer.ID]allowance{}}
}

// has says whether id has anything left.
func (q *quota) has(id peer.ID, now primitives.Millis) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.left(id, now) > 0
}

// take charges id.
func (q *quota) take(id peer.ID, bytes int, now primitives.Millis) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if _, known := q.peers[id]; !known && len(q.peers) >= maxAllowances {
		for other := range q.peers {
			if q.left(other, now) >= q.burst {
				delete(q.peers, other)
			}
		}
	}
	q.peers[id] = allowance{q.left(id, now) - float64(bytes), now}
}

func (q *quota) left(id peer.ID, now primitives.Millis) float64 {
	a, known := q.peers[id]
	if !known {
		return q.burst
	}
	passed := max(now, a.at) - a.at // who asked first may have come second
	return min(a.left+float64(passed)/1000*q.rate, q.burst)
}
