package wire

import (
	"bytes"
	"encoding/hex"

	"github.com/ChainSafe/gossamer/lib/common"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// Reason says why a parameter cannot be read. The parameter itself is not shown: it may
// be large.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons.
const (
	ErrHex  = Reason("not a string of hexadecimal digits")
	ErrHash = Reason("not 32 bytes in hexadecimal digits")
)

// Bytes are bytes in JSON: a string of 0x and two hexadecimal digits each.
type Bytes []byte

// String returns 0x and the digits.
func (b Bytes) String() string { return common.BytesToHex(b) }

// MarshalJSON writes b.
func (b Bytes) MarshalJSON() ([]byte, error) { return []byte(`"` + b.String() + `"`), nil }

// UnmarshalJSON reads b, else ErrHex. 0x may be missing, as in Substrate.
func (b *Bytes) UnmarshalJSON(text []byte) error {
	digits, ok := Digits(text)
	if !ok {
		return ErrHex
	}
	decoded := make([]byte, len(digits)/2)
	if _, err := hex.Decode(decoded, digits); err != nil {
		return ErrHex
	}
	*b = decoded
	return nil
}

// Digits returns what stands in a JSON string without escapes, without 0x. It returns
// false for other JSON.
func Digits(text []byte) (digits []byte, ok bool) {
	if len(text) < 2 || text[0] != '"' {
		return nil, false
	}
	return bytes.TrimPrefix(text[1:len(text)-1], []byte("0x")), true
}

// Optional returns b as it stands in JSON if it may be missing: nil is null.
func Optional(b []byte) *Bytes {
	if b == nil {
		return nil
	}
	return (*Bytes)(&b)
}

// Hash is a block's hash as a parameter.
type Hash primitives.Hash

// UnmarshalJSON reads 64 digits, else ErrHash. 0x may be missing, as in Substrate.
func (h *Hash) UnmarshalJSON(text []byte) error {
	digits, ok := Digits(text)
	if !ok || len(digits) != 2*len(h) {
		return ErrHash
	}
	if _, err := hex.Decode(h[:], digits); err != nil {
		return ErrHash
	}
	return nil
}

// Wrap returns an extrinsic behind its length, as it is in a block.
func Wrap(x primitives.Extrinsic) Bytes { return scale.AppendBytes(nil, x) }

// WrapAll returns each extrinsic behind its length.
func WrapAll(body []primitives.Extrinsic) []Bytes {
	out := make([]Bytes, len(body))
	for i, x := range body {
		out[i] = Wrap(x)
	}
	return out
}

// Unwrap is the inverse of Wrap. It returns an error of package scale if x is anything
// else than an extrinsic behind its length.
func Unwrap(x []byte) (primitives.Extrinsic, error) {
	d := scale.NewDecoder(x)
	inner := d.Bytes(len(x))
	return inner, d.Finish()
}
