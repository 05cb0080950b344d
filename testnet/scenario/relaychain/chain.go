package relaychain

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"

	"github.com/rampart-chain/rampart/relay/babe"
	"github.com/rampart-chain/rampart/relay/forkchoice"
	"github.com/rampart-chain/rampart/relay/grandpa"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

// count returns the length of a list on disk.
func (n *Node) count(list string) uint64 {
	if raw := n.disk.Get(list); raw != nil {
		return binary.LittleEndian.Uint64(raw)
	}
	return 0
}

// appendTo writes an item to a list on disk.
func (n *Node) appendTo(list, item string, value []byte) {
	at := n.count(list)
	n.disk.Batch(
		engine.Value{Key: list, Data: binary.LittleEndian.AppendUint64(nil, at+1)},
		engine.Value{Key: fmt.Sprint(item, " ", at), Data: value},
	)
	n.disk.Sync()
}

// restoreChain rebuilds tree, epochs and states from disk.
func (n *Node) restoreChain() {
	var stored []primitives.Block
	for i := range n.count("blocks") {
		b := n.world.read(n.disk.Get(fmt.Sprint("block ", i)))
		n.blocks[b.Header.Hash()] = b
		stored = append(stored, b)
	}
	final, epochs := n.world.genesis.ID(), n.genesisEpochs()
	if raw := n.disk.Get("final"); raw != nil {
		must(scale.Unmarshal(raw, &final))
		must(scale.Unmarshal(n.disk.Get("epochs"), &epochs))
	}
	var err error
	n.tree = forkchoice.New(final, maxBlocks)
	n.epochs, err = babe.NewEpochs(epochs, maxBlocks)
	must(err)
	n.states[final.Hash] = n.stateAt(final)
	n.seals = babe.NewDetector(EpochSlots)
	for _, b := range stored {
		if n.tree.Contains(b.Header.ParentHash) {
			state, err := n.execute(n.states[b.Header.ParentHash], b)
			must(err)
			must(n.attach(b, state))
		}
	}
}

func (n *Node) genesisEpochs() babe.EpochState {
	g := runtime.NewQuery(n.world.state).BABE()
	return babe.GenesisState(n.world.genesis.Hash(), babe.EpochData{
		Length: g.EpochDuration, Authorities: g.Authorities, Randomness: g.Randomness, Config: g.Config,
	})
}

// path returns the stored blocks above a height up to block, lowest first.
func (n *Node) path(above primitives.BlockNumber, block primitives.BlockID) []primitives.Block {
	var out []primitives.Block
	for number, hash := block.Number, block.Hash; number > above; number-- {
		out = append(out, n.blocks[hash])
		hash = n.blocks[hash].Header.ParentHash
	}
	slices.Reverse(out)
	return out
}

// stateAt returns the state after a stored block, which stands in for a state on disk:
// that of the last of its ancestors that is remembered, with the blocks since then
// executed again.
func (n *Node) stateAt(block primitives.BlockID) *stateView {
	state, path := n.world.state, n.path(0, block)
	for i, b := range slices.Backward(path) {
		if known := n.world.executed.blocks[b.Header.Hash()]; known != nil {
			state, path = known.state, path[i+1:]
			break
		}
	}
	for _, b := range path {
		next, err := n.execute(state, b)
		must(err)
		state = next
	}
	return state
}

// execute runs a stored or received block on its parent's state.
func (n *Node) execute(parent *stateView, b primitives.Block) (*stateView, error) {
	header, _, err := b.Header.Unsealed()
	if err != nil {
		return nil, err
	}
	outcome, err := n.world.runtime.Execute(parent, n.blocks[b.Header.ParentHash].Header, primitives.Block{Header: header, Extrinsics: b.Extrinsics})
	if err != nil {
		return nil, err
	}
	after := n.world.remember(b.Header, parent, outcome)
	n.emit(engine.Note{Payload: executedNote{block: b, root: outcome.Root, state: after}})
	return after, nil
}

// enter returns the state after a received block: by executing it, or as those
// left it that did.
func (n *Node) enter(hash primitives.Hash, b primitives.Block) (*stateView, error) {
	known := n.world.executed.blocks[hash]
	if known == nil || n.world.executes(n.id, hash, b.Header) {
		return n.execute(n.states[b.Header.ParentHash], b)
	}
	n.emit(engine.Note{Payload: executedNote{block: b, root: known.root, state: known.state, taken: true}})
	return known.state, nil
}

// attach adds a block whose parent is in the tree, with the state after it.
func (n *Node) attach(b primitives.Block, state *stateView) error {
	id := b.Header.ID()
	if err := n.epochs.Import(b.Header); err != nil {
		return err
	}
	claim, err := b.Header.BABEPreDigest()
	if err != nil {
		return err
	}
	if err := n.tree.Insert(id, b.Header.ParentHash, claim.Weight()); err != nil {
		return err
	}
	n.states[id.Hash] = state
	n.chosen()
	return nil
}

// passes reports whether a header may be passed on: claim and seal are good.
func (n *Node) passes(now primitives.Millis, h primitives.Header) bool {
	view, ok := n.epochs.At(h.ParentHash)
	if !ok {
		return false
	}
	_, err := babe.Verify(n.world.scheme, h, view, babe.SlotAt(now, SlotMillis))
	return err == nil
}

// take takes in a block and what waited for it. It reports whether the block is
// new and good.
func (n *Node) take(now primitives.Millis, from engine.NodeID, b primitives.Block) bool {
	hash, parent := b.Header.Hash(), b.Header.ParentHash
	if _, known := n.blocks[hash]; known || b.Header.Number <= n.tree.Finalized().Number {
		return false
	}
	if !n.tree.Contains(parent) {
		n.keepOrphan(hash, orphan{b, from})
		return false
	}
	if err := n.add(now, from, hash, b); err != nil {
		if errors.Is(err, babe.ErrFuture) {
			n.emit(engine.Note{Payload: countNote("block of the future")})
		} else {
			n.emit(engine.Note{Payload: rejectedNote{what: "block", from: from, block: &b.Header, reason: err}})
		}
		return false
	}
	n.step(now, grandpa.BlockImported{Hash: hash, Header: b.Header})
	n.step(now, grandpa.BestBlock{Hash: n.tree.Best().Hash})
	n.paras.imported(now, b.Header)
	waiting := n.orphans[hash]
	delete(n.orphans, hash)
	for _, child := range waiting {
		n.take(now, child.from, child.Block)
	}
	return true
}

// orphan is a block whose parent is not known, and who sent it.
type orphan struct {
	primitives.Block
	from engine.NodeID
}

// keepOrphan keeps a block until its parent comes, if there is room.
func (n *Node) keepOrphan(hash primitives.Hash, b orphan) {
	waiting := n.orphans[b.Header.ParentHash]
	same := func(o orphan) bool { return o.Header.Hash() == hash }
	if len(n.orphans) >= maxOrphans || len(waiting) >= maxSiblings || slices.ContainsFunc(waiting, same) {
		return
	}
	n.orphans[b.Header.ParentHash] = append(waiting, b)
	n.emit(engine.Note{Payload: countNote("orphan")})
}

// add verifies, executes and stores a block.
func (n *Node) add(now primitives.Millis, from engine.NodeID, hash primitives.Hash, b primitives.Block) error {
	view, _ := n.epochs.At(b.Header.ParentHash)
	verified, err := babe.Verify(n.world.scheme, b.Header, view, babe.SlotAt(now, SlotMillis))
	if err != nil {
		return err
	}
	if proof, found := n.seals.Observe(b.Header, verified); found {
		n.emit(engine.Note{Payload: babeEvidenceNote{proof}})
	}
	before := n.tree.Best()
	state, err := n.enter(hash, b)
	if err != nil {
		return err
	}
	if err := n.attach(b, state); err != nil {
		return err
	}
	kept := n.world.shared(hash, b)
	n.blocks[hash] = kept.Block
	n.appendTo("blocks", "block", kept.encoded)
	n.reorganized(before)
	if from != n.id {
		n.heardSeal(now, verified)
	}
	return nil
}

// reorganized counts how many blocks the best chain lost.
func (n *Node) reorganized(before primitives.BlockID) {
	common, ok := n.tree.CommonAncestor(before.Hash, n.tree.Best().Hash)
	if ok && before.Number >= common.Number+2 {
		n.emit(engine.Note{Payload: countNote("reorg depth >= 2")})
	}
}

// finalize makes a block final that the gadget proved to be.
func (n *Node) finalize(now primitives.Millis, e grandpa.Finalize) {
	values := []engine.Value{{Key: "final", Data: e.Block.AppendSCALE(nil)}}
	if e.Keep {
		values = append(values, engine.Value{Key: fmt.Sprint("justification ", e.Set), Data: e.Justification.AppendSCALE(nil)})
	}
	if e.Block.Number <= n.tree.Finalized().Number {
		if e.Keep && n.finalized(e.Block) {
			n.disk.Batch(values[1:]...)
			n.disk.Sync()
		}
		return
	}
	view, _ := n.epochs.At(e.Block.Hash)
	_, err := n.tree.Finalize(e.Block.Hash)
	must(err)
	must(n.epochs.Finalize(e.Block.Hash))
	n.paras.finalized(now, e.Block)
	for hash := range n.states {
		if !n.tree.Contains(hash) {
			delete(n.states, hash)
		}
	}
	for parent, waiting := range n.orphans {
		if waiting[0].Header.Number <= e.Block.Number {
			delete(n.orphans, parent)
		}
	}
	n.disk.Batch(append(values, engine.Value{Key: "epochs", Data: scale.Marshal(view.State())})...)
	n.disk.Sync()
	n.pool.forget(n.states[e.Block.Hash])
	n.emit(engine.Note{Payload: finalizedNote{e}})
	n.chosen()
	n.step(now, grandpa.FinalizedElsewhere{Block: e.Block})
	n.step(now, grandpa.BestBlock{Hash: n.tree.Best().Hash})
}

// finalized reports whether a block at or below the finalized one is an ancestor
// of it.
func (n *Node) finalized(b primitives.BlockID) bool {
	for at := n.tree.Finalized(); ; at = (primitives.BlockID{Hash: n.blocks[at.Hash].Header.ParentHash, Number: at.Number - 1}) {
		if at.Number <= b.Number {
			return at == b
		}
	}
}

// chosen tells the observer which block is best among which.
func (n *Node) chosen() {
	var members primitives.Hash // the sum of the hashes, in any order
	for hash := range n.states {
		for i := range members {
			members[i] ^= hash[i]
		}
	}
	n.emit(engine.Note{Payload: chosenNote{n.tree.Finalized().Hash, members, n.tree.Best()}})
}
