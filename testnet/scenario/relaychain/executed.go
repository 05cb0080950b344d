package relaychain

import (
	"encoding/binary"

	"github.com/rampart-chain/rampart/parachain/prospective"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

// executors is how many validators execute a block besides its author; the others
// take what came of that.
const executors = 2

// executed are the last blocks that were executed; order is that of their coming.
type executed struct {
	blocks map[primitives.Hash]*executedBlock
	order  []primitives.Hash
}

// executedBlock is a good block with its state.
type executedBlock struct {
	header primitives.Header
	root   primitives.Hash
	state  *stateView
	leaf   *prospective.Leaf // once it was asked for
}

// executes reports whether a validator executes a block that it hears of and that
// another one executed: its author does, and the executors that its hash chooses,
// so that they can be compared (I-4).
func (w *World) executes(id engine.NodeID, hash primitives.Hash, h primitives.Header) bool {
	claim, err := h.BABEPreDigest()
	must(err)
	author, _ := claim.Author()
	n := uint64(len(w.keys))
	place := (uint64(id) + n - uint64(author)%n) % n // behind the author
	if place == 0 || w.thorough {
		return true
	}
	others := n - 1
	return (place+others-binary.LittleEndian.Uint64(hash[:])%others)%others < executors
}

// remember returns the state after a block with outcome o, and keeps it for those
// that do not execute the block themselves.
func (w *World) remember(header primitives.Header, parent *stateView, o executive.Outcome) *stateView {
	state := w.views.after(parent, o)
	e, hash := &w.executed, header.Hash()
	if e.blocks[hash] != nil {
		return state
	}
	if e.blocks == nil {
		e.blocks = map[primitives.Hash]*executedBlock{}
	}
	e.blocks[hash] = &executedBlock{header: header, root: o.Root, state: state}
	if e.order = append(e.order, hash); len(e.order) > maxViews {
		delete(e.blocks, e.order[0])
		e.order = e.order[1:]
	}
	return state
}

// leaf returns what a block is to the cores of parachains; nil if it is not
// remembered.
func (w *World) leaf(hash primitives.Hash) *prospective.Leaf {
	b := w.executed.blocks[hash]
	if b == nil {
		return nil
	}
	if b.leaf == nil {
		state := frame.NewState(b.state)
		b.leaf = prospective.NewLeaf(state, b.header)
		must(state.Err())
	}
	return b.leaf
}
