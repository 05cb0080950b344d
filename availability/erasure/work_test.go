package erasure

import (
	"bytes"
	"testing"

	"github.com/klauspost/reedsolomon"
)

// TestWorkspace: buffers that overlap give what buffers of the library's own
// give, for shards around the size of a buffer.
func TestWorkspace(t *testing.T) {
	for _, n := range []int{2, 3, 4, 10, 98, maxSmallField, maxSmallField + 1} {
		for _, size := range []int{64, 128, 32<<10 - 64, 32 << 10, 32<<10 + 64} {
			k := (n-1)/3 + 1
			shards, err := Encode(pattern(k*size, uint64(n)), n)
			if err != nil {
				t.Fatal(err)
			}
			option := reedsolomon.WithLeopardGF16(true)
			if n <= maxSmallField {
				option = reedsolomon.WithLeopardGF(true)
			}
			code, err := reedsolomon.New(k, n-k, option)
			if err != nil {
				t.Fatal(err)
			}
			if ok, err := code.Verify(shards); !ok || err != nil {
				t.Errorf("n=%d, %d bytes: parity differs, %v", n, size, err)
			}
			padded, err := Reconstruct(numbered(shards)[n-k:], n)
			if err != nil || !bytes.Equal(padded, bytes.Join(shards[:k], nil)) {
				t.Errorf("n=%d, %d bytes: payload differs, %v", n, size, err)
			}
		}
	}
}
