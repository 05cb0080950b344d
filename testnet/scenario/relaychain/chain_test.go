package relaychain_test

import (
	"encoding/binary"
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
func (n *node) count(list string) uint64 {
	if raw := n.disk.Get(list); raw != nil {
		return binary.LittleEndian.Uint64(raw)
	}
	return 0
}

// appendTo writes an item to a list on disk, without Sync.
func (n *node) appendTo(list, item string, value []byte) {
	at := n.count(list)
	n.disk.Put(fmt.Sprint(item, " ", at), value)
	n.disk.Put(list, binary.LittleEndian.AppendUint64(nil, at+1))
}

// restoreChain rebuilds tree, epochs and states from disk.
func (n *node) restoreChain() {
	var stored []primitives.Block
	for i := range n.count("blocks") {
		var b primitives.Block
		must(scale.Unmarshal(n.disk.Get(fmt.Sprint("block ", i)), &b))
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
	for _, b := range stored {
		if n.tree.Contains(b.Header.ParentHash) {
			must(n.attach(b))
		}
	}
}

func (n *node) genesisEpochs() babe.EpochState {
	g := runtime.NewQuery(n.world.state).BABE()
	return babe.GenesisState(n.world.genesis.Hash(), babe.EpochData{
		Length: g.EpochDuration, Authorities: g.Authorities, Randomness: g.Randomness, Config: g.Config,
	})
}

// path returns the stored blocks above a height up to block, lowest first.
func (n *node) path(above primitives.BlockNumber, block primitives.BlockID) []primitives.Block {
	var out []primitives.Block
	for number, hash := block.Number, block.Hash; number > above; number-- {
		out = append(out, n.blocks[hash])
		hash = n.blocks[hash].Header.ParentHash
	}
	slices.Reverse(out)
	return out
}

// stateAt executes all blocks up to one again: it stands in for a state on disk.
func (n *node) stateAt(block primitives.BlockID) *stateView {
	state := n.world.state
	for _, b := range n.path(0, block) {
		next, err := n.execute(state, b)
		must(err)
		state = next
	}
	return state
}

// execute runs a stored or received block on its parent's state.
func (n *node) execute(parent *stateView, b primitives.Block) (*stateView, error) {
	header, _, err := b.Header.Unsealed()
	if err != nil {
		return nil, err
	}
	outcome, err := n.world.runtime.Execute(parent, n.blocks[b.Header.ParentHash].Header, primitives.Block{Header: header, Extrinsics: b.Extrinsics})
	if err != nil {
		return nil, err
	}
	n.emit(engine.Note{Payload: executedNote{b.Header, outcome.Root}})
	return parent.after(outcome), nil
}

// attach executes a block whose parent is in the tree and adds it.
func (n *node) attach(b primitives.Block) error {
	id := b.Header.ID()
	state, err := n.execute(n.states[b.Header.ParentHash], b)
	if err != nil {
		return err
	}
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

// take takes in a block and what waited for it. It reports whether the block is
// new and good.
func (n *node) take(now primitives.Millis, b primitives.Block) bool {
	hash, parent := b.Header.Hash(), b.Header.ParentHash
	if _, known := n.blocks[hash]; known || b.Header.Number <= n.tree.Finalized().Number {
		return false
	}
	if !n.tree.Contains(parent) {
		same := func(o primitives.Block) bool { return o.Header.Hash() == hash }
		if !slices.ContainsFunc(n.orphans[parent], same) {
			n.orphans[parent] = append(n.orphans[parent], b)
		}
		return false
	}
	view, _ := n.epochs.At(parent)
	_, err := babe.Verify(n.world.scheme, b.Header, view, babe.SlotAt(now, slotMillis))
	if err == nil {
		err = n.attach(b)
	}
	if err != nil {
		n.emit(engine.Note{Payload: rejectedNote{fmt.Sprint("block ", b.Header.Number), err}})
		return false
	}
	n.blocks[hash] = b
	n.appendTo("blocks", "block", b.AppendSCALE(nil))
	n.step(now, grandpa.BlockImported{Hash: hash, Header: b.Header})
	n.step(now, grandpa.BestBlock{Hash: n.tree.Best().Hash})
	waiting := n.orphans[hash]
	delete(n.orphans, hash)
	for _, child := range waiting {
		n.take(now, child)
	}
	return true
}

// finalize makes a block final that the gadget proved to be.
func (n *node) finalize(now primitives.Millis, e grandpa.Finalize) {
	if e.Keep {
		n.disk.Put(fmt.Sprint("justification ", e.Set), e.Justification.AppendSCALE(nil))
	}
	if e.Block.Number <= n.tree.Finalized().Number {
		return
	}
	view, _ := n.epochs.At(e.Block.Hash)
	_, err := n.tree.Finalize(e.Block.Hash)
	must(err)
	must(n.epochs.Finalize(e.Block.Hash))
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
	n.disk.Put("final", e.Block.AppendSCALE(nil))
	n.disk.Put("epochs", scale.Marshal(view.State()))
	n.disk.Sync()
	n.emit(engine.Note{Payload: finalizedNote{e}})
	n.chosen()
	n.step(now, grandpa.FinalizedElsewhere{Block: e.Block})
	n.step(now, grandpa.BestBlock{Hash: n.tree.Best().Hash})
}

// chosen tells the observer which block is best among which.
func (n *node) chosen() {
	var members primitives.Hash // the sum of the hashes, in any order
	for hash := range n.states {
		for i := range members {
			members[i] ^= hash[i]
		}
	}
	n.emit(engine.Note{Payload: chosenNote{n.tree.Finalized().Hash, members, n.tree.Best()}})
}
