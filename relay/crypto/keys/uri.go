//go:build !wasip1

package keys

import (
	"encoding/hex"
	"strings"
	"unicode/utf8"

	"github.com/rampart-chain/rampart/relay/crypto/ed25519"
	"github.com/rampart-chain/rampart/relay/crypto/sr25519"
)

// MaxURI bounds a secret URI, in bytes. The longest phrase takes 215.
const MaxURI = 4096

// URI is a parsed secret URI. It prints as a placeholder.
type URI struct {
	Phrase    string // words, or 0x and a seed; not checked before Seed
	Password  string // empty is the same as none
	Junctions []Junction
}

// String returns a placeholder, so that no secret reaches a log.
func (u URI) String() string { return "keys.URI(…)" }

// GoString returns the same placeholder.
func (u URI) GoString() string { return u.String() }

// ParseURI splits a secret URI. It returns ErrLength above MaxURI, ErrJunction
// for an empty junction, and ErrCharacter for text that is not UTF-8, a phrase with other
// characters than ASCII letters, digits and spaces, or a line feed in the
// password. Whether the phrase is one is found out by Seed.
func ParseURI(s string) (URI, error) {
	if len(s) > MaxURI {
		return URI{}, ErrLength
	}
	if !utf8.ValidString(s) {
		return URI{}, ErrCharacter
	}
	u := URI{Phrase: DevPhrase}
	phrase, rest := cutBeforeSlash(s)
	if strings.ContainsFunc(phrase, notPhrase) {
		return URI{}, ErrCharacter
	}
	if phrase != "" {
		u.Phrase = phrase
	}
	for rest != "" { // rest starts with a slash
		if password, ok := strings.CutPrefix(rest, "///"); ok {
			if strings.ContainsRune(password, '\n') {
				return URI{}, ErrCharacter
			}
			u.Password = password
			break
		}
		path, hard := strings.CutPrefix(rest[1:], "/")
		var name string
		if name, rest = cutBeforeSlash(path); name == "" {
			return URI{}, ErrJunction
		}
		u.Junctions = append(u.Junctions, NewJunction(name, hard))
	}
	return u, nil
}

// cutBeforeSlash splits s before its first slash; without one, rest is empty.
func cutBeforeSlash(s string) (head, rest string) {
	if i := strings.IndexByte(s, '/'); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

func notPhrase(r rune) bool {
	return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == ' ')
}

// Seed returns the seed at the root of u, before any junction. It returns
// ErrSeed or ErrPhrase.
func (u URI) Seed() (seed [32]byte, err error) {
	digits, ok := strings.CutPrefix(u.Phrase, "0x")
	if !ok {
		return FromPhrase(u.Phrase, u.Password)
	}
	if len(digits) != hex.EncodedLen(len(seed)) {
		return seed, ErrSeed
	}
	if _, err := hex.Decode(seed[:], []byte(digits)); err != nil {
		return [32]byte{}, ErrSeed
	}
	return seed, nil
}

// Sr25519 returns the sr25519 key of u. It returns the errors of Seed.
func (u URI) Sr25519() (*sr25519.SecretKey, error) {
	seed, err := u.Seed()
	if err != nil {
		return nil, err
	}
	k := sr25519.FromSeed(seed)
	for _, j := range u.Junctions {
		if j.Hard {
			k = sr25519.FromSeed(k.Hard(j.ChainCode))
		} else {
			k = k.Soft(j.ChainCode, [32]byte{})
		}
	}
	return k, nil
}

// Ed25519 returns the ed25519 key of u. It returns ErrSoftJunction or an error
// of Seed.
func (u URI) Ed25519() (*ed25519.SecretKey, error) {
	seed, err := u.Seed()
	if err != nil {
		return nil, err
	}
	for _, j := range u.Junctions {
		if !j.Hard {
			return nil, ErrSoftJunction
		}
		seed = j.hardSeed("Ed25519HDKD", seed)
	}
	return ed25519.FromSeed(seed), nil
}

// Sr25519 is ParseURI and URI.Sr25519.
func Sr25519(uri string) (*sr25519.SecretKey, error) {
	u, err := ParseURI(uri)
	if err != nil {
		return nil, err
	}
	return u.Sr25519()
}

// Ed25519 is ParseURI and URI.Ed25519.
func Ed25519(uri string) (*ed25519.SecretKey, error) {
	u, err := ParseURI(uri)
	if err != nil {
		return nil, err
	}
	return u.Ed25519()
}
