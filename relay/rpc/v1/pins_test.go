package v1

import (
	"errors"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/rpctest"
	"github.com/rampart-chain/rampart/relay/store"
)

// TestTakeWhilePruned: a block that is pinned while another of its height becomes
// final is gone, or can be read ever after.
func TestTakeWhilePruned(t *testing.T) {
	chain := rpctest.New(t, false)
	p := &pins{store: chain.Store, most: 1 << 10, mostBytes: 1 << 20, blocks: map[primitives.Hash]*block{}}
	rounds := 100
	if testing.Short() {
		rounds = 20
	}
	for at := chain.Genesis; rounds > 0; rounds-- {
		fork, other := chain.Grow(at), chain.Grow(at)
		at = other
		ended := make(chan error)
		go func() {
			for {
				b, err := p.take(fork.Hash)
				if err == nil {
					_, err = p.body(b)
					if err == nil {
						_, err = p.state(b)
					}
					p.release(b)
					if err != nil {
						ended <- err
						return
					}
				} else if errors.Is(err, store.ErrUnknownBlock) {
					ended <- nil
					return
				}
			}
		}()
		chain.Finalize(other, false)
		if err := <-ended; err != nil {
			t.Fatalf("of a block that was pinned: %v", err)
		}
	}
}
