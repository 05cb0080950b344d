package primitives

import "github.com/rampart-chain/rampart/relay/crypto/hash"

// Hash is 32 bytes: a block, state root, extrinsics root, candidate, code or
// head data hash.
//
//frame:path primitive_types::H256
type Hash [32]byte

// Blake2b256 returns the BLAKE2b-256 digest of data.
func Blake2b256(data []byte) Hash { return hash.Blake2b256(data) }

// String returns 0x and 64 hexadecimal digits.
func (h Hash) String() string { return string(appendHex([]byte("0x"), h[:])) }

// Short returns the first four bytes in hexadecimal, for people to tell hashes
// apart.
func (h Hash) Short() string { return string(appendHex(nil, h[:4])) }

// appendHex appends data in hexadecimal. It is here because encoding/hex brings
// fmt into every validation function: 0.7 MB.
func appendHex(b, data []byte) []byte {
	const digits = "0123456789abcdef"
	for _, d := range data {
		b = append(b, digits[d>>4], digits[d&15])
	}
	return b
}

// IsZero reports whether h is all zeros.
func (h Hash) IsZero() bool { return h == Hash{} }

// AccountID is the public key, or the derived name, of an account.
//
//frame:path sp_core::crypto::AccountId32
type AccountID [32]byte

// String returns 0x and 64 hexadecimal digits.
func (a AccountID) String() string { return Hash(a).String() }

// SR25519Public is an sr25519 public key: of an account, or of a session key.
//
//frame:path sp_core::sr25519::Public
type SR25519Public [32]byte

// ED25519Public is an ed25519 public key.
//
//frame:path sp_core::ed25519::Public
type ED25519Public [32]byte

// Signature is the 64 bytes of an sr25519 or ed25519 signature.
type Signature [64]byte
