package collators

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
)

func TestMayAuthor(t *testing.T) {
	for name, test := range map[string]struct {
		n            int
		parent, slot primitives.Slot
		want         []uint32
	}{
		"in turn":                    {3, 10, 11, []uint32{2}},
		"one silent slot":            {3, 10, 12, []uint32{0}},
		"two silent slots":           {3, 10, 13, []uint32{1, 2}},
		"three silent slots":         {3, 10, 14, []uint32{2, 0}},
		"four silent slots":          {3, 10, 15, []uint32{0, 1, 2}},
		"long silence":               {3, 10, 1 << 40, []uint32{0, 1, 2}},
		"block 1":                    {3, 0, 1_000_000, []uint32{1}},
		"alone":                      {1, 10, 11, []uint32{0}},
		"slot of the parent":         {3, 10, 10, nil},
		"slot before the parent":     {3, 10, 9, nil},
		"no collators":               {0, 10, 11, nil},
		"slots at the end of number": {3, 1<<64 - 2, 1<<64 - 1, []uint32{0}},
	} {
		t.Run(name, func(t *testing.T) {
			may := map[uint32]bool{}
			for _, author := range test.want {
				may[author] = true
			}
			for author := range uint32(5) {
				if got := MayAuthor(test.n, test.parent, test.slot, author); got != may[author] {
					t.Errorf("author %d: %t, want %t", author, got, may[author])
				}
			}
		})
	}
}

func TestClaimOf(t *testing.T) {
	claim := Claim{Slot: 7, Author: 2}
	good := claim.PreRuntime()
	if got, err := ClaimOf(primitives.Digest{good, primitives.Other{}}); err != nil || got != claim {
		t.Errorf("got %+v, %v, want %+v", got, err, claim)
	}
	long := good
	long.Data = append([]byte{}, append(good.Data, 0)...)
	for name, digest := range map[string]primitives.Digest{
		"empty":          nil,
		"twice":          {good, good},
		"not first":      {primitives.Other{}, good},
		"with a byte":    {long},
		"of BABE":        {primitives.PreRuntime{Engine: primitives.EngineBABE, Data: good.Data}},
		"before another": {good, primitives.PreRuntime{Engine: primitives.EngineBABE}},
	} {
		if _, err := ClaimOf(digest); err != ErrClaim {
			t.Errorf("%s: %v, want %v", name, err, ErrClaim)
		}
	}
}
