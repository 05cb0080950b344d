package protocol

import (
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// Reasons of sync messages.
const (
	ErrMax   = Reason("number of blocks is not in 1 to 128")
	ErrEmpty = Reason("block without bytes")
)

// SyncRequest asks for blocks of the best chain of a peer, or of a fork that it
// knows. Encoding:
//
//	1 byte   start: 0 = hash, 1 = number
//	32 or 4  hash, or number little-endian
//	1 byte   direction: 0 = ascending (children), 1 = descending (ancestors)
//	4 bytes  max, little-endian, 1 to MaxBlocks
//
// The block of the start comes first. Ascending from a hash follows the best
// chain, if the block is on it.
type SyncRequest struct {
	ByHash     bool
	Hash       primitives.Hash        // if ByHash
	Number     primitives.BlockNumber // else
	Descending bool
	Max        uint32
}

// AppendSCALE appends the encoding of r.
func (r SyncRequest) AppendSCALE(b []byte) []byte {
	if r.ByHash {
		b = append(append(b, 0), r.Hash[:]...)
	} else {
		b = scale.AppendU32(append(b, 1), uint32(r.Number))
	}
	b = scale.AppendBool(b, r.Descending)
	return scale.AppendU32(b, r.Max)
}

// DecodeSCALE reads r. ErrMax if it asks for no block or too many.
func (r *SyncRequest) DecodeSCALE(d *scale.Decoder) {
	*r = SyncRequest{}
	switch d.U8() {
	case 0:
		r.ByHash = true
		d.Fixed(r.Hash[:])
	case 1:
		r.Number = primitives.BlockNumber(d.U32())
	default:
		d.Fail(scale.ErrVariant)
	}
	r.Descending = d.Bool()
	r.Max = d.U32()
	if r.Max == 0 || r.Max > MaxBlocks {
		d.Fail(ErrMax)
	}
}

// AppendBlocks appends the answer to a SyncRequest: a SCALE vector of encoded
// blocks, each Vec<u8>.
func AppendBlocks(b []byte, blocks [][]byte) []byte {
	b = scale.AppendCompact(b, uint64(len(blocks)))
	for _, block := range blocks {
		b = scale.AppendBytes(b, block)
	}
	return b
}

// DecodeBlocks reads the answer to a request for at most limit blocks. The blocks
// are copies. ErrEmpty if one has no bytes, else a Reason of relay/scale.
func DecodeBlocks(b []byte, limit int) ([][]byte, error) {
	const slice = 24 // bytes of a slice in Go
	d := scale.NewDecoder(b)
	blocks := scale.Slice(d, limit, 1, slice, func(block *[]byte) {
		if *block = d.Bytes(len(b)); len(*block) == 0 {
			d.Fail(ErrEmpty)
		}
	})
	return blocks, d.Finish()
}
