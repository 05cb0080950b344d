package v1

import (
	"encoding/json"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/backend"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/trie"
)

// queryType is what is asked for at a key.
type queryType string

// Types of queries.
const (
	valueOf     queryType = "value"
	hashOf      queryType = "hash"
	merkleOf    queryType = "closestDescendantMerkleValue"
	valuesBelow queryType = "descendantsValues"
	hashesBelow queryType = "descendantsHashes"
)

// UnmarshalJSON reads one of the five types.
func (t *queryType) UnmarshalJSON(text []byte) error {
	var s string
	if err := json.Unmarshal(text, &s); err != nil {
		return errStrings
	}
	switch *t = queryType(s); *t {
	case valueOf, hashOf, merkleOf, valuesBelow, hashesBelow:
		return nil
	}
	return errType
}

// below reports whether it is about all keys that begin with the key.
func (t queryType) below() bool { return t == valuesBelow || t == hashesBelow }

// query is a key and what is asked for there.
type query struct {
	Key  data      `json:"key"`
	Type queryType `json:"type"`
	// Start is the key after which descendants begin.
	Start data `json:"paginationStartKey"`
}

// check returns an error if a member is missing, or stands where it means nothing.
func (q query) check(paginated bool) error {
	switch {
	case q.Key == nil:
		return errKey
	case q.Type == "":
		return errType
	case q.Start != nil && !(paginated && q.Type.below()):
		return errStart
	}
	return nil
}

// item is what was found.
type item struct {
	Key         string `json:"key"`
	Value       string `json:"value,omitempty"`
	Hash        string `json:"hash,omitempty"`
	MerkleValue string `json:"closestDescendantMerkleValue,omitempty"`
}

// Bounds of one step of a reader.
const (
	stepItems = 128
	stepBytes = 64 << 10 // of keys and values; the last value may exceed it
)

// reader answers queries step by step. It is for one goroutine.
type reader struct {
	state   backend.State
	queries []query
	keys    *backend.Walk // of the first query, if it is about descendants
}

// within reports whether the reader stopped among descendants.
func (r *reader) within() bool { return len(r.queries) > 0 && r.queries[0].Type.below() }

// step returns the next items, of at most 128 keys, and whether they are the last.
//
// Errors: those of the store.
func (r *reader) step() (items []item, done bool, err error) {
	size := 0
	for keys := 0; len(r.queries) > 0 && keys < stepItems && size < stepBytes; keys++ {
		q := r.queries[0]
		key := []byte(q.Key)
		if len(key) > trie.MaxKeyLen {
			key = nil // there is none like this
		} else if q.Type.below() {
			if r.keys == nil {
				r.keys = r.state.Walk(q.Key, q.Start)
			}
			if key, err = r.keys.Next(); err != nil {
				return nil, false, err
			}
		}
		if key == nil || !q.Type.below() {
			r.queries, r.keys = r.queries[1:], nil
		}
		if key == nil {
			continue
		}
		found, bytes, err := r.at(key, q.Type)
		if err != nil {
			return nil, false, err
		}
		if found != nil {
			items = append(items, *found)
			size += bytes
		}
	}
	return items, len(r.queries) == 0, nil
}

// at returns what is at one key, nil if nothing is, and its size in bytes.
func (r *reader) at(key []byte, t queryType) (*item, int, error) {
	if t == merkleOf {
		value, err := trie.ClosestMerkleValue(r.state, r.state.Header.StateRoot, key)
		if err != nil || value == nil {
			return nil, 0, err
		}
		return &item{Key: encoded(key), MerkleValue: encoded(value)}, len(key) + len(value), nil
	}
	value, err := r.state.Get(key)
	if err != nil || value == nil {
		return nil, 0, err
	}
	found := &item{Key: encoded(key)}
	if t == valueOf || t == valuesBelow {
		found.Value = encoded(value)
		return found, len(key) + len(value), nil
	}
	found.Hash = primitives.Blake2b256(value).String()
	return found, len(key) + len(found.Hash), nil
}

// queryList is the queries of a call.
type queryList []query

// check returns an error of InvalidParams if one is wrong. Only some methods know
// paginationStartKey.
func (l queryList) check(paginated bool) error {
	for _, q := range l {
		if err := q.check(paginated); err != nil {
			return jsonrpc.InvalidParams(err.Error())
		}
	}
	return nil
}
