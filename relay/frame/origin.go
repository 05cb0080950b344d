package frame

import "github.com/rampart-chain/rampart/relay/primitives"

// Origin says on whose behalf a call is made: None, Root or Signed.
type Origin interface{ origin() }

// None is the origin of inherents and other unsigned extrinsics.
type None struct{}

// Root is the origin of the chain itself.
type Root struct{}

// Signed is the origin of an account that signed.
type Signed struct{ Account primitives.AccountID }

func (None) origin()   {}
func (Root) origin()   {}
func (Signed) origin() {}

// EnsureSigned returns the account of a Signed origin, else BadOrigin.
func EnsureSigned(o Origin) (primitives.AccountID, error) {
	if signed, ok := o.(Signed); ok {
		return signed.Account, nil
	}
	return primitives.AccountID{}, BadOrigin{}
}

// EnsureRoot returns BadOrigin unless o is Root.
func EnsureRoot(o Origin) error {
	if _, ok := o.(Root); ok {
		return nil
	}
	return BadOrigin{}
}

// EnsureNone returns BadOrigin unless o is None.
func EnsureNone(o Origin) error {
	if _, ok := o.(None); ok {
		return nil
	}
	return BadOrigin{}
}
