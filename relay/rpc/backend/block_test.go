package backend

import (
	"errors"
	"fmt"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/store"
)

// TestBestBlockPrunedMeanwhile: the best block is read, whichever that is by then; an
// error that another best block does not mend is returned.
func TestBestBlockPrunedMeanwhile(t *testing.T) {
	other := errors.New("other")
	for name, c := range map[string]struct {
		pruned byte // how many best blocks are gone when they are read
		still  bool // the best block stays the same
		fault  error
		reads  byte
		want   error
	}{
		"there":          {reads: 1},
		"pruned":         {pruned: 1, reads: 2},
		"often":          {pruned: maxPruned, reads: maxPruned + 1},
		"too often":      {pruned: maxPruned + 1, reads: maxPruned + 1, want: store.ErrUnknownBlock},
		"unknown":        {pruned: 9, still: true, reads: 1, want: store.ErrUnknownBlock},
		"another reason": {fault: other, reads: 1, want: other},
	} {
		var best, reads byte
		err := readBest(func() primitives.Hash {
			if best == 0 || !c.still {
				best++
			}
			return primitives.Hash{best}
		}, func(h primitives.Hash) error {
			reads++
			if h[0] <= c.pruned {
				return fmt.Errorf("block %s: %w", h, store.ErrUnknownBlock)
			}
			return c.fault
		})
		if !errors.Is(err, c.want) || reads != c.reads {
			t.Errorf("%s: %v after %d reads, want %v after %d", name, err, reads, c.want, c.reads)
		}
	}
}
