package chunk_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/rampart-chain/rampart/availability/chunk"
	"github.com/rampart-chain/rampart/availability/erasure"
)

// TestExactThreshold: with every seventh number of validators from 4 to 1000 (so
// all remainders of n−1 by 3 occur), any f+1 chunks give the payload back, and f
// do not.
func TestExactThreshold(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	step := 7
	if testing.Short() {
		step = 37
	}
	for n := 4; n <= 1000; n += step {
		payload := make([]byte, 1+random.IntN(500))
		for i := range payload {
			payload[i] = byte(random.Uint32())
		}
		root, chunks, err := chunk.Encode(payload, n)
		if err != nil {
			t.Fatal(err)
		}
		random.Shuffle(n, func(i, j int) { chunks[i], chunks[j] = chunks[j], chunks[i] })
		f := (n - 1) / 3
		padded, err := chunk.Recover(n, root, chunks[:f+1])
		if err != nil || !bytes.HasPrefix(padded, payload) {
			t.Fatalf("n=%d: %d chunks do not give the payload: %v", n, f+1, err)
		}
		if _, err := chunk.Recover(n, root, chunks[:f]); !errors.Is(err, erasure.ErrTooFew) {
			t.Fatalf("n=%d, %d chunks: got %v, want %v", n, f, err, erasure.ErrTooFew)
		}
	}
}
