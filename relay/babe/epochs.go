package babe

import (
	"cmp"
	"slices"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// EpochState is a View in the form that is stored: with it and the headers of
// its descendants Epochs can be made again after a restart.
//
//frame:codec
type EpochState struct {
	Block primitives.BlockID
	Slot  primitives.Slot
	// Started is false at genesis; Current is then equal to Next, epoch 0
	// with start 0.
	Started bool
	Current EpochData
	Next    EpochData
}

// GenesisState returns the state at genesis, whose hash is block, for the
// authorities, randomness and configuration of epoch 0. epoch.Index and
// epoch.Start are ignored.
func GenesisState(block primitives.Hash, epoch EpochData) EpochState {
	epoch.Index, epoch.Start = 0, 0
	return EpochState{Block: primitives.BlockID{Hash: block}, Current: epoch, Next: epoch}
}

// view checks s and returns it as a View.
func (s EpochState) view() (View, error) {
	v := View{Block: s.Block, Slot: s.Slot}
	var err error
	if v.next, err = NewEpoch(s.Next); err != nil || !s.Started {
		return v, err
	}
	if v.current, err = NewEpoch(s.Current); err != nil {
		return v, err
	}
	follows := s.Next.Index == s.Current.Index+1 && s.Next.Length == s.Current.Length &&
		s.Next.Start == s.Current.Start+primitives.Slot(s.Current.Length)
	if !follows || !v.current.Contains(s.Slot) {
		return v, ErrInconsistentState
	}
	return v, nil
}

// State returns v in the form that is stored.
func (v View) State() EpochState {
	s := EpochState{Block: v.Block, Slot: v.Slot, Current: v.next.EpochData, Next: v.next.EpochData}
	if v.current != nil {
		s.Started, s.Current = true, v.current.EpochData
	}
	return s
}

// Epochs knows the View of the last finalized block and of every imported
// descendant, so that each fork has its own epochs. It is used by one
// goroutine; the Views it returns may be shared.
type Epochs struct {
	blocks map[primitives.Hash]leaf
	limit  int
}

type leaf struct {
	view   View
	parent primitives.Hash
}

// NewEpochs returns the epochs after the finalized block that finalized
// describes. limit bounds the blocks held besides it and must be positive. It
// returns ErrBadEpochLength, ErrBadAuthorities, ErrBadConfig or
// ErrInconsistentState.
func NewEpochs(finalized EpochState, limit int) (*Epochs, error) {
	view, err := finalized.view()
	if err != nil {
		return nil, err
	}
	return &Epochs{blocks: map[primitives.Hash]leaf{view.Block.Hash: {view: view}}, limit: limit}, nil
}

// At returns the View of the block with hash; false if it is not known.
func (e *Epochs) At(hash primitives.Hash) (View, bool) {
	l, ok := e.blocks[hash]
	return l.view, ok
}

// Len returns how many blocks are held besides the finalized one.
func (e *Epochs) Len() int { return len(e.blocks) - 1 }

// Import takes in header, which passed Verify and execution. It returns
// ErrUnknownParent, ErrKnownBlock, ErrTooMany, or why its digest breaks the
// rules of announcing epochs, and then changes nothing.
//
// The first block of an epoch, block 1 included, must announce the next one,
// and no other block may. A configuration may be announced with it and lasts
// until another is.
func (e *Epochs) Import(header primitives.Header) error {
	parent, ok := e.blocks[header.ParentHash]
	if !ok || header.Number == 0 || header.Number-1 != parent.view.Block.Number {
		return ErrUnknownParent
	}
	if len(e.blocks) > e.limit {
		return ErrTooMany
	}
	view, err := parent.view.child(header)
	if err != nil {
		return err
	}
	if _, known := e.blocks[view.Block.Hash]; known {
		return ErrKnownBlock
	}
	e.blocks[view.Block.Hash] = leaf{view: view, parent: header.ParentHash}
	return nil
}

// Finalize forgets every block that does not descend from the one with hash. It
// returns ErrUnknownBlock if that is not known.
func (e *Epochs) Finalize(hash primitives.Hash) error {
	root, ok := e.blocks[hash]
	if !ok {
		return ErrUnknownBlock
	}
	order := make([]leaf, 0, len(e.blocks))
	for _, l := range e.blocks {
		if l.view.Block.Number > root.view.Block.Number {
			order = append(order, l)
		}
	}
	slices.SortFunc(order, func(a, b leaf) int { return cmp.Compare(a.view.Block.Number, b.view.Block.Number) })

	kept := map[primitives.Hash]leaf{hash: root}
	for _, l := range order {
		if _, descends := kept[l.parent]; descends {
			kept[l.view.Block.Hash] = l
		}
	}
	e.blocks = kept
	return nil
}
