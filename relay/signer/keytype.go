package signer

import "github.com/rampart-chain/rampart/relay/crypto/keys"

// KeyType says what a session key is for, in the four letters of Substrate.
type KeyType [4]byte

// Session keys. All but GRANDPA are sr25519.
//
// Source: sp-core src/crypto.rs key_types; polkadot primitives.
var (
	BABE               = KeyType{'b', 'a', 'b', 'e'}
	GRANDPA            = KeyType{'g', 'r', 'a', 'n'} // ed25519
	ParaValidator      = KeyType{'p', 'a', 'r', 'a'}
	ParaAssignment     = KeyType{'a', 's', 'g', 'n'}
	AuthorityDiscovery = KeyType{'a', 'u', 'd', 'i'}
)

// Aura is the type of the keys of those who author in turn, such as a parachain's
// collators; it is sr25519. It is no session key here.
var Aura = KeyType{'a', 'u', 'r', 'a'}

// KeyTypes returns all types of session keys, in the order of a validator's session keys.
func KeyTypes() []KeyType {
	return []KeyType{GRANDPA, BABE, ParaValidator, ParaAssignment, AuthorityDiscovery}
}

// ParseKeyType returns the type that four letters name, known here or not, or
// ErrKeyType.
func ParseKeyType(name string) (KeyType, error) {
	if len(name) != len(KeyType{}) {
		return KeyType{}, ErrKeyType
	}
	for _, letter := range name {
		if letter < '!' || letter > '~' {
			return KeyType{}, ErrKeyType
		}
	}
	return KeyType([]byte(name)), nil
}

// Scheme returns the scheme of the session keys of type k.
func (k KeyType) Scheme() keys.Scheme {
	if k == GRANDPA {
		return keys.SchemeEd25519
	}
	return keys.SchemeSr25519
}

// String returns the four letters.
func (k KeyType) String() string { return string(k[:]) }

// known reports whether k is one of KeyTypes.
func (k KeyType) known() bool {
	switch k {
	case BABE, GRANDPA, ParaValidator, ParaAssignment, AuthorityDiscovery:
		return true
	}
	return false
}

// guarded reports whether what k signs is recorded. The other keys sign nothing
// that could contradict itself.
func (k KeyType) guarded() bool { return k == BABE || k == GRANDPA || k == ParaValidator }
