package pvf

import (
	"fmt"
	"unicode/utf8"
)

// errShort is returned when a module ends inside a value.
var errShort = fmt.Errorf("unexpected end: %w", ErrMalformed)

// errNumber is returned for a LEB128 number that is too long or out of range.
var errNumber = fmt.Errorf("bad LEB128 number: %w", ErrMalformed)

// reader walks a module or one of its sections. It never reads beyond b and never
// allocates by a length it has not compared with what is left.
type reader struct {
	b []byte
}

func (r *reader) byte() (byte, error) {
	if len(r.b) == 0 {
		return 0, errShort
	}
	c := r.b[0]
	r.b = r.b[1:]
	return c, nil
}

func (r *reader) take(n uint32) ([]byte, error) {
	if uint64(n) > uint64(len(r.b)) {
		return nil, errShort
	}
	p := r.b[:n]
	r.b = r.b[n:]
	return p, nil
}

// u32 reads an unsigned LEB128 number of at most 5 bytes and 32 bits.
func (r *reader) u32() (uint32, error) {
	if len(r.b) > 0 && r.b[0] < 0x80 { // almost every number in practice
		v := uint32(r.b[0])
		r.b = r.b[1:]
		return v, nil
	}
	var v uint32
	for i := range 5 {
		if i >= len(r.b) {
			return 0, errShort
		}
		c := r.b[i]
		if i == 4 && c > 0x0f {
			return 0, errNumber
		}
		v |= uint32(c&0x7f) << (7 * i)
		if c < 0x80 {
			r.b = r.b[i+1:]
			return v, nil
		}
	}
	return 0, errNumber
}

// skipSigned skips a signed LEB128 number of at most bits bits (32 or 64).
func (r *reader) skipSigned(bits int) error {
	longest := (bits + 6) / 7
	for i := range longest {
		if i >= len(r.b) {
			return errShort
		}
		c := r.b[i]
		if c >= 0x80 {
			continue
		}
		if i == longest-1 { // unused bits must repeat the sign
			used := bits - 7*i
			high := c >> (used - 1)
			if high != 0 && high != 0x7f>>(used-1) {
				return errNumber
			}
		}
		r.b = r.b[i+1:]
		return nil
	}
	return errNumber
}

// count reads a vector length; each element takes at least one byte.
func (r *reader) count(limit uint32, what string) (uint32, error) {
	n, err := r.u32()
	if err != nil {
		return 0, err
	}
	if n > limit {
		return 0, fmt.Errorf("%d %s: %w", n, what, ErrTooComplex)
	}
	if uint64(n) > uint64(len(r.b)) {
		return 0, errShort
	}
	return n, nil
}

func (r *reader) name() (string, error) {
	n, err := r.u32()
	if err != nil {
		return "", err
	}
	if n > maxNameBytes {
		return "", fmt.Errorf("name of %d bytes: %w", n, ErrTooComplex)
	}
	p, err := r.take(n)
	if err != nil {
		return "", err
	}
	if !utf8.Valid(p) {
		return "", fmt.Errorf("name is not UTF-8: %w", ErrMalformed)
	}
	return string(p), nil
}

// end reports whether everything was read.
func (r *reader) end() error {
	if len(r.b) != 0 {
		return fmt.Errorf("%d bytes left over: %w", len(r.b), ErrMalformed)
	}
	return nil
}
