package sdk

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// FuzzDecodeBlockData reads any proof of validity.
func FuzzDecodeBlockData(f *testing.F) {
	f.Add(encodeBlockData(primitives.Block{Extrinsics: []primitives.Extrinsic{{1, 2}}}, [][]byte{{3}, nil}))
	f.Add(blockData{}.AppendSCALE([]byte(povPrefix)))
	f.Add([]byte(povPrefix))
	f.Fuzz(func(t *testing.T, data []byte) {
		type parts struct {
			block primitives.Block
			proof [][]byte
		}
		_ = scaletest.Bytes(t, data, func(b []byte) (parts, error) {
			block, proof, err := decodeBlockData(b)
			return parts{block, proof}, err
		}, func(p parts) []byte { return encodeBlockData(p.block, p.proof) })
		block, err := BlockOf(primitives.PoV{BlockData: data})
		if other, _, err2 := decodeBlockData(data); (err == nil) != (err2 == nil) || err == nil && block.Header.Hash() != other.Header.Hash() {
			t.Errorf("BlockOf: %v, decodeBlockData: %v", err, err2)
		}
	})
}
