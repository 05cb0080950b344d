//go:build !wasip1

package keys

import (
	"github.com/rampart-chain/rampart/relay/crypto/ecdsa"
	"github.com/rampart-chain/rampart/relay/crypto/ed25519"
	"github.com/rampart-chain/rampart/relay/crypto/hash"
	"github.com/rampart-chain/rampart/relay/crypto/sr25519"
)

// Scheme is a signature scheme, by the name that Substrate's tools give it.
type Scheme string

// Schemes.
const (
	SchemeSr25519 Scheme = "sr25519"
	SchemeEd25519 Scheme = "ed25519"
	SchemeECDSA   Scheme = "ecdsa"
)

// ParseScheme returns the scheme with the name, or ErrScheme.
func ParseScheme(name string) (Scheme, error) {
	switch s := Scheme(name); s {
	case SchemeSr25519, SchemeEd25519, SchemeECDSA:
		return s, nil
	}
	return "", ErrScheme
}

// PublicSize returns the length of public keys, in bytes.
func (s Scheme) PublicSize() int {
	if s == SchemeECDSA {
		return len(ecdsa.PublicKey{})
	}
	return 32
}

// SignatureSize returns the length of signatures, in bytes.
func (s Scheme) SignatureSize() int {
	if s == SchemeECDSA {
		return len(ecdsa.Signature{})
	}
	return 64
}

// Account returns the account of a public key: the key itself, or the
// BLAKE2b-256 hash of an ECDSA one. public must have PublicSize bytes.
//
// Source: sp-runtime src/lib.rs, IdentifyAccount for MultiSigner.
func (s Scheme) Account(public []byte) [32]byte {
	if s == SchemeECDSA {
		return hash.Blake2b256(public)
	}
	return [32]byte(public)
}

// Verify reports whether signature is that of msg by the key. It is false if
// public or signature do not have the lengths of s.
func (s Scheme) Verify(public, msg, signature []byte) bool {
	if len(public) != s.PublicSize() || len(signature) != s.SignatureSize() {
		return false
	}
	switch s {
	case SchemeSr25519:
		return sr25519.Verify(sr25519.PublicKey(public), msg, sr25519.Signature(signature))
	case SchemeEd25519:
		return ed25519.Verify(ed25519.PublicKey(public), msg, ed25519.Signature(signature))
	case SchemeECDSA:
		return ecdsa.Verify(ecdsa.PublicKey(public), msg, ecdsa.Signature(signature))
	}
	return false
}

// Pair is a key pair of any scheme. It prints as a placeholder.
type Pair struct {
	scheme Scheme
	seed   *[32]byte
	sr     *sr25519.SecretKey // the one of the scheme is set
	ed     *ed25519.SecretKey
	ec     *ecdsa.SecretKey
}

// Pair returns the key pair of u in a scheme. It returns an error of Seed,
// ErrSoftJunction for schemes without soft junctions, or ecdsa.ErrSeed.
func (u URI) Pair(s Scheme) (Pair, error) {
	switch s {
	case SchemeSr25519:
		k, err := u.Sr25519()
		return Pair{scheme: s, seed: u.lastSeed(), sr: k}, err
	case SchemeEd25519:
		k, err := u.Ed25519()
		if err != nil {
			return Pair{}, err
		}
		seed := k.Seed()
		return Pair{scheme: s, seed: &seed, ed: k}, nil
	case SchemeECDSA:
		k, seed, err := u.ecdsa()
		return Pair{scheme: s, seed: &seed, ec: k}, err
	}
	return Pair{}, ErrScheme
}

// ecdsa returns the ECDSA key of u and its seed.
func (u URI) ecdsa() (*ecdsa.SecretKey, [32]byte, error) {
	seed, err := u.Seed()
	if err != nil {
		return nil, seed, err
	}
	k, err := ecdsa.FromSeed(seed)
	for _, j := range u.Junctions {
		if err != nil {
			break
		}
		if !j.Hard {
			return nil, seed, ErrSoftJunction
		}
		seed = j.hardSeed("Secp256k1HDKD", seed)
		k, err = ecdsa.FromSeed(seed)
	}
	return k, seed, err
}

// lastSeed returns the seed of the sr25519 key of u; nil after a soft junction,
// for such a key has none.
func (u URI) lastSeed() *[32]byte {
	seed, err := u.Seed()
	if err != nil {
		return nil
	}
	for _, j := range u.Junctions {
		if !j.Hard {
			return nil
		}
		seed = sr25519.FromSeed(seed).Hard(j.ChainCode)
	}
	return &seed
}

// Scheme returns the scheme of p.
func (p Pair) Scheme() Scheme { return p.scheme }

// Seed returns the seed that the pair can be made of again, without its
// junctions; false if there is none.
func (p Pair) Seed() ([32]byte, bool) {
	if p.seed == nil {
		return [32]byte{}, false
	}
	return *p.seed, true
}

// Public returns the public key, Scheme.PublicSize bytes.
func (p Pair) Public() []byte {
	switch p.scheme {
	case SchemeSr25519:
		k := p.sr.Public()
		return k[:]
	case SchemeEd25519:
		k := p.ed.Public()
		return k[:]
	}
	k := p.ec.Public()
	return k[:]
}

// Sign returns the signature of msg. entropy is for sr25519 alone, see
// sr25519.SecretKey.Sign.
func (p Pair) Sign(msg []byte, entropy [32]byte) []byte {
	switch p.scheme {
	case SchemeSr25519:
		s := p.sr.Sign(msg, entropy)
		return s[:]
	case SchemeEd25519:
		s := p.ed.Sign(msg)
		return s[:]
	}
	s := p.ec.Sign(msg)
	return s[:]
}

// String returns a placeholder, so that no secret reaches a log.
func (p Pair) String() string { return "keys.Pair(…)" }

// GoString returns the same placeholder.
func (p Pair) GoString() string { return p.String() }
