package chunk_test

import (
	"fmt"

	"github.com/rampart-chain/rampart/availability/chunk"
)

// Ten validators get a chunk each; any four of them have the payload.
func Example() {
	root, chunks, err := chunk.Encode([]byte("available data"), 10)
	if err != nil {
		panic(err)
	}
	for _, c := range chunks {
		if err := chunk.Verify(root, 10, c.Index, c.Data, c.Proof); err != nil {
			panic(err)
		}
	}
	padded, err := chunk.Recover(10, root, chunks[6:])
	if err != nil {
		panic(err)
	}
	payload, err := chunk.Unpad(10, padded, func([]byte) (int, error) { return 14, nil })
	fmt.Printf("%d bytes: %s, %v\n", len(padded), payload, err)
	// Output: 256 bytes: available data, <nil>
}
