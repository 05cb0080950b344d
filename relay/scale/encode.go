package scale

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// Marshaler is a value with a SCALE encoding. AppendSCALE appends it to b and
// returns the extended slice.
type Marshaler interface {
	AppendSCALE(b []byte) []byte
}

// Marshal returns the SCALE encoding of m.
func Marshal(m Marshaler) []byte {
	return m.AppendSCALE(nil)
}

// AppendBool appends one byte, 0 or 1.
func AppendBool(b []byte, v bool) []byte {
	if v {
		return append(b, 1)
	}
	return append(b, 0)
}

// AppendU16 appends v, little-endian.
func AppendU16(b []byte, v uint16) []byte { return binary.LittleEndian.AppendUint16(b, v) }

// AppendU32 appends v, little-endian.
func AppendU32(b []byte, v uint32) []byte { return binary.LittleEndian.AppendUint32(b, v) }

// AppendU64 appends v, little-endian.
func AppendU64(b []byte, v uint64) []byte { return binary.LittleEndian.AppendUint64(b, v) }

// AppendU128 appends hi·2^64 + lo, little-endian.
func AppendU128(b []byte, lo, hi uint64) []byte { return AppendU64(AppendU64(b, lo), hi) }

// AppendCompact appends v as a compact integer:
//
//	value          mode  layout, little-endian
//	0 … 2^6−1      0     one byte,   v<<2
//	2^6 … 2^14−1   1     two bytes,  v<<2 | 1
//	2^14 … 2^30−1  2     four bytes, v<<2 | 2
//	2^30 …         3     one byte (n−4)<<2 | 3, then n ≥ 4 bytes of v
func AppendCompact(b []byte, v uint64) []byte {
	switch {
	case v < 1<<6:
		return append(b, byte(v<<2))
	case v < 1<<14:
		return AppendU16(b, uint16(v<<2|1))
	case v < 1<<30:
		return AppendU32(b, uint32(v<<2|2))
	}
	return appendBig(b, v, 0)
}

// AppendLen appends the number n of elements of a list, and makes room for
// them at size bytes each.
func AppendLen(b []byte, n, size int) []byte {
	return slices.Grow(AppendCompact(b, uint64(n)), n*size)
}

// CompactSize returns how many bytes AppendCompact appends for v.
func CompactSize(v uint64) int {
	switch {
	case v < 1<<6:
		return 1
	case v < 1<<14:
		return 2
	case v < 1<<30:
		return 4
	}
	return 1 + max(4, (bits.Len64(v)+7)/8)
}

// AppendCompactU128 appends hi·2^64 + lo as a compact integer.
func AppendCompactU128(b []byte, lo, hi uint64) []byte {
	if hi == 0 {
		return AppendCompact(b, lo)
	}
	return appendBig(b, lo, hi)
}

// appendBig appends mode 3 of the compact layout with as few bytes as hold the
// value, but at least four.
func appendBig(b []byte, lo, hi uint64) []byte {
	var raw [16]byte
	binary.LittleEndian.PutUint64(raw[:8], lo)
	binary.LittleEndian.PutUint64(raw[8:], hi)
	n := 16
	for n > 4 && raw[n-1] == 0 {
		n--
	}
	b = append(b, byte((n-4)<<2|3))
	return append(b, raw[:n]...)
}

// AppendBytes appends the compact length of v, then v: Vec<u8>.
func AppendBytes(b, v []byte) []byte {
	return append(AppendCompact(b, uint64(len(v))), v...)
}

// AppendString appends s as Vec<u8>.
func AppendString(b []byte, s string) []byte {
	return append(AppendCompact(b, uint64(len(s))), s...)
}
