package author

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/txpool"
)

// TestOfferEnds checks what is said of why a block takes no more transactions.
func TestOfferEnds(t *testing.T) {
	best := primitives.BlockID{Number: 7}
	pool := txpool.New(txpool.Params{}, best)
	x := primitives.Extrinsic("signed by alice")
	pool.Step(0, txpool.Submit{Request: 1, Extrinsic: x})
	pool.Step(5, txpool.Validated{Hash: txpool.Hash(x), At: best, Validity: txpool.Valid{
		Priority: 1, Provides: []txpool.Tag{txpool.Tag(primitives.NonceTag(primitives.AccountID{1}, 0))}, Longevity: 64, Propagate: true,
	}})
	for name, c := range map[string]struct {
		ready *txpool.Ready
		time  int // calls for which there is time
		asked int // by the block
		want  string
	}{
		"the block asks on, and there is none": {pool.Ready(), 9, 2, endNoMore},
		"the block asks no more":               {pool.Ready(), 9, 1, endFull},
		"no time after the first":              {pool.Ready(), 1, 2, endDeadline},
		"no time at all":                       {pool.Ready(), 0, 1, endDeadline},
		"the pool did not answer":              {nil, 0, 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			o := &offer{ready: c.ready, more: func() bool { c.time--; return c.time >= 0 }}
			for range c.asked {
				o.next()
			}
			if o.end != c.want {
				t.Errorf("the block took no more because of %q, want %q", o.end, c.want)
			}
		})
	}
}
