package txpool

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// TestOfferEnds checks what is said of why a block takes no more transactions.
func TestOfferEnds(t *testing.T) {
	best := primitives.BlockID{Number: 7}
	pool := New(Params{}, best)
	x := primitives.Extrinsic("signed by alice")
	pool.Step(0, Submit{Request: 1, Extrinsic: x})
	pool.Step(5, Validated{Hash: Hash(x), At: best, Validity: Valid{
		Priority: 1, Provides: []Tag{Tag(primitives.NonceTag(primitives.AccountID{1}, 0))}, Longevity: 64, Propagate: true,
	}})
	for name, c := range map[string]struct {
		ready *Ready
		time  int // calls for which there is time
		asked int // by the block
		want  End
	}{
		"the block asks on, and there is none": {pool.Ready(), 9, 2, EndNoMore},
		"the block asks no more":               {pool.Ready(), 9, 1, EndFull},
		"no time after the first":              {pool.Ready(), 1, 2, EndDeadline},
		"no time at all":                       {pool.Ready(), 0, 1, EndDeadline},
		"the pool did not answer":              {nil, 0, 1, ""},
	} {
		t.Run(name, func(t *testing.T) {
			o := NewOffer(c.ready, func() bool { c.time--; return c.time >= 0 })
			for range c.asked {
				o.Next()
			}
			if o.End() != c.want {
				t.Errorf("the block took no more because of %q, want %q", o.End(), c.want)
			}
		})
	}
}
