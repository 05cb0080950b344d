package chainhead

import "github.com/rampart-chain/rampart/relay/primitives"

// Block is a block with its parent.
type Block struct {
	Hash, Parent primitives.Hash
}

// Start is a chain at the moment from which a client is told what happens.
type Start struct {
	// Finalized are finalized blocks, lowest first; at least the last one.
	Finalized []primitives.BlockID
	// Unfinalized are those above, each after its parent.
	Unfinalized []Block
	Best        primitives.Hash
}

// Finality is what becomes final.
type Finality struct {
	// Canonical are the blocks that became final, lowest first; Pruned those that
	// never can. Without any, only Best has changed.
	Canonical, Pruned []primitives.BlockID
	Best              primitives.Hash
	// Oldest is the number of the oldest finalized block whose state can be read.
	Oldest primitives.BlockNumber
	// Limit bounds the pins of final and pruned blocks. What this event makes final
	// or prunes is not counted: the client must learn of it before it can unpin it.
	Limit int
}

// Head is the head of a chain as one client knows it. The zero Head is not usable;
// see New.
type Head struct {
	// open are the blocks above the finalized one that were told.
	open      map[primitives.Hash]struct{}
	finalized primitives.BlockID
	best      primitives.Hash
	pins      map[primitives.Hash]pin
	done      int // pins that are done
}

// pin is a pinned block. Base is the number of the finalized block to whose state
// reads of it go: its own if it is final.
type pin struct {
	base primitives.BlockNumber
	done bool // final or pruned
}

// New returns the head of a chain, and what the client is told of it first.
// Start.Finalized must not be empty.
func New(s Start) (*Head, []Event) {
	last := s.Finalized[len(s.Finalized)-1]
	h := &Head{open: map[primitives.Hash]struct{}{}, finalized: last, best: last.Hash, pins: map[primitives.Hash]pin{}, done: len(s.Finalized)}
	for _, id := range s.Finalized {
		h.pins[id.Hash] = pin{id.Number, true}
	}
	events := []Event{Initialized{hashes(s.Finalized)}}
	for _, b := range s.Unfinalized {
		events = append(events, h.tell(b)...)
	}
	h.choose(s.Best)
	return h, append(events, BestBlockChanged{h.best})
}

// Imported returns what the client is told of a new block, and whether it is told
// of it at all; it is pinned then.
func (h *Head) Imported(b Block, best primitives.Hash) (events []Event, told bool) {
	events = h.tell(b)
	told = len(events) > 0
	if h.choose(best) {
		events = append(events, BestBlockChanged{h.best})
	}
	return events, told
}

// tell makes b known, if its parent is.
func (h *Head) tell(b Block) []Event {
	_, known := h.open[b.Hash]
	if _, above := h.open[b.Parent]; known || !above && b.Parent != h.finalized.Hash {
		return nil
	}
	h.open[b.Hash] = struct{}{}
	h.pins[b.Hash] = pin{base: h.finalized.Number}
	return []Event{NewBlock(b)}
}

// choose makes a block the best one if it is known, else keeps the best one. It
// returns whether that changed anything.
func (h *Head) choose(best primitives.Hash) bool {
	if _, known := h.open[best]; best == h.best || !known && best != h.finalized.Hash {
		return false
	}
	h.best = best
	return true
}

// Finalized returns what the client is told of blocks that became final. It returns
// false if the client must be stopped instead: it pins more than the limit, blocks
// whose state is gone, or a block became final that it was never told of.
func (h *Head) Finalized(f Finality) ([]Event, bool) {
	if h.done > f.Limit || h.stale(f.Oldest) {
		return nil, false
	}
	for _, id := range f.Canonical {
		if _, told := h.open[id.Hash]; !told {
			return nil, false
		}
	}
	if len(f.Canonical) == 0 {
		if h.choose(f.Best) {
			return []Event{BestBlockChanged{h.best}}, true
		}
		return nil, true
	}
	var pruned []primitives.BlockID
	for _, id := range f.Pruned {
		if _, told := h.open[id.Hash]; told {
			pruned = append(pruned, id)
		}
	}
	h.finalized = f.Canonical[len(f.Canonical)-1]
	h.close(f.Canonical, true)
	h.close(pruned, false)
	var events []Event
	_, open := h.open[h.best]
	if h.choose(f.Best) || !open && h.choose(h.finalized.Hash) {
		events = append(events, BestBlockChanged{h.best})
	}
	return append(events, Finalized{hashes(f.Canonical), hashes(pruned)}), true
}

// stale reports whether the state of a block that the client could have unpinned
// cannot be read any more.
func (h *Head) stale(oldest primitives.BlockNumber) bool {
	for _, p := range h.pins {
		if p.done && p.base < oldest {
			return true
		}
	}
	return false
}

// close takes blocks that are final, or pruned, out of the open ones.
func (h *Head) close(ids []primitives.BlockID, final bool) {
	for _, id := range ids {
		delete(h.open, id.Hash)
		p, pinned := h.pins[id.Hash]
		if !pinned {
			continue
		}
		if p.done = true; final {
			p.base = id.Number
		}
		h.pins[id.Hash] = p
		h.done++
	}
}

// Pinned reports whether a block is pinned.
func (h *Head) Pinned(hash primitives.Hash) bool {
	_, ok := h.pins[hash]
	return ok
}

// Unpin unpins blocks, all or none: ErrTwice if a hash stands twice, ErrNotPinned if
// one is not pinned.
func (h *Head) Unpin(blocks []primitives.Hash) error {
	seen := make(map[primitives.Hash]struct{}, len(blocks))
	for _, hash := range blocks {
		if _, twice := seen[hash]; twice {
			return ErrTwice
		}
		seen[hash] = struct{}{}
	}
	for _, hash := range blocks {
		if !h.Pinned(hash) {
			return ErrNotPinned
		}
	}
	for _, hash := range blocks {
		if h.pins[hash].done {
			h.done--
		}
		delete(h.pins, hash)
	}
	return nil
}

func hashes(ids []primitives.BlockID) []primitives.Hash {
	out := make([]primitives.Hash, len(ids))
	for i, id := range ids {
		out[i] = id.Hash
	}
	return out
}
