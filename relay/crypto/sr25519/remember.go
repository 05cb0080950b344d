//go:build !wasip1

package sr25519

import (
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/oasisprotocol/curve25519-voi/primitives/sr25519"
)

// maxKeys bounds the keys that Keys remember: the validators of a large session, and
// some. They take about 1 MB.
const maxKeys = 3072

// Keys remembers public keys decoded, which is a quarter of what a signature
// costs in a batch: validators sign many times with the same key. It changes no
// verdict. It forgets those not used the longest; bytes that are no key are not
// remembered, so they push nothing out. A nil Keys remembers nothing.
//
// Keys is safe for concurrent use: whoever verifies a signature, in any
// goroutine, wants the answer at once, hence a mutex and no loop.
type Keys struct {
	decoded *lru.Cache[PublicKey, *sr25519.PublicKey]
}

// NewKeys returns Keys that remember none yet.
func NewKeys() *Keys {
	decoded, err := lru.New[PublicKey, *sr25519.PublicKey](maxKeys)
	if err != nil {
		panic(err) // the size is a good one
	}
	return &Keys{decoded}
}

// decode returns the key in pub, which is not to be written; uninitialized if
// pub is no canonical point.
func (k *Keys) decode(pub PublicKey) *sr25519.PublicKey {
	if k != nil {
		if p, ok := k.decoded.Get(pub); ok {
			return p
		}
	}
	p := new(sr25519.PublicKey)
	if p.UnmarshalBinary(pub[:]) == nil && k != nil {
		k.decoded.Add(pub, p)
	}
	return p
}
