package sdk

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen

import (
	"bytes"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// povPrefix is what block data of version 1 begins with.
const povPrefix = "VERSIONEDPBD\x01"

// blockData is blocks with the compact proof of the state that they need.
//
//frame:codec
type blockData struct {
	Blocks []primitives.Block `scale:"max=1"`
	Proof  [][]byte           `scale:"max=262144"`
}

// encodeBlockData returns the block data of block.
func encodeBlockData(block primitives.Block, proof [][]byte) []byte {
	return blockData{Blocks: []primitives.Block{block}, Proof: proof}.AppendSCALE([]byte(povPrefix))
}

// decodeBlockData reads what encodeBlockData writes, and nothing else.
func decodeBlockData(raw []byte) (primitives.Block, [][]byte, error) {
	rest, ok := bytes.CutPrefix(raw, []byte(povPrefix))
	if !ok {
		return primitives.Block{}, nil, ErrPoVFormat
	}
	var data blockData
	d := scale.NewDecoder(rest)
	data.DecodeSCALE(d)
	if err := d.Finish(); err != nil {
		return primitives.Block{}, nil, both{ErrPoVFormat, err}
	}
	if len(data.Blocks) != 1 {
		return primitives.Block{}, nil, ErrBlockCount
	}
	return data.Blocks[0], data.Proof, nil
}

// BlockOf returns the block in a proof of validity, unchecked: what a collator
// that lacks the block needs of it. ErrPoVFormat or ErrBlockCount.
func BlockOf(pov primitives.PoV) (primitives.Block, error) {
	block, _, err := decodeBlockData(pov.BlockData)
	return block, err
}
