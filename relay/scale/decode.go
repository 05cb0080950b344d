package scale

import (
	"encoding/binary"
	"math"
	"unicode/utf8"
)

// Budgets of a Decoder, in force for one message.
const (
	// MaxDepth bounds nesting of values that can contain themselves.
	MaxDepth = 32
	// maxElements bounds the elements of all vectors of a message together.
	maxElements = 1 << 20
	// memoryFactor and memoryBase bound the Go memory that decoding may
	// allocate: memoryFactor · len(input) + memoryBase bytes.
	memoryFactor = 8
	memoryBase   = 64 << 10
)

// Unmarshaler is a value that can read itself. DecodeSCALE reads the value's
// encoding from d; on a fault, which d keeps, the value's content is
// meaningless.
type Unmarshaler interface {
	DecodeSCALE(d *Decoder)
}

// Unmarshal reads u from data, all of it. It returns nil or one of the Reasons
// of this package, possibly wrapped.
func Unmarshal(data []byte, u Unmarshaler) error {
	d := NewDecoder(data)
	u.DecodeSCALE(d)
	return d.Finish()
}

// Decoder reads one message. It is used by one goroutine. The first fault
// sticks and every read after it returns a zero value.
type Decoder struct {
	// Context is what DecodeSCALE needs to know besides the input, for types that
	// say so; nil unless whoever made the Decoder sets it.
	Context  any
	data     []byte
	off      int
	err      error
	depth    int
	elements int
	memory   int
}

// NewDecoder returns a Decoder that reads data, which must not change while it
// is in use.
func NewDecoder(data []byte) *Decoder {
	return &Decoder{data: data, elements: maxElements, memory: memoryFactor*len(data) + memoryBase}
}

// NewTrusted returns a Decoder that reads data without budgets of memory and of
// elements: for what this program encoded itself, such as values of its own
// state, which must decode however their Go form compares with their encoding.
func NewTrusted(data []byte) *Decoder {
	return &Decoder{data: data, elements: math.MaxInt, memory: math.MaxInt}
}

// Err returns the first fault, or nil.
func (d *Decoder) Err() error { return d.err }

// Fail records err unless a fault was recorded before.
func (d *Decoder) Fail(err error) {
	if d.err == nil {
		d.err = err
	}
}

// Finish returns the first fault, or ErrTrailing if input is left, or nil.
func (d *Decoder) Finish() error {
	if d.err == nil && d.off != len(d.data) {
		d.err = ErrTrailing
	}
	return d.err
}

// Offset returns how many bytes were read.
func (d *Decoder) Offset() int { return d.off }

// Remaining returns how many bytes are left; 0 after a fault.
func (d *Decoder) Remaining() int {
	if d.err != nil {
		return 0
	}
	return len(d.data) - d.off
}

// Since returns the raw input between offset start, an earlier result of
// Offset, and the present position. The slice aliases the input.
func (d *Decoder) Since(start int) []byte { return d.data[start:d.off] }

// Enter counts one level of nesting; Leave must follow. It records ErrDepth
// beyond MaxDepth and then returns false.
func (d *Decoder) Enter() bool {
	d.depth++
	if d.depth > MaxDepth {
		d.Fail(ErrDepth)
	}
	return d.err == nil
}

// Leave ends a level of nesting begun by Enter.
func (d *Decoder) Leave() { d.depth-- }

// next returns the next n bytes of input, aliased, or nil after a fault.
func (d *Decoder) next(n int) []byte {
	if d.err != nil {
		return nil
	}
	if n > len(d.data)-d.off {
		d.err = ErrShort
		return nil
	}
	d.off += n
	return d.data[d.off-n : d.off]
}

// U8 reads one byte.
func (d *Decoder) U8() uint8 {
	if raw := d.next(1); raw != nil {
		return raw[0]
	}
	return 0
}

// U16 reads two bytes, little-endian.
func (d *Decoder) U16() uint16 {
	if raw := d.next(2); raw != nil {
		return binary.LittleEndian.Uint16(raw)
	}
	return 0
}

// U32 reads four bytes, little-endian.
func (d *Decoder) U32() uint32 {
	if raw := d.next(4); raw != nil {
		return binary.LittleEndian.Uint32(raw)
	}
	return 0
}

// U64 reads eight bytes, little-endian.
func (d *Decoder) U64() uint64 {
	if raw := d.next(8); raw != nil {
		return binary.LittleEndian.Uint64(raw)
	}
	return 0
}

// U128 reads sixteen bytes, little-endian, as hi·2^64 + lo.
func (d *Decoder) U128() (lo, hi uint64) { return d.U64(), d.U64() }

// Bool reads one byte that is 0 or 1, else ErrBool.
func (d *Decoder) Bool() bool {
	switch d.U8() {
	case 0:
		return false
	case 1:
		return true
	}
	d.Fail(ErrBool)
	return false
}

// Option reads the tag of an Option, 0 (None) or 1 (Some), else ErrOption.
func (d *Decoder) Option() bool {
	switch d.U8() {
	case 0:
		return false
	case 1:
		return true
	}
	d.Fail(ErrOption)
	return false
}

// CompactU128 reads a compact integer of up to 128 bits. ErrCompact if it is
// not minimal, ErrRange if it is wider.
func (d *Decoder) CompactU128() (lo, hi uint64) {
	first := d.U8()
	switch first & 3 {
	case 0:
		return uint64(first >> 2), 0
	case 1:
		lo = uint64(first)>>2 | uint64(d.U8())<<6
		return d.minimal(lo, 1<<6), 0
	case 2:
		lo = uint64(first) >> 2
		if raw := d.next(3); raw != nil {
			lo |= uint64(raw[0])<<6 | uint64(raw[1])<<14 | uint64(raw[2])<<22
		}
		return d.minimal(lo, 1<<14), 0
	}
	n := int(first>>2) + 4
	if n > 16 {
		d.Fail(ErrRange)
		return 0, 0
	}
	var wide [16]byte
	raw := d.next(n)
	if raw == nil {
		return 0, 0
	}
	copy(wide[:], raw)
	lo, hi = binary.LittleEndian.Uint64(wide[:8]), binary.LittleEndian.Uint64(wide[8:])
	if raw[n-1] == 0 || n == 4 && lo < 1<<30 {
		d.Fail(ErrCompact)
		return 0, 0
	}
	return lo, hi
}

// minimal returns v, or 0 with ErrCompact if v is below the least value of its
// mode.
func (d *Decoder) minimal(v, least uint64) uint64 {
	if v < least {
		d.Fail(ErrCompact)
		return 0
	}
	return v
}

// Compact reads a compact integer of at most 64 bits, else ErrRange.
func (d *Decoder) Compact() uint64 {
	lo, hi := d.CompactU128()
	if hi != 0 {
		d.Fail(ErrRange)
		return 0
	}
	return lo
}

// CompactU32 reads a compact integer of at most 32 bits, else ErrRange.
func (d *Decoder) CompactU32() uint32 { return uint32(d.compactMax(1<<32 - 1)) }

// CompactU16 reads a compact integer of at most 16 bits, else ErrRange.
func (d *Decoder) CompactU16() uint16 { return uint16(d.compactMax(1<<16 - 1)) }

// CompactU8 reads a compact integer of at most 8 bits, else ErrRange.
func (d *Decoder) CompactU8() uint8 { return uint8(d.compactMax(1<<8 - 1)) }

func (d *Decoder) compactMax(limit uint64) uint64 {
	v := d.Compact()
	if v > limit {
		d.Fail(ErrRange)
		return 0
	}
	return v
}

// Fixed fills out with the next len(out) bytes.
func (d *Decoder) Fixed(out []byte) { copy(out, d.next(len(out))) }

// Rest reads all input that is left.
func (d *Decoder) Rest() []byte { return d.Raw(d.Remaining()) }

// Raw reads n bytes without a length prefix. n must not be negative.
func (d *Decoder) Raw(n int) []byte {
	raw := d.next(n)
	if raw == nil || !d.Allocate(n) {
		return nil
	}
	return append(make([]byte, 0, n), raw...)
}

// Bytes reads Vec<u8> of at most limit bytes, else ErrLength.
func (d *Decoder) Bytes(limit int) []byte {
	n := d.Compact()
	if n > uint64(limit) {
		d.Fail(ErrLength)
		return nil
	}
	return d.Raw(int(n))
}

// String reads Vec<u8> of at most limit bytes that must be UTF-8.
func (d *Decoder) String(limit int) string {
	n := d.Compact()
	if n > uint64(limit) {
		d.Fail(ErrLength)
		return ""
	}
	raw := d.next(int(n))
	if !utf8.Valid(raw) {
		d.Fail(ErrUTF8)
		return ""
	}
	if !d.Allocate(len(raw)) {
		return ""
	}
	return string(raw)
}

// Allocate takes n bytes from the budget of Go memory, with an eighth for what
// the allocator rounds up. It must be called before allocating n bytes for what
// is being read; it returns false after a fault, which ErrBudget may be.
func (d *Decoder) Allocate(n int) bool {
	if d.err != nil {
		return false
	}
	n = (n + n/8 + 7) &^ 7
	if n > d.memory {
		d.err = ErrBudget
		return false
	}
	d.memory -= n
	return true
}

// Length reads the number of elements of a vector and charges the budgets for
// them: at most limit elements, each of at least wire encoded bytes and of
// memory bytes in Go. It returns 0 after a fault.
func (d *Decoder) Length(limit, wire, memory int) int {
	n := d.Compact()
	switch {
	case d.err != nil:
		return 0
	case n > uint64(limit):
		d.Fail(ErrLength)
	case n > uint64(d.elements):
		d.Fail(ErrBudget)
	case n*uint64(max(wire, 1)) > uint64(d.Remaining()):
		d.Fail(ErrShort)
	case !d.Allocate(int(n) * memory):
	default:
		d.elements -= int(n)
		return int(n)
	}
	return 0
}

// Slice reads a vector with element, which reads one element of at least wire
// encoded bytes; memory is the size of a T. See Decoder.Length for the bounds.
func Slice[T any](d *Decoder, limit, wire, memory int, element func(*T)) []T {
	n := d.Length(limit, wire, memory)
	if n == 0 {
		return nil
	}
	out := make([]T, n) // within the budget, which Length charged
	for i := 0; i < n && d.err == nil; i++ {
		element(&out[i])
	}
	if d.err != nil {
		return nil
	}
	return out
}
