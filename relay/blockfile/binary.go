package blockfile

import (
	"fmt"
	"io"

	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// Bounds of one block: of its encoding, and of the justifications it comes with.
const (
	maxBlock          = 16 << 20
	maxJustifications = 8
)

// appendBlock appends the encoding of a SignedBlock.
func appendBlock(out []byte, b chain.StoredBlock) []byte {
	out = b.Block.AppendSCALE(out)
	if b.Justification == nil {
		return append(out, 0)
	}
	out = append(out, 1, 1<<2)
	out = append(out, b.Justification.Engine[:]...)
	return scale.AppendBytes(out, b.Justification.Data)
}

// decodeBlock reads a SignedBlock.
func decodeBlock(d *scale.Decoder) (b chain.StoredBlock) {
	b.Block.DecodeSCALE(d)
	if !d.Option() {
		return b
	}
	for range d.Length(maxJustifications, 5, 32) {
		var j primitives.Justification
		d.Fixed(j.Engine[:])
		j.Data = d.Bytes(maxBlock)
		if j.Engine == primitives.EngineGRANDPA {
			b.Justification = &j
		}
	}
	return b
}

// binaryReader reads blocks one after the other. It holds at most two of the
// largest.
type binaryReader struct {
	in     io.Reader
	buffer []byte // what is read and not decoded
	ended  bool
	left   uint64
}

func newBinaryReader(r io.Reader) (*binaryReader, error) {
	var count [8]byte
	if _, err := io.ReadFull(r, count[:]); err != nil {
		return nil, fmt.Errorf("number of blocks: %w", err)
	}
	d := scale.NewDecoder(count[:])
	return &binaryReader{in: r, left: d.U64()}, nil
}

func (r *binaryReader) next() (chain.StoredBlock, error) {
	if r.left == 0 {
		return chain.StoredBlock{}, io.EOF
	}
	if err := r.fill(); err != nil {
		return chain.StoredBlock{}, err
	}
	if len(r.buffer) == 0 {
		return chain.StoredBlock{}, fmt.Errorf("%d blocks are missing: %w", r.left, io.ErrUnexpectedEOF)
	}
	d := scale.NewDecoder(r.buffer)
	b := decodeBlock(d)
	if err := d.Err(); err != nil {
		return chain.StoredBlock{}, err
	}
	r.buffer = r.buffer[d.Offset():]
	r.left--
	return b, nil
}

// fill reads until the largest block is in the buffer, or the end. The buffer is a
// new one: blocks may share the memory of the old.
func (r *binaryReader) fill() error {
	if r.ended || len(r.buffer) >= maxBlock {
		return nil
	}
	var chunk []byte
	chunk, err := io.ReadAll(io.LimitReader(r.in, 2*maxBlock-int64(len(r.buffer))))
	if err != nil {
		return err
	}
	r.ended = len(r.buffer)+len(chunk) < 2*maxBlock
	r.buffer = append(r.buffer[:len(r.buffer):len(r.buffer)], chunk...)
	return nil
}
