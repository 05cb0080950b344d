package store

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// overlayEvery is how many diffs a read walks at most; a longer chain of them is
// merged into one.
const overlayEvery = 64

// block is an unfinalized block. Its diff is on disk; layer and overlay are what
// is in memory, guarded by Store.mu.
type block struct {
	id     primitives.BlockID
	header primitives.Header
	weight uint32

	// layer is the block's diff, nil if it was dropped from memory.
	layer *layer
	// overlay is the diff from some finalized block to this one, nil if none was
	// made. It may reach further down than needed: what it says of blocks finalized
	// since, the flat state says too, or the overlay overrides it.
	overlay *layer
}

func (b *block) held() int {
	n := 0
	if b.layer != nil {
		n += b.layer.bytes
	}
	if b.overlay != nil {
		n += b.overlay.bytes
	}
	return n
}

// tree is the finalized head and the blocks above it. Guarded by Store.mu.
type tree struct {
	final  head
	root   primitives.Hash // state root of final
	asOf   uint64          // timestamp at which all below is on disk as it says
	best   primitives.Hash
	blocks map[primitives.Hash]*block
	held   int // bytes of all layers in memory
	limit  int // what held may be
}

// chain returns the blocks from the one with hash down to the child of the
// finalized head; none if hash is the head's; ok is false if hash is neither.
func (t *tree) chain(hash primitives.Hash) (out []*block, ok bool) {
	for hash != t.final.id.Hash {
		b := t.blocks[hash]
		if b == nil {
			return nil, false
		}
		out = append(out, b)
		hash = b.header.ParentHash
	}
	return out, true
}

// held is what is in memory of a block.
type held struct {
	layer, overlay *layer
	loaded         bool // layer was read from disk
}

// snapshot returns chain, but only down to the first block with an overlay, and
// what is in memory of each.
func (t *tree) snapshot(hash primitives.Hash) (chain []*block, inMemory []held, ok bool) {
	for hash != t.final.id.Hash {
		b := t.blocks[hash]
		if b == nil {
			return nil, nil, false
		}
		chain = append(chain, b)
		inMemory = append(inMemory, held{layer: b.layer, overlay: b.overlay})
		if b.overlay != nil {
			break
		}
		hash = b.header.ParentHash
	}
	return chain, inMemory, true
}

// add puts b, whose parent is in the tree or the finalized head, into the tree.
func (t *tree) add(b *block) {
	t.blocks[b.id.Hash] = b
	t.held += b.held()
	t.trim()
}

// keep holds layers of b in memory from now on; nil leaves what there is.
func (t *tree) keep(b *block, layer, overlay *layer) {
	if t.blocks[b.id.Hash] != b {
		return // finalized or pruned meanwhile
	}
	t.held -= b.held()
	b.layer, b.overlay = cmp.Or(layer, b.layer), cmp.Or(overlay, b.overlay)
	t.held += b.held()
	t.trim()
}

func (t *tree) remove(b *block) {
	delete(t.blocks, b.id.Hash)
	t.held -= b.held()
}

// trim drops layers from memory if they take more than the limit, those of the
// lowest blocks first, until an eighth of it is free.
func (t *tree) trim() {
	if t.held <= t.limit {
		return
	}
	for _, b := range t.ascending() {
		t.held -= b.held()
		b.layer, b.overlay = nil, nil
		if t.held <= t.limit-t.limit/8 {
			return
		}
	}
}

// ascending returns all blocks by number, then hash.
func (t *tree) ascending() []*block {
	out := make([]*block, 0, len(t.blocks))
	for _, b := range t.blocks {
		out = append(out, b)
	}
	slices.SortFunc(out, func(a, b *block) int {
		return cmp.Or(cmp.Compare(a.id.Number, b.id.Number), bytes.Compare(a.id.Hash[:], b.id.Hash[:]))
	})
	return out
}

// cut returns what finalizing target does: the blocks that become canonical,
// lowest first, and those that can never, each after its parent. ok is false if
// target is not in the tree.
func (t *tree) cut(target primitives.Hash) (canonical, pruned []*block, ok bool) {
	canonical, ok = t.chain(target)
	if !ok {
		return nil, nil, false
	}
	slices.Reverse(canonical)
	kept := map[primitives.Hash]bool{}
	for _, b := range canonical {
		kept[b.id.Hash] = true
	}
	above := map[primitives.Hash]bool{target: true}
	for _, b := range t.ascending() {
		switch {
		case kept[b.id.Hash]:
		case above[b.header.ParentHash]:
			above[b.id.Hash] = true
		default:
			pruned = append(pruned, b)
		}
	}
	return canonical, pruned, true
}
