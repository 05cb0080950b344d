package node

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/rampart-chain/rampart/network/blocksync"
	"github.com/rampart-chain/rampart/network/blocksync/plan"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/relay/babe"
	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// maxServed bounds the bytes of blocks in one answer.
const maxServed = 7 << 20

func (n *Node) buildSync() error {
	var err error
	n.sync, err = blocksync.New(blocksync.Config{
		Beat:     n.loops.Beat("sync"),
		Requests: n.requests, Serve: n.serveBlocks, Inspect: inspectBlock, Import: n.importFetched, Known: n.chain.Known,
		Report: n.host.Report, Now: n.clock.Now, Logger: n.log, Registerer: n.config.Registerer,
	})
	if err != nil {
		return err
	}
	n.voted = newVoted(n)
	n.tellSync()
	return nil
}

// tellSync tells block sync of best and finalized.
func (n *Node) tellSync() {
	s := n.chain.Snapshot()
	n.sync.Head(s.Best, s.Finalized)
}

// syncListener keeps block sync informed; it never blocks.
func (n *Node) syncListener() chain.Listener {
	return chain.Listener{Imported: func(chain.Imported) { n.tellSync() }, Finalized: func(chain.Finalized) { n.tellSync() }}
}

// syncing reports whether peers are so far ahead that blocks made now would be
// of no use.
func (n *Node) syncing() bool { return n.sync.Status().Syncing }

// serveBlocks returns blocks of the best chain for a peer.
func (n *Node) serveBlocks(r protocol.SyncRequest) [][]byte {
	hash, ok := n.servedStart(r)
	var blocks [][]byte
	for size := 0; ok && len(blocks) < int(r.Max); {
		header, err := n.disk.store.Header(hash)
		if err != nil || header.Number == 0 {
			break
		}
		encoded, err := n.storedBlock(hash, header)
		if size += len(encoded); err != nil || size > maxServed && len(blocks) > 0 {
			break
		}
		blocks = append(blocks, encoded)
		hash, ok = n.servedNext(header, r)
	}
	return blocks
}

// servedStart returns the block that a request starts at.
func (n *Node) servedStart(r protocol.SyncRequest) (primitives.Hash, bool) {
	if r.ByHash {
		return r.Hash, true
	}
	hash, ok, err := n.disk.store.CanonicalHash(r.Number)
	return hash, ok && err == nil
}

// servedNext returns the block after header in the direction of a request.
func (n *Node) servedNext(header primitives.Header, r protocol.SyncRequest) (primitives.Hash, bool) {
	if r.Descending {
		return header.ParentHash, header.Number > 1
	}
	hash, ok, err := n.disk.store.CanonicalHash(header.Number + 1)
	return hash, ok && err == nil
}

// storedBlock returns a stored block as it is sent to peers.
func (n *Node) storedBlock(hash primitives.Hash, header primitives.Header) ([]byte, error) {
	body, err := n.disk.store.Body(hash)
	if err != nil {
		return nil, err
	}
	b := chain.StoredBlock{Block: primitives.Block{Header: header, Extrinsics: body}}
	justification, ok, err := n.disk.store.Justification(hash)
	if err != nil {
		return nil, err
	}
	if ok {
		b.Justification = &justification
	}
	return scale.Marshal(b), nil
}

// inspectBlock reads the header of a block that a peer sent.
func inspectBlock(encoded []byte) (plan.Info, error) {
	var header primitives.Header // the first field of chain.StoredBlock
	d := scale.NewDecoder(encoded)
	header.DecodeSCALE(d)
	return plan.Info{Number: header.Number, Hash: header.Hash(), Parent: header.ParentHash}, d.Err()
}

// blameless are the reasons for which no peer is blamed for a block.
var blameless = []error{babe.ErrFuture, chain.ErrUnknownParent, chain.ErrOld, chain.ErrStopped, chain.ErrLocal, context.Canceled}

// importFetched takes in blocks that block sync fetched from a peer.
func (n *Node) importFetched(ctx context.Context, from peer.ID, blocks [][]byte) error {
	for _, encoded := range blocks {
		var b chain.StoredBlock
		if err := scale.Unmarshal(encoded, &b); err != nil {
			return fmt.Errorf("%w: %w", blocksync.ErrInvalid, err)
		}
		err := n.importStored(ctx, from, b)
		switch {
		case err == nil:
		case slices.ContainsFunc(blameless, func(target error) bool { return errors.Is(err, target) }):
			return err
		default:
			return fmt.Errorf("block %d: %w: %w", b.Block.Header.Number, blocksync.ErrInvalid, err)
		}
	}
	return nil
}

// importStored takes in one block and the proof of its finality that came with
// it.
func (n *Node) importStored(ctx context.Context, from peer.ID, b chain.StoredBlock) error {
	err := n.chain.Import(ctx, b.Block, false)
	if err != nil && !errors.Is(err, chain.ErrKnown) {
		return err
	}
	if b.Justification == nil {
		return nil
	}
	if verdict, reason := n.finality.ReceiveJustification(ctx, protocol.PeerID(from), *b.Justification); verdict == protocol.Reject {
		return fmt.Errorf("justification: %w", reason)
	}
	return nil
}
