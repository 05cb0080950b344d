//go:build wasip1

package hash

import "golang.org/x/crypto/blake2b"

// The host functions take the address and length of the data and the address
// of the output, all in the guest's memory. No data is address 0, length 0.

//go:wasmimport rampart_1 blake2b_256
//go:noescape
func hostBlake2b256(data *byte, n uint32, out *[32]byte)

//go:wasmimport rampart_1 blake2b_128
//go:noescape
func hostBlake2b128(data *byte, n uint32, out *[16]byte)

//go:wasmimport rampart_1 twox_64
//go:noescape
func hostTwox64(data *byte, n uint32, out *[8]byte)

//go:wasmimport rampart_1 twox_128
//go:noescape
func hostTwox128(data *byte, n uint32, out *[16]byte)

//go:wasmimport rampart_1 keccak_256
//go:noescape
func hostKeccak256(data *byte, n uint32, out *[32]byte)

// first returns the address of the first byte of data, nil if there is none.
func first(data []byte) *byte {
	if len(data) == 0 {
		return nil
	}
	return &data[0]
}

// Blake2b256 returns the unkeyed BLAKE2b digest of data with a 32-byte output.
func Blake2b256(data []byte) (out [32]byte) {
	hostBlake2b256(first(data), uint32(len(data)), &out)
	return out
}

// Blake2b128 returns the unkeyed BLAKE2b digest of data with a 16-byte output.
// It is not a truncated Blake2b256.
func Blake2b128(data []byte) (out [16]byte) {
	hostBlake2b128(first(data), uint32(len(data)), &out)
	return out
}

// Blake2b512 returns the unkeyed BLAKE2b digest of data with a 64-byte output.
// The host module has no such function: it runs in the guest.
func Blake2b512(data []byte) [64]byte {
	return blake2b.Sum512(data)
}

// Twox64 returns xxHash64 of data with seed 0, little-endian.
func Twox64(data []byte) (out [8]byte) {
	hostTwox64(first(data), uint32(len(data)), &out)
	return out
}

// Twox128 returns xxHash64 of data with seed 0, then with seed 1, each
// little-endian.
func Twox128(data []byte) (out [16]byte) {
	hostTwox128(first(data), uint32(len(data)), &out)
	return out
}

// Keccak256 returns the legacy Keccak digest of data (not SHA-3).
func Keccak256(data []byte) (out [32]byte) {
	hostKeccak256(first(data), uint32(len(data)), &out)
	return out
}
