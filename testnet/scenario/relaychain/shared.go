package relaychain

import (
	"bytes"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// sharedBlock is a block as validators have it in memory and on their disks: once for
// all of them, or a week of thirty does not fit a machine.
type sharedBlock struct {
	primitives.Block
	encoded []byte
}

// shared returns what the first validator that stored a block has of it.
func (w *World) shared(hash primitives.Hash, b primitives.Block) sharedBlock {
	encoded := b.AppendSCALE(nil)
	if kept, ok := w.blocks[hash]; ok && bytes.Equal(kept.encoded, encoded) {
		return kept
	}
	kept := sharedBlock{b, encoded}
	w.blocks[hash] = kept
	return kept
}

// read returns the block that a validator finds on its disk.
func (w *World) read(encoded []byte) primitives.Block {
	var b primitives.Block
	must(scale.Unmarshal(encoded, &b))
	return w.shared(b.Header.Hash(), b).Block
}
