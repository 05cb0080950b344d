package node

import (
	"context"
	"slices"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// voted fetches blocks that somebody voted for and that are not known here.
// Block sync follows best chains; such a block may be on a fork that nobody
// follows any more, so it is asked for by its hash.
type voted struct {
	node *Node
	jobs chan votedJob
}

type votedJob struct {
	from  peer.ID
	block primitives.BlockID
	due   time.Time
}

// votedDepth is how many blocks of a fork are asked for at once.
const votedDepth = 16

func newVoted(n *Node) *voted { return &voted{node: n, jobs: make(chan votedJob, 64)} }

// Want asks for blocks of a peer, after the time that gossip may take to bring
// them. It does not wait; what finds no room is asked for by the next vote.
func (v *voted) Want(from peer.ID, blocks []primitives.BlockID) {
	due := time.Now().Add(time.Duration(v.node.chain.SlotDuration()) * time.Millisecond / 4)
	for _, block := range blocks {
		select {
		case v.jobs <- votedJob{from, block, due}:
		default:
			return
		}
	}
}

// Run fetches until ctx ends.
func (v *voted) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case job := <-v.jobs:
			select {
			case <-ctx.Done():
				return nil
			case <-time.After(time.Until(job.due)):
			}
			if !v.node.chain.Known(job.block.Hash) && job.block.Number > v.node.chain.Snapshot().Finalized.Number {
				v.fetch(ctx, job)
			}
		}
	}
}

// fetch asks for the block and its ancestors, downwards, and takes them in,
// upwards.
func (v *voted) fetch(ctx context.Context, job votedJob) {
	request := protocol.SyncRequest{ByHash: true, Hash: job.block.Hash, Descending: true, Max: votedDepth}
	answer, err := v.node.requests.Do(ctx, job.from, protocol.Sync, scale.Marshal(request))
	if err != nil {
		return // the peer may have gone or pruned the block; another vote names another peer
	}
	blocks, err := protocol.DecodeBlocks(answer, votedDepth)
	if err != nil {
		v.node.host.Report(job.from, reputation.Malformed)
		return
	}
	slices.Reverse(blocks)
	finalized := v.node.chain.Snapshot().Finalized.Number
	blocks = slices.DeleteFunc(blocks, func(encoded []byte) bool {
		info, err := inspectBlock(encoded)
		return err == nil && info.Number <= finalized
	})
	err = v.node.importFetched(ctx, job.from, blocks)
	v.node.log.Debug("fetched a block that was voted for", zap.Uint32("number", uint32(job.block.Number)), zap.Stringer("block", job.block.Hash), zap.Error(err))
}
