package request

import (
	"encoding/binary"
	"io"
	"slices"
)

// status is the first byte of a response.
type status byte

const (
	statusOK      status = 0
	statusRefused status = 1
)

// firstAllocation is how much a length prefix alone can make us allocate, in
// bytes; more only follows bytes that arrived.
const firstAllocation = 4 << 10

// appendFrame appends the length of payload as u32, then payload.
func appendFrame(b, payload []byte) []byte {
	b = slices.Grow(b, 4+len(payload))
	b = binary.LittleEndian.AppendUint32(b, uint32(len(payload)))
	return append(b, payload...)
}

// readFrame reads one frame of at most limit bytes of payload, else ErrTooLarge,
// which it returns before anything is allocated. Otherwise the buffer at most
// doubles with what has arrived.
func readFrame(r io.Reader, limit int) ([]byte, error) {
	var prefix [4]byte
	if _, err := io.ReadFull(r, prefix[:]); err != nil {
		return nil, unexpected(err)
	}
	length := uint64(binary.LittleEndian.Uint32(prefix[:]))
	if length > uint64(limit) {
		return nil, ErrTooLarge
	}
	n := int(length)
	out := make([]byte, 0, min(n, firstAllocation))
	for len(out) < n {
		step := min(n-len(out), max(len(out), firstAllocation))
		out = slices.Grow(out, step)
		part := out[len(out) : len(out)+step]
		if _, err := io.ReadFull(r, part); err != nil {
			return nil, unexpected(err)
		}
		out = out[:len(out)+step]
	}
	return out, nil
}

// unexpected makes the end of input inside a frame an error of its own.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// readResponse reads a response whose payload has at most limit bytes. A refusal
// is returned as the error, a Refusal. ErrMalformed if the status is unknown.
func readResponse(r io.Reader, limit int) ([]byte, error) {
	var first [1]byte
	if _, err := io.ReadFull(r, first[:]); err != nil {
		return nil, unexpected(err)
	}
	switch status(first[0]) {
	case statusOK:
		return readFrame(r, limit)
	case statusRefused:
		text, err := readFrame(r, maxRefusal)
		if err != nil {
			return nil, err
		}
		return nil, Refusal(Refusal(text).text())
	}
	return nil, ErrMalformed
}
