package blocksync

import (
	"context"
	"fmt"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/network/request"
	"github.com/rampart-chain/rampart/relay/scale"
)

// Refusals of this package.
const (
	refusedMalformed = request.Refusal("malformed sync request")
	refusedBlockSize = request.Refusal("block exceeds the size of a response")
)

// maxAnswer bounds the blocks of an answer, in bytes: 8 MiB less what the lengths
// of 128 blocks take.
const maxAnswer = 8<<20 - (protocol.MaxBlocks+1)*5

// serve answers a peer that lacks blocks: with as many of those asked for as fit.
func (s *Sync) serve(_ context.Context, from peer.ID, b []byte) ([]byte, error) {
	var r protocol.SyncRequest
	if err := scale.Unmarshal(b, &r); err != nil {
		s.config.Report(from, reputation.Malformed)
		return nil, fmt.Errorf("%w: %w", refusedMalformed, err)
	}
	blocks := s.config.Serve(r)
	blocks = blocks[:min(len(blocks), int(r.Max))]
	size := 0
	for i, block := range blocks {
		if size += len(block); size > maxAnswer {
			blocks = blocks[:i]
			if i == 0 {
				return nil, refusedBlockSize
			}
			break
		}
	}
	s.metrics.served.Add(float64(len(blocks)))
	return protocol.AppendBlocks(nil, blocks), nil
}
