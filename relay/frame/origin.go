package frame

import "github.com/rampart-chain/rampart/relay/primitives"

// Origin says on whose behalf a call is made: None, Root or Signed.
type Origin interface{ origin() }

// None is the origin of inherents and other unsigned extrinsics.
type None struct{}

// Root is the origin of the chain itself.
type Root struct{}

// Signed is the origin of an account that signed, or on whose behalf another may
// act.
type Signed struct {
	Account primitives.AccountID
	// Filter is what may be called on its behalf; nil means everything.
	Filter *Filter
}

// Filter restricts what may be called on behalf of an account.
type Filter struct {
	// Allows reports whether the call may be made.
	Allows func(Call) bool
	// Outer, if there is one, must allow it too.
	Outer *Filter
}

// Allowed reports whether the filters of o allow call.
func Allowed(o Origin, call Call) bool {
	signed, _ := o.(Signed)
	for f := signed.Filter; f != nil; f = f.Outer {
		if !f.Allows(call) {
			return false
		}
	}
	return true
}

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

// EnsureNotNone returns BadOrigin if o is None.
func EnsureNotNone(o Origin) error {
	if _, ok := o.(None); ok {
		return BadOrigin{}
	}
	return nil
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
