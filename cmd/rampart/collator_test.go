package main

import (
	"testing"
	"time"
)

// TestCollatorCatchesUp has the first of two collators make blocks and go. The
// second starts with nothing: it must recover the blocks from the chunks that
// validators hold, and go on.
func TestCollatorCatchesUp(t *testing.T) {
	if testing.Short() {
		t.Skip("runs five processes for half a minute")
	}
	t.Parallel()
	n := startNetwork(t, size{validators: 4, chains: 1, collators: 2})
	alice := n.collators[0]
	await(t, 120*time.Second, "block 6 of the first collator, so that the fifth is known to the relay chain", func() bool { return alice.made.Load() >= 6 })
	alice.kill()
	bob := n.collator(t, 0, "bob")
	bob.start(t)
	await(t, 120*time.Second, "block of the second collator after recovery", func() bool { return bob.recovered.Load() >= 4 && bob.made.Load() >= 8 })
}
