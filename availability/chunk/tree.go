package chunk

import (
	"fmt"

	"github.com/rampart-chain/rampart/availability/erasure"
)

// MaxDepth is the length of the longest proof: ⌈log2 MaxValidators⌉.
const MaxDepth = 14

// Root returns the root that commits to shards, the shards of all n validators
// in order of their index.
//
// There must be 1 … erasure.MaxValidators of them, else ErrValidatorCount.
func Root(shards [][]byte) ([32]byte, error) {
	if _, err := erasure.RecoveryThreshold(len(shards)); err != nil {
		return [32]byte{}, err
	}
	var h hasher
	return h.root(h.leaves(shards)), nil
}

// Proofs returns the root that commits to shards and for each its proof, the
// siblings from the leaf upwards. The proofs share one allocation.
//
// There must be 1 … erasure.MaxValidators shards, else ErrValidatorCount.
func Proofs(shards [][]byte) (root [32]byte, proofs [][][32]byte, err error) {
	n := len(shards)
	if _, err := erasure.RecoveryThreshold(n); err != nil {
		return [32]byte{}, nil, err
	}
	var h hasher
	levels := [][][32]byte{h.leaves(shards)}
	for last := levels[0]; len(last) > 1; last = levels[len(levels)-1] {
		levels = append(levels, h.above(make([][32]byte, 0, (len(last)+1)/2), last))
	}
	siblings := make([][32]byte, 0, n*(len(levels)-1))
	proofs = make([][][32]byte, n)
	for i := range proofs {
		start := len(siblings)
		for height, level := range levels {
			if s := i>>height ^ 1; s < len(level) {
				siblings = append(siblings, level[s])
			}
		}
		proofs[i] = siblings[start:len(siblings):len(siblings)]
	}
	return levels[len(levels)-1][0], proofs, nil
}

// Verify reports whether root commits to data as chunk index of n. In this
// order, before anything is hashed but for the last:
//
//	erasure.ErrValidatorCount  n is not in [1, erasure.MaxValidators]
//	erasure.ErrIndex           index is not below n
//	erasure.ErrShardSize       no payload has chunks of that size
//	ErrDepth                   proof is too long or too short for n and index
//	ErrProof                   the proof does not lead to root
func Verify(root [32]byte, n int, index erasure.Index, data []byte, proof [][32]byte) error {
	var h hasher
	_, err := h.verify(root, n, index, data, proof)
	return err
}

// verify is Verify; it returns the leaf as well.
func (h *hasher) verify(root [32]byte, n int, index erasure.Index, data []byte, proof [][32]byte) ([32]byte, error) {
	if _, err := erasure.RecoveryThreshold(n); err != nil {
		return [32]byte{}, err
	}
	if int64(index) >= int64(n) {
		return [32]byte{}, fmt.Errorf("chunk %d of %d: %w", index, n, erasure.ErrIndex)
	}
	if err := erasure.CheckShardSize(len(data), n); err != nil {
		return [32]byte{}, fmt.Errorf("chunk of %d bytes among %d: %w", len(data), n, err)
	}
	if want := proofLength(n, int(index)); len(proof) != want {
		return [32]byte{}, fmt.Errorf("proof of %d hashes, want %d: %w", len(proof), want, ErrDepth)
	}
	leaf := h.leaf(uint32(index), data)
	at := leaf
	for i, width := int(index), n; width > 1; i, width = i/2, (width+1)/2 {
		switch {
		case i^1 >= width:
			continue
		case i%2 == 0:
			at = h.node(at, proof[0])
		default:
			at = h.node(proof[0], at)
		}
		proof = proof[1:]
	}
	if at != root {
		return [32]byte{}, ErrProof
	}
	return leaf, nil
}

// proofLength returns how many siblings leaf i of n has on its way up.
func proofLength(n, i int) int {
	length := 0
	for ; n > 1; i, n = i/2, (n+1)/2 {
		if i^1 < n {
			length++
		}
	}
	return length
}

// leaves returns the leaf of every shard.
func (h *hasher) leaves(shards [][]byte) [][32]byte {
	out := make([][32]byte, len(shards))
	for i, data := range shards {
		out[i] = h.leaf(uint32(i), data)
	}
	return out
}

// root returns the root over leaves, of which there is at least one. It
// overwrites them.
func (h *hasher) root(leaves [][32]byte) [32]byte {
	for len(leaves) > 1 {
		leaves = h.above(leaves[:0], leaves)
	}
	return leaves[0]
}

// above appends to out the level above level. out may be level[:0].
func (h *hasher) above(out, level [][32]byte) [][32]byte {
	for ; len(level) > 1; level = level[2:] {
		out = append(out, h.node(level[0], level[1]))
	}
	return append(out, level...)
}
