package backend

import (
	"context"
	"slices"
	"sync"

	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/store"
)

// Block is a block above the finalized one.
type Block struct {
	Hash   primitives.Hash
	Header primitives.Header
}

// Start is a chain at the moment from which a follower is told what happens.
type Start struct {
	Best, Finalized primitives.BlockID
	// Unfinalized are the blocks above the finalized one, each after its parent.
	Unfinalized []Block
}

// Event is what happened to a chain: chain.Imported or chain.Finalized; the latter
// names no canonical blocks if all that happened is that another block is best.
// Blocks and states an event names could be read when it happened; those pruned
// cannot be any more.
type Event any

// Errors of a Follower.
const (
	// ErrBehind: more happened than the follower keeps.
	ErrBehind = Reason("follower is behind")
)

// Feed tells followers what happens to a chain. All methods may be called from
// any goroutine.
//
// A mutex stands in for a loop because the chain's loop must not wait for anybody
// here, and whoever begins to follow needs start and place in line at once.
type Feed struct {
	store     *store.Store
	mu        sync.Mutex
	start     Start
	last      recent
	followers map[*Follower]struct{}
}

// NewFeed returns the feed of the chain in s, whose blocks nobody must change
// before Imported and Finalized are told of it.
func NewFeed(s *store.Store) *Feed {
	f := &Feed{store: s, start: Start{Best: s.Best(), Finalized: s.Finalized()}, followers: map[*Follower]struct{}{}}
	for _, b := range s.Unfinalized() {
		f.start.Unfinalized = append(f.start.Unfinalized, Block{b.Hash, b.Header})
	}
	return f
}

// Listener returns what the chain tells the feed. It never blocks.
func (f *Feed) Listener() chain.Listener {
	return chain.Listener{Imported: f.Imported, Finalized: f.Finalized}
}

// Imported tells the feed of a block that was taken in.
func (f *Feed) Imported(e chain.Imported) {
	view, err := f.store.View(e.Hash)
	f.mu.Lock()
	defer f.mu.Unlock()
	if err == nil {
		f.last.add(e, view)
	}
	f.start.Unfinalized = append(f.start.Unfinalized, Block{e.Hash, e.Header})
	f.start.Best = e.Best
	f.tell(e)
}

// Finalized tells the feed of blocks that became final.
func (f *Feed) Finalized(e chain.Finalized) {
	f.mu.Lock()
	defer f.mu.Unlock()
	gone := make(map[primitives.Hash]struct{}, len(e.Canonical)+len(e.Pruned))
	for _, ids := range [][]primitives.BlockID{e.Canonical, e.Pruned} {
		for _, id := range ids {
			gone[id.Hash] = struct{}{}
		}
	}
	f.start.Unfinalized = slices.DeleteFunc(f.start.Unfinalized, func(b Block) bool { _, ok := gone[b.Hash]; return ok })
	f.start.Best, f.start.Finalized = e.Best, e.Block
	f.last.final(e.Canonical)
	f.tell(e)
}

// tell puts e into every follower's line; a follower without room is let go.
func (f *Feed) tell(e Event) {
	for follower := range f.followers {
		select {
		case follower.events <- e:
		default:
			f.leave(follower)
		}
	}
}

func (f *Feed) leave(follower *Follower) {
	if _, ok := f.followers[follower]; ok {
		delete(f.followers, follower)
		close(follower.events)
	}
}

// At returns the chain as it is now.
func (f *Feed) At() Start {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.at()
}

func (f *Feed) at() Start {
	at := f.start
	at.Unfinalized = slices.Clone(at.Unfinalized)
	return at
}

// Follow returns the chain as it is now, and a follower that is told everything
// after it, as long as no more than capacity events wait for it. Close it.
func (f *Feed) Follow(capacity int) (Start, *Follower) {
	follower := &Follower{feed: f, events: make(chan Event, capacity)}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.followers[follower] = struct{}{}
	return f.at(), follower
}

// Follower is told what happens to a chain. It is for one goroutine.
type Follower struct {
	feed   *Feed
	events chan Event
}

// Events returns what happened, in order. It is closed after the last one when the
// follower was too slow.
func (f *Follower) Events() <-chan Event { return f.events }

// Next waits for the next event. It returns ErrBehind after the last one that the
// follower kept, and the error of ctx when that ends.
func (f *Follower) Next(ctx context.Context) (Event, error) {
	select {
	case e, ok := <-f.events:
		if !ok {
			return nil, ErrBehind
		}
		return e, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Close ends the follower.
func (f *Follower) Close() {
	f.feed.mu.Lock()
	defer f.feed.mu.Unlock()
	f.feed.leave(f)
}
