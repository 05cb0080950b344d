package node

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/libp2p/go-libp2p/core/peer"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/supervise"
)

// voted fetches what finality lacks and block sync does not bring: blocks that
// somebody voted for on a fork that nobody follows any more, asked for by their
// hash; and the justifications of blocks that were imported before they became
// final elsewhere.
type voted struct {
	node   *Node
	beat   supervise.Beat
	jobs   chan votedJob
	behind chan peer.ID // capacity 1
}

type votedJob struct {
	from  peer.ID
	block primitives.BlockID
	due   time.Time
}

// Bounds of a fork that is fetched: the blocks asked for at once, and the blocks and
// bytes held until a known one is reached. No vote reaches further than maxFork
// blocks above the final one.
const (
	votedDepth   = 16
	maxFork      = 512
	maxForkBytes = 64 << 20
)

// errNoFork is what makes an answer useless: it has not the block asked for, or too
// much of a fork, or one that finality left behind.
var errNoFork = errors.New("no fork of unfinalized blocks")

func newVoted(n *Node) *voted {
	return &voted{node: n, beat: n.loops.Beat("voted blocks"), jobs: make(chan votedJob, 64), behind: make(chan peer.ID, 1)}
}

// Behind asks a peer, which is in a later authority set, for justifications. It
// does not wait; what finds no room is asked for with the next summary.
func (v *voted) Behind(from peer.ID) {
	select {
	case v.behind <- from:
	default:
	}
}

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

// waiting returns how many blocks are to be fetched.
func (v *voted) waiting() int64 { return int64(len(v.jobs)) }

// Run fetches until ctx ends.
func (v *voted) Run(ctx context.Context) error {
	idle := time.NewTicker(supervise.Idle)
	defer idle.Stop()
	for {
		v.beat.Alive()
		select {
		case <-ctx.Done():
			return nil
		case <-idle.C:
		case from := <-v.behind:
			v.justify(ctx, from)
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

// justify asks for the blocks above the finalized one and takes in what proves
// them final.
func (v *voted) justify(ctx context.Context, from peer.ID) {
	request := protocol.SyncRequest{Number: v.node.chain.Snapshot().Finalized.Number + 1, Max: protocol.MaxBlocks}
	answer, err := v.node.requests.Do(ctx, from, protocol.Sync, scale.Marshal(request))
	if err != nil {
		return // the next summary names another peer
	}
	blocks, err := protocol.DecodeBlocks(answer, protocol.MaxBlocks)
	if err != nil {
		v.node.host.Report(from, reputation.Malformed)
		return
	}
	err = v.take(ctx, from, blocks)
	v.node.log.Debug("fetched justifications", zap.Stringer("peer", from), zap.Int("blocks", len(blocks)), zap.Error(err))
}

// take takes in blocks of a peer until one is not taken.
func (v *voted) take(ctx context.Context, from peer.ID, blocks [][]byte) error {
	for i := range blocks {
		v.beat.Alive()
		if err := v.node.importFetched(ctx, from, blocks[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

// fetch asks for the block and its ancestors, down to a known one, and takes them
// in, upwards.
func (v *voted) fetch(ctx context.Context, job votedJob) {
	finalized := v.node.chain.Snapshot().Finalized.Number
	fork, err := descend(job.block.Hash, finalized, v.node.chain.Known, func(r protocol.SyncRequest) ([][]byte, error) {
		v.beat.Alive()
		answer, err := v.node.requests.Do(ctx, job.from, protocol.Sync, scale.Marshal(r))
		if err != nil {
			return nil, err // the peer may have gone or pruned the block; another vote names another peer
		}
		blocks, err := protocol.DecodeBlocks(answer, votedDepth)
		if err != nil {
			v.node.host.Report(job.from, reputation.Malformed)
		}
		return blocks, err
	})
	if err == nil {
		err = v.take(ctx, job.from, fork)
	}
	v.node.log.Debug("fetched a block that was voted for", zap.Uint32("number", uint32(job.block.Number)),
		zap.Stringer("block", job.block.Hash), zap.Int("blocks", len(fork)), zap.Error(err))
}

// descend returns a block and its ancestors that are not known, lowest first, all
// above the finalized one. ask answers requests with at most votedDepth blocks.
func descend(
	block primitives.Hash, finalized primitives.BlockNumber, known func(primitives.Hash) bool, ask func(protocol.SyncRequest) ([][]byte, error),
) ([][]byte, error) {
	var fork [][]byte
	size := 0
	for next := block; !known(next); {
		blocks, err := ask(protocol.SyncRequest{ByHash: true, Hash: next, Descending: true, Max: votedDepth})
		if err != nil {
			return nil, err
		}
		if len(blocks) == 0 {
			return nil, errNoFork
		}
		for _, encoded := range blocks {
			info, err := inspectBlock(encoded)
			size += len(encoded)
			switch {
			case err != nil:
				return nil, err
			case info.Hash != next, info.Number <= finalized,
				len(fork) == maxFork, size > maxForkBytes:
				return nil, errNoFork
			}
			fork = append(fork, encoded)
			if next = info.Parent; known(next) {
				break
			}
		}
	}
	slices.Reverse(fork)
	return fork, nil
}
