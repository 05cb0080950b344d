package blockfile

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/rampart-chain/rampart/relay/chain"
)

// Writer writes blocks.
type Writer struct {
	out    io.Writer
	binary bool
}

// NewWriter returns a Writer of blocks in JSON or, if binary, of exactly count in
// SCALE.
func NewWriter(w io.Writer, asBinary bool, count uint64) (*Writer, error) {
	if asBinary {
		if _, err := w.Write(binary.LittleEndian.AppendUint64(nil, count)); err != nil {
			return nil, err
		}
	}
	return &Writer{out: w, binary: asBinary}, nil
}

// Write writes one block.
func (w *Writer) Write(b chain.StoredBlock) error {
	text := appendBlock(nil, b)
	if !w.binary {
		var err error
		if text, err = json.Marshal(toJSON(b)); err != nil {
			return err
		}
	}
	_, err := w.out.Write(text)
	return err
}

// Reader reads blocks.
type Reader struct {
	next func() (chain.StoredBlock, error)
	read uint64
}

// NewReader returns a Reader of what a Writer wrote. It reads ahead.
func NewReader(r io.Reader, asBinary bool) (*Reader, error) {
	if !asBinary {
		return &Reader{next: newJSONReader(r).next}, nil
	}
	in, err := newBinaryReader(r)
	if err != nil {
		return nil, fmt.Errorf("file of blocks: %w", err)
	}
	return &Reader{next: in.next}, nil
}

// Next returns the next block, or io.EOF after the last. Another error names the
// block by its place in the file, the first being 0.
func (r *Reader) Next() (chain.StoredBlock, error) {
	b, err := r.next()
	if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return b, io.EOF
	}
	if err != nil {
		return chain.StoredBlock{}, fmt.Errorf("file of blocks: block %d: %w", r.read, err)
	}
	r.read++
	return b, nil
}
