package store

import (
	"encoding/binary"
	"fmt"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// The first byte of a badger key is its space:
//
//	v key             value of the flat state
//	t path            trie node
//	h hash            header
//	b hash            body: Vec<Extrinsic>
//	j hash            justification
//	w hash            weight u32; there while the block is unfinalized
//	d hash            diff, as Diff.encode; there while the block is unfinalized
//	n number          finalized block: hash, timestamp u64 of its state
//	a key             record of another shell
//	m name            see meta keys
//	p key index       part of the value at key, index u16 big-endian
//	J, J index        journal: commit record; chunk, index u32 big-endian
//
// Numbers in keys are u32 big-endian; integers in values little-endian.
const (
	spaceValue   = 'v'
	spaceNode    = 't'
	spaceHeader  = 'h'
	spaceBody    = 'b'
	spaceJustify = 'j'
	spaceWeight  = 'w'
	spaceDiff    = 'd'
	spaceNumber  = 'n'
	spaceAux     = 'a'
	spaceMeta    = 'm'
	spacePart    = 'p'
	spaceJournal = 'J'
)

// Meta keys.
var (
	metaSchema  = join(spaceMeta, []byte("schema"))  // schemaVersion u32
	metaGenesis = join(spaceMeta, []byte("genesis")) // hash
	metaBest    = join(spaceMeta, []byte("best"))    // hash
	metaFinal   = join(spaceMeta, []byte("final"))   // hash, number u32, timestamp u64
	metaOldest  = join(spaceMeta, []byte("oldest"))  // number u32 of the oldest state retained
)

// schemaVersion is raised by any change to what is described above.
const schemaVersion = 1

// maxKey bounds keys of the flat state, node paths and aux keys, in bytes; badger
// takes 65,000 with its own prefix and version.
const maxKey = 60_000

func join(space byte, key []byte) []byte {
	return append(append(make([]byte, 0, 1+len(key)), space), key...)
}

func numberKey(n primitives.BlockNumber) []byte {
	return binary.BigEndian.AppendUint32([]byte{spaceNumber}, uint32(n))
}

func u32(v uint32) []byte { return binary.LittleEndian.AppendUint32(nil, v) }

// head is a finalized block and the timestamp at which the flat state is its.
type head struct {
	id primitives.BlockID
	ts uint64
}

func (h head) encode() []byte {
	b := append(make([]byte, 0, 44), h.id.Hash[:]...)
	b = binary.LittleEndian.AppendUint32(b, uint32(h.id.Number))
	return binary.LittleEndian.AppendUint64(b, h.ts)
}

func decodeHead(b []byte) (head, error) {
	if len(b) != 44 {
		return head{}, fmt.Errorf("finalized head of %d bytes: %w", len(b), ErrCorrupt)
	}
	return head{
		id: primitives.BlockID{
			Hash:   primitives.Hash(b[:32]),
			Number: primitives.BlockNumber(binary.LittleEndian.Uint32(b[32:])),
		},
		ts: binary.LittleEndian.Uint64(b[36:]),
	}, nil
}
