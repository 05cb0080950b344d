package parallel_test

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/trie"
	"github.com/rampart-chain/rampart/relay/trie/parallel"
)

var _ trie.Each = parallel.Each

// TestEach: every number comes once, and Each waits for all.
func TestEach(t *testing.T) {
	for _, n := range []int{0, 1, 2, 16, 1000} {
		done := make([]int, n)
		parallel.Each(n, func(i int) { done[i]++ })
		for i, times := range done {
			if times != 1 {
				t.Errorf("%d of %d was done %d times", i, n, times)
			}
		}
	}
}
