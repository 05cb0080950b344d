package collator

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// TestStallIsToldOnce: after stallAfter relay blocks with one head, not again, and its
// end.
func TestStallIsToldOnce(t *testing.T) {
	var s stall
	told, ended := 0, 0
	for n := range 5 * stallAfter {
		head := primitives.BlockNumber(n / 2) // as a chain that has a core does
		if n > 2*stallAfter {
			head = stallAfter
		}
		if n == 5*stallAfter-1 {
			head++
		}
		stands, goesOn := s.at(head)
		if stands {
			told++
		}
		if goesOn {
			ended++
		}
		if want := n >= 3*stallAfter; (told == 1) != want {
			t.Fatalf("at relay block %d told %d times", n, told)
		}
	}
	if told != 1 || ended != 1 {
		t.Errorf("told %d times, its end %d times", told, ended)
	}
}
