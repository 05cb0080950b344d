package legacy

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strconv"

	"github.com/ChainSafe/gossamer/lib/common"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/trie"
)

// reason says why a parameter cannot be read.
type reason string

func (r reason) Error() string { return string(r) }

const (
	errHex    = reason("not a string of hexadecimal digits")
	errHash   = reason("not 32 bytes in hexadecimal digits")
	errNumber = reason("not a number, nor one in hexadecimal digits")
)

// jsonText is a result that is JSON already.
type jsonText = json.RawMessage

// blob is bytes: hexadecimal digits after 0x, which may be missing in a parameter.
type blob []byte

// UnmarshalJSON reads b.
func (b *blob) UnmarshalJSON(text []byte) error {
	digits, ok := unquoteHex(text)
	if !ok {
		return errHex
	}
	decoded := make([]byte, len(digits)/2)
	if _, err := hex.Decode(decoded, digits); err != nil {
		return errHex
	}
	*b = decoded
	return nil
}

// unquoteHex returns what stands in a JSON string without escapes, without 0x.
func unquoteHex(text []byte) (digits []byte, ok bool) {
	if len(text) < 2 || text[0] != '"' {
		return nil, false
	}
	return bytes.TrimPrefix(text[1:len(text)-1], []byte("0x")), true
}

// MarshalJSON writes b.
func (b blob) MarshalJSON() ([]byte, error) { return hexText(b), nil }

// hexText returns b as a JSON string.
func hexText(b []byte) jsonText { return jsonText(`"` + common.BytesToHex(b) + `"`) }

// optional returns b as it stands in JSON if it may be missing: nil is null.
func optional(b []byte) *blob {
	if b == nil {
		return nil
	}
	return (*blob)(&b)
}

// hash is a block's hash as a parameter.
type hash primitives.Hash

// UnmarshalJSON reads h.
func (h *hash) UnmarshalJSON(text []byte) error {
	digits, ok := unquoteHex(text)
	if !ok || len(digits) != 2*len(h) {
		return errHash
	}
	if _, err := hex.Decode(h[:], digits); err != nil {
		return errHash
	}
	return nil
}

// number is that of a block as a parameter: a JSON number, or hexadecimal digits.
// One that is no block's has a fault.
type number struct {
	value primitives.BlockNumber
	// fault names the number as Substrate would.
	fault string
}

// UnmarshalJSON reads n.
func (n *number) UnmarshalJSON(text []byte) error {
	if digits, ok := unquoteHex(text); ok {
		value, ok := new(big.Int).SetString(string(digits), 16)
		if !ok || len(digits) > 64 || bytes.ContainsAny(digits, "+-_") {
			return errNumber
		}
		*n = number{value: primitives.BlockNumber(value.Uint64())}
		if !value.IsUint64() || value.Uint64() > math.MaxUint32 {
			*n = number{fault: fmt.Sprintf("Hex(%s)", value)}
		}
		return nil
	}
	value, err := strconv.ParseUint(string(text), 10, 64)
	if err != nil {
		return errNumber
	}
	*n = number{value: primitives.BlockNumber(value)}
	if value > math.MaxUint32 {
		*n = number{fault: fmt.Sprintf("Number(%d)", value)}
	}
	return nil
}

// numbers is one number, or a list.
type numbers struct {
	list  []number
	isOne bool
}

// UnmarshalJSON reads n.
func (n *numbers) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '[' {
		return json.Unmarshal(text, &n.list)
	}
	n.list, n.isOne = make([]number, 1), true
	return n.list[0].UnmarshalJSON(text)
}

// checkKeys returns an error if there are too many keys, or one is longer than any
// that has a value.
func checkKeys(keys ...blob) error {
	if len(keys) > maxKeys {
		return jsonrpc.InvalidParams(fmt.Sprintf("at most %d keys", maxKeys))
	}
	for _, k := range keys {
		if len(k) > trie.MaxKeyLen {
			return jsonrpc.InvalidParams(fmt.Sprintf("key is longer than %d bytes", trie.MaxKeyLen))
		}
	}
	return nil
}

// unwrap returns the extrinsic that x is, behind its length.
func unwrap(x []byte) (primitives.Extrinsic, error) {
	d := scale.NewDecoder(x)
	inner := d.Bytes(len(x))
	return inner, d.Finish()
}

// wrap is the inverse of unwrap.
func wrap(x primitives.Extrinsic) blob { return scale.AppendBytes(nil, x) }

// allowance is how many bytes a result may still have.
type allowance int

// take returns an error if a result becomes too large with n bytes more.
func (a *allowance) take(n int) error {
	if *a -= allowance(n); *a < 0 {
		return &jsonrpc.Error{Code: jsonrpc.CodeResponseSize, Message: "Response is too big", Data: fmt.Sprintf("Exceeded max limit of %d", 2*maxResult)}
	}
	return nil
}
