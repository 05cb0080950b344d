package signer

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/rampart-chain/rampart/relay/crypto/hash"
	"github.com/rampart-chain/rampart/relay/scale"
)

// A guard is a sequence of cells of cellSize bytes, which never cross a sector:
//
//	offset    size  field
//	0         2     n, length of the payload, u16 little-endian
//	2         n     payload
//	2+n       …     zeros
//	247       8     checksum: twox64(checksum of the cell before ‖ bytes 0..247)
//	255       1     endMark
//
// The payload of the first cell is magic ‖ version u16 ‖ key type ‖ public key,
// that of every other one an encoded Record. Behind the last record follow
// zeros, at least minFree cells of them, so that cutting off the end of the file
// is either harmless or noticed.
const (
	cellSize   = 256
	checkAt    = cellSize - 9
	maxPayload = checkAt - 2
	endMark    = 0xA5

	minFree = 32  // cells
	growBy  = 256 // cells

	magic   = "rampart-guard"
	version = 1

	// maxCells bounds a guard: two sessions of four hours with ten records
	// every six seconds take half of it.
	maxCells = 1 << 17
)

type cell [cellSize]byte

// makeCell returns the cell that follows one with checksum previous.
func makeCell(previous [8]byte, payload []byte) (c cell) {
	if len(payload) > maxPayload {
		panic("guard record is larger than a cell")
	}
	binary.LittleEndian.PutUint16(c[:], uint16(len(payload)))
	copy(c[2:], payload)
	sum := c.sum(previous)
	copy(c[checkAt:], sum[:])
	c[cellSize-1] = endMark
	return c
}

// sum returns the checksum that c should have.
func (c *cell) sum(previous [8]byte) [8]byte {
	return hash.Twox64(append(previous[:], c[:checkAt]...))
}

// check returns the checksum that c has.
func (c *cell) check() [8]byte { return [8]byte(c[checkAt:]) }

// payload returns what c holds; false if c is not what makeCell made.
func (c *cell) payload(previous [8]byte) ([]byte, bool) {
	n := int(binary.LittleEndian.Uint16(c[:]))
	if n > maxPayload || c[cellSize-1] != endMark || c.check() != c.sum(previous) {
		return nil, false
	}
	return c[2 : 2+n], true
}

// keyName names a guard's key.
type keyName struct {
	kind   KeyType
	public [32]byte
}

// preamble returns the payload of the first cell.
func (k keyName) preamble() []byte {
	b := binary.LittleEndian.AppendUint16([]byte(magic), version)
	b = append(b, k.kind[:]...)
	return append(b, k.public[:]...)
}

// content is what a guard file holds.
type content struct {
	records []Record
	used    int     // cells, the first included
	check   [8]byte // of the last cell
	torn    bool    // a record behind them was not written completely
}

// encodeGuard returns a whole guard file.
func encodeGuard(key keyName, records []Record) ([]byte, content) {
	out := content{records: records}
	var file []byte
	put := func(payload []byte) {
		c := makeCell(out.check, payload)
		file = append(file, c[:]...)
		out.check = c.check()
		out.used++
	}
	put(key.preamble())
	for _, r := range records {
		put(AppendRecord(nil, r))
	}
	return append(file, make([]byte, growBy*cellSize)...), out
}

// decodeGuard reads a guard file of key. It returns ErrCorrupt, with the records
// before the damage, or ErrNewer.
func decodeGuard(key keyName, file []byte) (content, error) {
	var out content
	if len(file) > 2*maxCells*cellSize {
		return out, fmt.Errorf("%d bytes: %w", len(file), ErrCorrupt)
	}
	for len(file) >= cellSize {
		c := cell(file[:cellSize])
		payload, ok := c.payload(out.check)
		if !ok {
			return out, out.end(c, file[cellSize:])
		}
		if err := out.take(key, payload); err != nil {
			return out, fmt.Errorf("cell %d: %w", out.used, err)
		}
		file = file[cellSize:]
		out.used++
		out.check = c.check()
	}
	return out, fmt.Errorf("end is cut off: %w", ErrCorrupt)
}

// end judges the first cell that is no record. It is free, or torn: written from
// its start, without its end mark. Behind it everything must be free.
func (out *content) end(c cell, rest []byte) error {
	switch {
	case out.used == 0:
		return fmt.Errorf("no preamble: %w", ErrCorrupt)
	case c[cellSize-1] != 0 || !zero(rest):
		return fmt.Errorf("cell %d: %w", out.used, ErrCorrupt)
	}
	out.torn = !zero(c[:])
	return nil
}

func zero(b []byte) bool { return len(bytes.TrimLeft(b, "\x00")) == 0 }

// take reads the payload of cell out.used.
func (out *content) take(key keyName, payload []byte) error {
	if out.used == 0 {
		want := key.preamble()
		at := len(magic)
		if len(payload) >= at+2 && string(payload[:at]) == magic && binary.LittleEndian.Uint16(payload[at:]) > version {
			return ErrNewer
		}
		if !bytes.Equal(payload, want) {
			return fmt.Errorf("preamble of another key: %w", ErrCorrupt)
		}
		return nil
	}
	d := scale.NewDecoder(payload)
	r := DecodeRecord(d)
	if err := d.Finish(); errors.Is(err, scale.ErrVariant) {
		return ErrNewer
	} else if err != nil {
		return fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	out.records = append(out.records, r)
	return nil
}
