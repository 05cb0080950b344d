package v1

import (
	"encoding/json"
	"errors"

	"github.com/ChainSafe/gossamer/lib/common"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
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

// data is bytes in hexadecimal, nil if they are not given.
type data []byte

// UnmarshalJSON reads "", or 0x and an even number of digits, or null.
func (d *data) UnmarshalJSON(text []byte) error {
	var s string
	if string(text) == "null" {
		return nil
	}
	if json.Unmarshal(text, &s) != nil || len(text) == 0 || text[0] != '"' {
		return errStrings
	}
	if s == "" {
		*d = data{}
		return nil
	}
	raw, err := common.HexToBytes(s)
	if err != nil {
		return errHex
	}
	*d = raw
	return nil
}

// blockHash is a hash in hexadecimal.
type blockHash primitives.Hash

// UnmarshalJSON reads 0x and 64 digits.
func (h *blockHash) UnmarshalJSON(text []byte) error {
	var d data
	if len(text) != len(`"0x"`)+2*len(h) || d.UnmarshalJSON(text) != nil || len(d) != len(h) {
		return errHash
	}
	*h = blockHash(d)
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
func encoded(b []byte) string { return common.BytesToHex(b) }

// encodedList returns each of the extrinsics in hexadecimal, behind its length as in
// a block.
func encodedList(body []primitives.Extrinsic) []string {
	out := make([]string, len(body))
	for i, x := range body {
		out[i] = encoded(scale.AppendBytes(nil, x))
	}
	return out
}

// unwrap returns the extrinsic that a client sent behind its length.
func unwrap(transaction data) (primitives.Extrinsic, error) {
	d := scale.NewDecoder(transaction)
	x := d.Bytes(len(transaction))
	return x, d.Finish()
}

// texts returns the hashes in hexadecimal, an empty list if there are none.
func texts(hashes []primitives.Hash) []string {
	out := make([]string, len(hashes))
	for i, h := range hashes {
		out[i] = h.String()
	}
	return out
}
