package chunk

import (
	"bytes"
	"fmt"

	"github.com/rampart-chain/rampart/availability/erasure"
	"github.com/rampart-chain/rampart/relay/scale"
)

// Chunk is what one validator holds of a payload, with the proof that the root
// commits to it.
type Chunk struct {
	Index erasure.Index
	Data  []byte
	// Proof lists the siblings from the leaf upwards.
	Proof [][32]byte
}

// AppendSCALE appends the index as u32, the data as Vec<u8> and the proof as
// Vec<[u8; 32]>.
func (c *Chunk) AppendSCALE(b []byte) []byte {
	b = scale.AppendU32(b, uint32(c.Index))
	b = scale.AppendBytes(b, c.Data)
	b = scale.AppendCompact(b, uint64(len(c.Proof)))
	for i := range c.Proof {
		b = append(b, c.Proof[i][:]...)
	}
	return b
}

// DecodeSCALE reads c: at most erasure.MaxPayload bytes of data and MaxDepth
// siblings, else scale.ErrLength. Whether they fit n and index, Verify says.
func (c *Chunk) DecodeSCALE(d *scale.Decoder) {
	c.Index = erasure.Index(d.U32())
	c.Data = d.Bytes(erasure.MaxPayload)
	c.Proof = scale.Slice(d, MaxDepth, 32, 32, func(v *[32]byte) { d.Fixed(v[:]) })
}

// Encode returns the n chunks of payload in order of their index, and the root
// that commits to them. The chunks share memory with each other, not with
// payload.
//
// It returns erasure.ErrValidatorCount or erasure.ErrPayloadSize.
func Encode(payload []byte, n int) (root [32]byte, chunks []Chunk, err error) {
	shards, err := erasure.Encode(payload, n)
	if err != nil {
		return [32]byte{}, nil, err
	}
	root, proofs, err := Proofs(shards)
	if err != nil {
		return [32]byte{}, nil, err
	}
	chunks = make([]Chunk, n)
	for i := range chunks {
		chunks[i] = Chunk{Index: erasure.Index(i), Data: shards[i], Proof: proofs[i]}
	}
	return root, chunks, nil
}

// Recover returns the payload that root commits to, followed by zeros; see
// Unpad. Any k = erasure.RecoveryThreshold(n) chunks with distinct indices
// will do, in any order; every chunk is verified, also beyond k.
//
// It returns what erasure.Check and Verify return if chunks are too few or one
// of them is wrong, and ErrRoot if all are right but root does not commit to an
// encoding of what they give. ErrRoot does not depend on which chunks were used.
func Recover(n int, root [32]byte, chunks []Chunk) ([]byte, error) {
	shards := make([]erasure.Shard, len(chunks))
	for i, c := range chunks {
		shards[i] = erasure.Shard{Index: c.Index, Data: c.Data}
	}
	if err := erasure.Check(shards, n); err != nil {
		return nil, err
	}
	var h hasher
	leaves, given := make([][32]byte, n), make([][]byte, n)
	for _, c := range chunks {
		leaf, err := h.verify(root, n, c.Index, c.Data, c.Proof)
		if err != nil {
			return nil, fmt.Errorf("chunk %d: %w", c.Index, err)
		}
		leaves[c.Index], given[c.Index] = leaf, c.Data
	}
	padded, err := erasure.Reconstruct(shards, n)
	if err != nil {
		return nil, err
	}
	again, err := erasure.Extend(padded, n)
	if err != nil {
		return nil, err
	}
	for i, data := range again {
		if given[i] == nil {
			leaves[i] = h.leaf(uint32(i), data)
		} else if !bytes.Equal(given[i], data) {
			return nil, ErrRoot
		}
	}
	if h.root(leaves) != root {
		return nil, ErrRoot
	}
	return padded, nil
}

// Unpad returns the payload at the start of padded, which Recover returned for
// n validators. length decodes that payload and returns how many bytes it took,
// or an error, which Unpad passes on.
//
// It returns ErrTail if what follows is not zero, or is more than an encoding of
// a payload of that length has; erasure.ErrPayloadSize if the payload is larger
// than Encode accepts. Otherwise Encode(payload, n) gives the root that padded
// was recovered from. The result aliases padded.
func Unpad(n int, padded []byte, length func(padded []byte) (int, error)) ([]byte, error) {
	k, err := erasure.RecoveryThreshold(n)
	if err != nil {
		return nil, err
	}
	used, err := length(padded)
	if err != nil {
		return nil, err
	}
	if used < 0 || used > len(padded) {
		return nil, ErrTail
	}
	size, err := erasure.ShardSize(used, n)
	if err != nil {
		return nil, err
	}
	if k*size != len(padded) {
		return nil, ErrTail
	}
	for _, b := range padded[used:] {
		if b != 0 {
			return nil, ErrTail
		}
	}
	return padded[:used:used], nil
}
