package node

import (
	"sync/atomic"
	"time"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// Clock makes the system's clock one that cores can use: it does not go back. If
// the system's clock is set back, it stands still until that is past what it
// showed last, so that no slot comes twice; if it is set forward, it follows.
// The zero value is ready. It is safe for concurrent use: shells read it from
// their own goroutines.
type Clock struct{ last atomic.Uint64 }

// at returns what the clock shows when the system's shows wall.
func (c *Clock) at(wall primitives.Millis) primitives.Millis {
	for {
		last := c.last.Load()
		if uint64(wall) <= last {
			return primitives.Millis(last)
		}
		if c.last.CompareAndSwap(last, uint64(wall)) {
			return wall
		}
	}
}

// Now is the node's clock: Unix milliseconds, never decreasing.
func (c *Clock) Now() primitives.Millis { return c.at(wall()) }

// wall is what the system's clock shows: Unix milliseconds.
func wall() primitives.Millis { return primitives.Millis(time.Now().UnixMilli()) }
