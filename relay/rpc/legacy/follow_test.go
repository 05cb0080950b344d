package legacy

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/rpc/backend"
	"github.com/rampart-chain/rampart/relay/rpc/rpctest"
	"github.com/rampart-chain/rampart/relay/rpc/wire"
)

// TestFollowBehind: a listener that was told too late gets what was kept for it, then
// the chain as it is, and nothing between.
func TestFollowBehind(t *testing.T) {
	c := rpctest.New(t, false)
	m := &methods{Config: Config{Chain: c.Chain}}
	enough := errors.New("enough")
	begins, imports := 0, 0
	err := m.follow(t.Context(), listener{
		begin: func(at backend.Start) error {
			begins++
			if begins == 1 {
				c.GrowBest(maxBehind + 3) // while the listener is busy
				return nil
			}
			if imports != maxBehind || at.Best != c.Store.Best() {
				t.Errorf("begins anew after %d blocks, at %v", imports, at.Best)
			}
			c.GrowBest(1)
			return nil
		},
		imported: func(e chain.Imported) error {
			if imports++; begins == 2 {
				if e.Best != c.Store.Best() {
					t.Errorf("told %v", e.Best)
				}
				return enough
			}
			return nil
		},
	})
	if !errors.Is(err, enough) || begins != 2 {
		t.Errorf("%d begins, error %v", begins, err)
	}
}

// TestAllowance: a result ends where it becomes too large.
func TestAllowance(t *testing.T) {
	room := allowance(5)
	if err := room.take(5); err != nil {
		t.Error(err)
	}
	if err := room.take(1); err == nil {
		t.Error("more than there is")
	}
}

// TestMetadataCacheIsBounded: it keeps no more than it may, the newest among it, and
// nothing small.
func TestMetadataCacheIsBounded(t *testing.T) {
	c := metadataCache{entries: map[metadataKey]json.RawMessage{}}
	asked := 0
	get := func(n byte, size int) {
		t.Helper()
		want := bytes.Repeat([]byte{n}, size)
		text, err := c.get(metadataKey{code: [32]byte{n}}, func() ([]byte, error) {
			asked++
			return want, nil
		})
		if err != nil || string(text) != `"`+wire.Bytes(want).String()+`"` || len(c.entries) > maxMetadata {
			t.Fatalf("entry %d is %.20s of %d, %v", n, text, len(c.entries), err)
		}
	}
	for n := range byte(100) {
		get(n, minMetadata)
		get(n, minMetadata)
	}
	if asked != 100 {
		t.Errorf("asked %d times", asked)
	}
	get(200, minMetadata-1)
	get(200, minMetadata-1)
	if asked != 102 {
		t.Errorf("asked %d times", asked)
	}
}

// TestMarks: no value, an empty one, and nothing seen yet are different.
func TestMarks(t *testing.T) {
	marks := []mark{{}, markOf(nil), markOf([]byte{}), markOf([]byte{0}), markOf([]byte{0, 0})}
	for i, a := range marks {
		for j, b := range marks {
			if (a == b) != (i == j) {
				t.Errorf("marks %d and %d", i, j)
			}
		}
	}
}
