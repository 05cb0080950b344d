package txpool

import (
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// Tag names something that one transaction provides and others may require.
type Tag string

// Bounds of the tags of a transaction: how many of each list, and bytes of one.
const (
	maxTags    = 16
	maxTagSize = 128
)

// Provided returns the tags that an extrinsic in a block provided: the nonce tag
// of a signed one, none of an inherent or of what does not decode.
func Provided(x primitives.Extrinsic) []Tag {
	u, err := primitives.DecodeExtrinsic(x)
	if err != nil || u.Signature == nil {
		return nil
	}
	signer, ok := u.Signature.Signer.(primitives.AddressID)
	if !ok {
		return nil
	}
	return []Tag{Tag(primitives.NonceTag(signer.ID, u.Signature.Extra.Nonce))}
}

// Hash returns the name of a transaction: the BLAKE2b-256 digest of x with its
// length prefix.
func Hash(x primitives.Extrinsic) primitives.Hash {
	return primitives.Blake2b256(scale.AppendBytes(make([]byte, 0, len(x)+5), x))
}

// check returns why v cannot be in any pool.
func (v Valid) check() error {
	if len(v.Provides) == 0 {
		return ErrNoTags
	}
	if len(v.Provides) > maxTags || len(v.Requires) > maxTags {
		return ErrTags
	}
	for _, tags := range [][]Tag{v.Requires, v.Provides} {
		for i, t := range tags {
			if len(t) == 0 || len(t) > maxTagSize {
				return ErrTags
			}
			for _, other := range tags[:i] {
				if t == other {
					return ErrTags
				}
			}
		}
	}
	for _, t := range v.Requires {
		for _, p := range v.Provides {
			if t == p {
				return ErrCycle
			}
		}
	}
	return nil
}
