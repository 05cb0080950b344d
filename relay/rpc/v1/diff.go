package v1

import (
	"bytes"
	"errors"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/backend"
	"github.com/rampart-chain/rampart/relay/trie"
)

// errAncestor: two states are compared only along one chain.
var errAncestor = errors.New("previousHash is not an ancestor of hash")

// between returns the states after two blocks, the first of which is an ancestor of the
// second, by default its parent.
func (v *service) between(previous *primitives.Hash, h primitives.Hash) (before, after backend.State, err error) {
	final := v.chain.Store.Finalized() // before the block: if it is this low, it is of the one final chain
	if after, err = v.chain.Stored(h); err != nil {
		return before, after, err
	}
	first := after.Header.ParentHash
	if previous != nil {
		first = *previous
	}
	if before, err = v.chain.Stored(first); err == nil && previous != nil {
		err = v.descends(after, before, final.Number)
	}
	return before, after, err
}

// descends returns errAncestor unless one block is an ancestor of the other. Blocks up
// to final that were in the store are final.
func (v *service) descends(block, ancestor backend.State, final primitives.BlockNumber) error {
	header, h, number := block.Header, block.Hash, ancestor.Header.Number
	if number >= header.Number {
		return errAncestor
	}
	for header.Number > number {
		if header.Number <= final {
			canonical, ok, err := v.chain.Store.CanonicalHash(number)
			if err == nil && (!ok || canonical != ancestor.Hash) {
				err = errAncestor
			}
			return err
		}
		var err error
		h = header.ParentHash
		if header, err = v.chain.Store.Header(h); err != nil {
			return err
		}
	}
	if h != ancestor.Hash {
		return errAncestor
	}
	return nil
}

// difference is a key whose value is not the same in two states, as
// archive_v1_storageDiff has it.
type difference struct {
	Event string `json:"event"`
	Key   string `json:"key"`
	Value string `json:"value,omitempty"`
	Hash  string `json:"hash,omitempty"`
	Type  string `json:"type"`
}

// diff compares two states step by step, key by key. It is for one goroutine.
type diff struct {
	before, after backend.State
	prefix        []byte
	hashes        bool // not values
	last          []byte
	started       bool
}

// step returns the next differences among at most 128 keys, and whether they are the
// last.
//
// Errors: those of the store.
func (d *diff) step() (found []difference, done bool, err error) {
	if len(d.prefix) > trie.MaxKeyLen {
		return nil, true, nil
	}
	size := 0
	for n := 0; n < stepItems && size < stepBytes; n++ {
		key, err := d.next()
		if err != nil || key == nil {
			return found, key == nil, err
		}
		old, err := d.before.Get(key)
		if err != nil {
			return nil, false, err
		}
		value, err := d.after.Get(key)
		if err != nil {
			return nil, false, err
		}
		size += len(key) + len(old) + len(value)
		if each, differs := d.compare(key, old, value); differs {
			found = append(found, each)
		}
	}
	return found, false, nil
}

// next returns the next key that either state has, nil if there is none.
func (d *diff) next() ([]byte, error) {
	if !d.started {
		d.started, d.last = true, d.prefix
		return append([]byte{}, d.prefix...), nil // the prefix itself may be a key
	}
	old, inOld, err := d.before.Next(d.last)
	if err != nil {
		return nil, err
	}
	key, inNew, err := d.after.Next(d.last)
	if err != nil {
		return nil, err
	}
	if inOld && (!inNew || bytes.Compare(old, key) < 0) {
		key = old
	}
	if !inOld && !inNew || !bytes.HasPrefix(key, d.prefix) {
		return nil, nil
	}
	d.last = key
	return key, nil
}

// compare returns the difference at a key, if there is one.
func (d *diff) compare(key, old, value []byte) (each difference, differs bool) {
	each = difference{Event: "storageDiff", Key: encoded(key), Type: "modified"}
	shown := value
	switch {
	case old == nil && value == nil, old != nil && value != nil && bytes.Equal(old, value):
		return each, false
	case old == nil:
		each.Type = "added"
	case value == nil:
		each.Type, shown = "deleted", old
	}
	if d.hashes {
		each.Hash = primitives.Blake2b256(shown).String()
	} else {
		each.Value = encoded(shown)
	}
	return each, true
}
