//go:build !wasip1

package hash

import (
	"encoding/binary"
	"hash"
	"sync"

	"github.com/cespare/xxhash/v2"
	"golang.org/x/crypto/blake2b"
	"golang.org/x/crypto/sha3"
)

// Blake2b256 returns the unkeyed BLAKE2b digest of data with a 32-byte output.
func Blake2b256(data []byte) [32]byte {
	return blake2b.Sum256(data)
}

// Blake2b128 returns the unkeyed BLAKE2b digest of data with a 16-byte output.
// It is not a truncated Blake2b256.
func Blake2b128(data []byte) [16]byte {
	s := states128.Get().(*state128)
	defer states128.Put(s)
	s.Reset()
	s.Write(data)
	s.Sum(s.out[:0])
	return s.out
}

// state128 is a hash state to be used again: making one costs more than hashing a
// storage key.
type state128 struct {
	hash.Hash
	out [16]byte
}

var states128 = sync.Pool{New: func() any {
	h, err := blake2b.New(16, nil)
	if err != nil {
		panic("blake2b refused an unkeyed 16-byte digest: " + err.Error())
	}
	return &state128{Hash: h}
}}

// Blake2b512 returns the unkeyed BLAKE2b digest of data with a 64-byte output.
func Blake2b512(data []byte) [64]byte {
	return blake2b.Sum512(data)
}

// Twox64 returns xxHash64 of data with seed 0, little-endian.
func Twox64(data []byte) [8]byte {
	var out [8]byte
	binary.LittleEndian.PutUint64(out[:], xxhash.Sum64(data))
	return out
}

// Twox128 returns xxHash64 of data with seed 0, then with seed 1, each
// little-endian.
func Twox128(data []byte) [16]byte {
	var out [16]byte
	binary.LittleEndian.PutUint64(out[:8], xxhash.Sum64(data))
	d := xxhash.NewWithSeed(1)
	d.Write(data)
	binary.LittleEndian.PutUint64(out[8:], d.Sum64())
	return out
}

// Keccak256 returns the legacy Keccak digest of data (not SHA-3).
func Keccak256(data []byte) [32]byte {
	var out [32]byte
	h := sha3.NewLegacyKeccak256()
	h.Write(data)
	h.Sum(out[:0])
	return out
}
