package legacy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strconv"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/rpc/wire"
	"github.com/rampart-chain/rampart/relay/trie"
)

// errNumber: a block's number is written in no known way.
const errNumber = wire.Reason("not a number, nor one in hexadecimal digits")

// number is that of a block as a parameter: a JSON number, or hexadecimal digits.
// One that is no block's has a fault.
type number struct {
	value primitives.BlockNumber
	// fault names the number as Substrate would.
	fault string
}

// UnmarshalJSON reads n.
func (n *number) UnmarshalJSON(text []byte) error {
	if digits, ok := wire.Digits(text); ok {
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
func checkKeys(keys ...wire.Bytes) error {
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

// allowance is how many bytes a result may still have.
type allowance int

// take returns an error if a result becomes too large with n bytes more.
func (a *allowance) take(n int) error {
	if *a -= allowance(n); *a < 0 {
		return &jsonrpc.Error{Code: jsonrpc.CodeResponseSize, Message: "Response is too big", Data: fmt.Sprintf("Exceeded max limit of %d", 2*maxResult)}
	}
	return nil
}
