package node

import (
	"errors"
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// only knows one block.
func only(known primitives.Hash) func(primitives.Hash) bool {
	return func(h primitives.Hash) bool { return h == known }
}

// grown returns blocks 1 to n, each on the one before.
func grown(n int) []primitives.Header {
	headers := make([]primitives.Header, n)
	for i := range headers {
		headers[i].Number = primitives.BlockNumber(i + 1)
		if i > 0 {
			headers[i].ParentHash = headers[i-1].Hash()
		}
	}
	return headers
}

// serving answers as relay/node does, from a chain of blocks.
func serving(headers []primitives.Header) func(protocol.SyncRequest) ([][]byte, error) {
	return func(r protocol.SyncRequest) (blocks [][]byte, err error) {
		at := slices.IndexFunc(headers, func(h primitives.Header) bool { return h.Hash() == r.Hash })
		for ; at >= 0 && len(blocks) < int(r.Max); at-- {
			blocks = append(blocks, scale.Marshal(chain.StoredBlock{Block: primitives.Block{Header: headers[at]}}))
		}
		return blocks, nil
	}
}

// A fork of several answers is fetched whole: its head may be voted for when both
// sides of a split have gone on for long, and nothing else brings it then.
func TestDescendToKnownBlock(t *testing.T) {
	headers := grown(100)
	fork, err := descend(headers[99].Hash(), 3, only(headers[9].Hash()), serving(headers))
	if err != nil || len(fork) != 90 {
		t.Fatalf("%d blocks, %v", len(fork), err)
	}
	for i, encoded := range fork {
		if info, err := inspectBlock(encoded); err != nil || info.Hash != headers[10+i].Hash() {
			t.Fatalf("block %d is %d, %v", i, info.Number, err)
		}
	}
}

func TestDescendRefuses(t *testing.T) {
	headers := grown(maxFork + 20)
	root := headers[0].Hash()
	other := serving(grown(3))
	for name, c := range map[string]struct {
		finalized primitives.BlockNumber
		ask       func(protocol.SyncRequest) ([][]byte, error)
	}{
		"too deep":                  {0, serving(headers)},
		"below the finalized block": {maxFork, serving(headers)},
		"not there":                 {0, other},
		"another block": {0, func(r protocol.SyncRequest) ([][]byte, error) {
			r.Hash = headers[2].Hash()
			return other(r)
		}},
		"no block": {0, func(protocol.SyncRequest) ([][]byte, error) { return [][]byte{{1}}, nil }},
	} {
		if fork, err := descend(headers[len(headers)-1].Hash(), c.finalized, only(root), c.ask); fork != nil || err == nil {
			t.Errorf("%s: %d blocks, %v", name, len(fork), err)
		}
	}
	broken := errors.New("gone")
	ask := func(protocol.SyncRequest) ([][]byte, error) { return nil, broken }
	if _, err := descend(headers[1].Hash(), 0, only(root), ask); !errors.Is(err, broken) {
		t.Errorf("a peer that is gone: %v", err)
	}
}
