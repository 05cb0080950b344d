//go:build !wasip1

package keys

import (
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/rampart-chain/rampart/relay/crypto/hash"
)

// Junction is one step of a derivation path.
type Junction struct {
	Hard      bool
	ChainCode [32]byte
}

// NewJunction returns the junction of a name. A decimal number below 2^64 is
// written as 8 bytes, little-endian; anything else as a SCALE string; what
// exceeds 32 bytes is hashed, what falls short is filled up with zeros. As in
// Substrate a number may have leading zeros and one plus sign. name must be
// shorter than MaxURI.
//
// Source: sp-core src/crypto.rs, DeriveJunction.
func NewJunction(name string, hard bool) Junction {
	j := Junction{Hard: hard}
	if n, err := strconv.ParseUint(strings.TrimPrefix(name, "+"), 10, 64); err == nil {
		binary.LittleEndian.PutUint64(j.ChainCode[:], n)
		return j
	}
	encoded := append(compact(len(name)), name...)
	if len(encoded) > len(j.ChainCode) {
		j.ChainCode = hash.Blake2b256(encoded)
	} else {
		copy(j.ChainCode[:], encoded)
	}
	return j
}

// compact returns n < 2^14 as a SCALE compact integer.
func compact(n int) []byte {
	if n < 1<<6 {
		return []byte{byte(n << 2)}
	}
	return binary.LittleEndian.AppendUint16(nil, uint16(n<<2|1))
}

// hardSeed returns the seed of the hard child of seed: the BLAKE2b-256 of the
// SCALE string tag, the seed and the chain code.
//
// Source: sp-core src/ed25519.rs and src/ecdsa.rs, derive_hard_junction.
func (j Junction) hardSeed(tag string, seed [32]byte) [32]byte {
	b := append(compact(len(tag)), tag...)
	b = append(append(b, seed[:]...), j.ChainCode[:]...)
	return hash.Blake2b256(b)
}
