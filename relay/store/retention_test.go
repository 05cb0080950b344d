package store

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/dgraph-io/badger/v4"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// States stay readable for Retained blocks, also through compactions, and after
// that are refused, never wrong.
func TestRetention(t *testing.T) {
	const blocks = Retained + 20
	for _, archive := range []bool{false, true} {
		t.Run(fmt.Sprintf("archive=%v", archive), func(t *testing.T) {
			t.Parallel()
			s := open(t, Config{Archive: archive})
			h := initGenesis(t, s, map[string][]byte{"n": {0, 0}, "gone": {1}})
			headers, views := []primitives.Header{h}, []*View{view(t, s, h)}
			for n := 1; n <= blocks; n++ {
				changes := map[string][]byte{"n": {byte(n >> 8), byte(n)}, fmt.Sprintf("k%d", n): {1}}
				if n == 5 {
					changes["gone"] = nil
				}
				h = grow(t, s, h, "", changes)
				headers = append(headers, h)
				views = append(views, view(t, s, h)) // over an older finalized head
				finalize(t, s, Finality{Hash: h.Hash()})
			}
			versions := compact(t, s, join(spaceValue, []byte("n")), Retained+1, map[bool]int{false: 10, true: 3}[archive])
			if want := map[bool]int{false: Retained + 1, true: blocks + 1}[archive]; versions != want {
				t.Fatalf("%d versions left, want %d", versions, want)
			}
			for n, h := range headers {
				fresh, err := s.View(h.Hash())
				if !archive && n < blocks-Retained {
					if !errors.Is(err, ErrStateDiscarded) {
						t.Fatalf("block %d: %v", n, err)
					}
					if _, err := views[n].Get([]byte("k1000")); !errors.Is(err, ErrStateDiscarded) {
						t.Fatalf("old view of block %d: %v", n, err)
					}
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				var gone []byte
				if n < 5 {
					gone = []byte{1}
				}
				seen := []*View{fresh}
				if archive || n > blocks-Retained { // an old view needs its parent's state
					seen = append(seen, views[n])
				}
				for _, v := range seen {
					mustGet(t, v, "n", []byte{byte(n >> 8), byte(n)})
					mustGet(t, v, "gone", gone)
					mustGet(t, v, fmt.Sprintf("k%d", n+1), nil)
				}
			}
			want := primitives.BlockNumber(blocks - Retained)
			if archive {
				want = 0
			}
			if got := s.Oldest(); got != want {
				t.Fatalf("oldest %d, want %d", got, want)
			}
		})
	}
}

// compact makes badger move everything into tables and compact them, until at most
// want versions of key are left but not more than some rounds, and returns how many
// are.
func compact(t *testing.T, s *Store, key []byte, want, rounds int) (versions int) {
	t.Helper()
	for range rounds {
		var filler []Record
		for i := range 50 {
			filler = append(filler, Record{Key: []byte{byte(i)}, Value: make([]byte, partBytes)})
		}
		// Waits for the memory table before the last to be written out.
		if err := s.PutAux(filler...); err != nil {
			t.Fatal(err)
		}
		if err := s.db.Flatten(2); err != nil {
			t.Fatal(err)
		}
		if versions = countVersions(s, key); versions <= want {
			break
		}
	}
	return versions
}

func countVersions(s *Store, key []byte) (n int) {
	txn := s.db.NewTransactionAt(math.MaxUint64, false)
	defer txn.Discard()
	it := txn.NewKeyIterator(key, badger.IteratorOptions{})
	defer it.Close()
	for it.Rewind(); it.Valid(); it.Next() {
		n++
	}
	return n
}
