package local

import (
	"slices"
	"sync"

	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// settled is the block from which on finality is sampled: the first ones come
// while nodes still find each other.
const settled = 10

// sampler notes, at every import of a node, how far finality is behind the best
// block. A mutex guards it: the node's chain writes while the report reads.
type sampler struct {
	mu        sync.Mutex
	finalized primitives.BlockNumber
	lags      []uint64
}

// listener returns what a node's chain tells the sampler.
func (s *sampler) listener() chain.Listener {
	return chain.Listener{
		Imported: func(i chain.Imported) {
			s.mu.Lock()
			defer s.mu.Unlock()
			if i.Best.Number > settled {
				s.lags = append(s.lags, uint64(i.Best.Number-s.finalized))
			}
		},
		Finalized: func(f chain.Finalized) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.finalized = f.Block.Number
		},
	}
}

// LagReport is how far finality was behind the best block, in blocks, at every
// import of the first node after block 10.
type LagReport struct {
	Samples int    `json:"samples"`
	P50     uint64 `json:"p50"`
	P95     uint64 `json:"p95"`
	Max     uint64 `json:"max"`
}

func (s *sampler) report() LagReport {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.lags) == 0 {
		return LagReport{}
	}
	sorted := slices.Sorted(slices.Values(s.lags))
	at := func(percent int) uint64 { return sorted[(len(sorted)-1)*percent/100] }
	return LagReport{Samples: len(sorted), P50: at(50), P95: at(95), Max: sorted[len(sorted)-1]}
}
