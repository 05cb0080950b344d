package worker

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// kind is the first byte of a frame.
type kind byte

const (
	kindConfig kind = iota + 1
	kindJob
	kindCode
	kindAbort
	kindHello
	kindNeed
	kindPrepared
	kindLog
	kindResult
	kindInvalid
	kindLocal
)

// errProtocol: the other side sent what it must not.
var errProtocol = errors.New("worker protocol violated")

// maxText bounds reasons, details and local errors on the wire, in bytes.
const maxText = 4096

// headerBytes is the length of kind and length.
const headerBytes = 5

type frame struct {
	kind kind
	body []byte
}

// limit bounds the body of each kind of frame; a kind that is missing is refused.
type limit map[kind]int

// readFrame reads one frame and refuses it by its header if it is not within limits.
func readFrame(r io.Reader, limits limit) (frame, error) {
	var header [headerBytes]byte
	if _, err := io.ReadFull(r, header[:]); err != nil {
		return frame{}, err
	}
	f := frame{kind: kind(header[0])}
	n := binary.LittleEndian.Uint32(header[1:])
	most, ok := limits[f.kind]
	if !ok {
		return frame{}, fmt.Errorf("frame of kind %d: %w", f.kind, errProtocol)
	}
	if uint64(n) > uint64(most) {
		return frame{}, fmt.Errorf("frame of kind %d with %d bytes, at most %d: %w", f.kind, n, most, errProtocol)
	}
	f.body = make([]byte, n)
	if _, err := io.ReadFull(r, f.body); err != nil {
		return frame{}, err
	}
	return f, nil
}

// writeFrame writes one frame whose body is the parts.
func writeFrame(w io.Writer, k kind, parts ...[]byte) error {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	header := binary.LittleEndian.AppendUint32([]byte{byte(k)}, uint32(n))
	if n <= maxText { // one write for a small frame
		for _, p := range parts {
			header = append(header, p...)
		}
		parts = nil
	}
	if _, err := w.Write(header); err != nil {
		return err
	}
	for _, p := range parts {
		if _, err := w.Write(p); err != nil {
			return err
		}
	}
	return nil
}
