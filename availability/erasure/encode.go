package erasure

import (
	"fmt"
	"math/bits"

	"github.com/klauspost/reedsolomon"
)

// Encode returns the n shards of payload, in order of their index. They share
// one allocation, belong to the caller and do not alias payload.
//
// It returns ErrValidatorCount or ErrPayloadSize; see ShardSize.
func Encode(payload []byte, n int) ([][]byte, error) {
	size, err := ShardSize(len(payload), n)
	if err != nil {
		return nil, err
	}
	all := make([]byte, n*size)
	copy(all, payload)
	shards := split(make([][]byte, 0, n), all, size)
	return shards, addParity(shards)
}

// Extend returns the n shards of a padded payload as Reconstruct returns it,
// without changing their size. Shards 0 … k−1 alias padded, the others belong
// to the caller.
//
// It returns ErrValidatorCount, or ErrShardSize if len(padded) is not k times a
// possible shard size.
func Extend(padded []byte, n int) ([][]byte, error) {
	k, err := RecoveryThreshold(n)
	if err != nil {
		return nil, err
	}
	size := len(padded) / k
	if err := CheckShardSize(size, n); err != nil {
		return nil, err
	}
	if len(padded) != k*size {
		return nil, ErrShardSize
	}
	shards := split(make([][]byte, 0, n), padded, size)
	shards = split(shards, make([]byte, (n-k)*size), size)
	return shards, addParity(shards)
}

// split appends to shards the pieces of all, size bytes each.
func split(shards [][]byte, all []byte, size int) [][]byte {
	for ; len(all) > 0; all = all[size:] {
		shards = append(shards, all[:size:size])
	}
	return shards
}

// workMemory is how much scratch memory encoding aims at, in bytes: what stays
// in a processor's cache. It does not change the result.
const workMemory = 4 << 20

// addParity fills shards k … n−1 from shards 0 … k−1, one range of columns
// after the other: the 64-byte blocks of a shard are coded independently.
func addParity(shards [][]byte) error {
	n, k, size := len(shards), (len(shards)-1)/3+1, len(shards[0])
	if n == 1 {
		return nil
	}
	// The library needs two columns per recovery shard, rounded up to a power of two.
	columns := workMemory >> (1 + bits.Len(uint(n-k-1)))
	columns = min(max(columns, 16*blockSize), size)
	code, err := newCode(n, columns)
	if err != nil {
		return err
	}
	part := make([][]byte, n)
	for start := 0; start < size; start += columns {
		end := min(start+columns, size)
		for i, shard := range shards {
			part[i] = shard[start:end]
		}
		if err := code.Encode(part); err != nil {
			return fmt.Errorf("parity of %d shards: %w", n, err)
		}
	}
	return nil
}

// newCode returns the code for n validators, n in [2, MaxValidators], that is
// given at most size bytes of each shard at a time. Tables are global to the
// library, made once for each field that is used; making another code costs next
// to nothing. A code lives for one call, so it caches nothing.
func newCode(n, size int) (reedsolomon.Encoder, error) {
	k := (n-1)/3 + 1
	field := reedsolomon.WithLeopardGF16(true)
	if n <= maxSmallField {
		field = reedsolomon.WithLeopardGF(true)
	}
	code, err := reedsolomon.New(k, n-k, field,
		reedsolomon.WithMaxGoroutines(1), reedsolomon.WithInversionCache(false),
		reedsolomon.WithWorkAllocator(&workspace{stride: size}))
	if err != nil {
		return nil, fmt.Errorf("erasure code of %d shards, %d original: %w", n, k, err)
	}
	return code, nil
}
