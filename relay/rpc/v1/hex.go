package v1

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/wire"
)

// What is wrong with a parameter. The parameter itself is not shown: it may be large.
var (
	errHex     = errors.New("not hexadecimal with 0x in front")
	errHash    = errors.New("not a hash of 32 bytes in hexadecimal with 0x in front")
	errStrings = errors.New("not a string")
	errType    = errors.New("no type of a storage query")
	errKey     = errors.New("a storage query without key")
	errStart   = errors.New("paginationStartKey where there is nothing to go on with")
	errReturn  = errors.New("returnType is not value or hash")
)

// quote0x is how bytes begin.
const quote0x = `"0x`

// data is bytes in hexadecimal, nil if they are not given.
type data []byte

// UnmarshalJSON reads "", or 0x and an even number of digits, or null.
func (d *data) UnmarshalJSON(text []byte) error {
	switch {
	case string(text) == "null":
		return nil
	case string(text) != `""` && !bytes.HasPrefix(text, []byte(quote0x)):
		return errHex
	case (*wire.Bytes)(d).UnmarshalJSON(text) != nil:
		return errHex
	}
	return nil
}

// blockHash is a hash in hexadecimal.
type blockHash wire.Hash

// UnmarshalJSON reads 0x and 64 digits.
func (h *blockHash) UnmarshalJSON(text []byte) error {
	if !bytes.HasPrefix(text, []byte(quote0x)) || (*wire.Hash)(h).UnmarshalJSON(text) != nil {
		return errHash
	}
	return nil
}

// hashOrHashes is one hash or a list of them.
type hashOrHashes []primitives.Hash

// UnmarshalJSON reads a hash or an array of hashes.
func (l *hashOrHashes) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] != '[' {
		var one blockHash
		if err := one.UnmarshalJSON(text); err != nil {
			return err
		}
		*l = hashOrHashes{primitives.Hash(one)}
		return nil
	}
	var several []blockHash
	if err := json.Unmarshal(text, &several); err != nil {
		return err
	}
	*l = make(hashOrHashes, len(several))
	for i, each := range several {
		(*l)[i] = primitives.Hash(each)
	}
	return nil
}

// encoded returns bytes in hexadecimal.
func encoded(b []byte) string { return wire.Bytes(b).String() }

// texts returns the hashes in hexadecimal, an empty list if there are none.
func texts(hashes []primitives.Hash) []string {
	out := make([]string, len(hashes))
	for i, h := range hashes {
		out[i] = h.String()
	}
	return out
}
