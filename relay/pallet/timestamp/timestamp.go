// Package timestamp is the pallet that puts the time of each block on chain.
//
// The author sets it once per block by an inherent; that it matches the slot of
// the block is checked by the pallet that knows of slots (babe).
//
//frame:pallet Timestamp
package timestamp

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen

import (
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// storage of the pallet.
//
//frame:storage
type storage struct {
	// Now is the time of the present block, in milliseconds since 1970.
	Now primitives.Millis
	// DidUpdate says whether the time was set in the present block; it is
	// absent after every block.
	DidUpdate bool
}

// Error of the pallet.
//
//frame:errors
type Error uint8

// Errors.
const (
	// ErrSetTwice: the time was set in this block before.
	ErrSetTwice Error = 0
	// ErrNotLater: the time is not later than that of the parent.
	ErrNotLater Error = 1
	// ErrMissing: the block ends without its time set.
	ErrMissing Error = 2
)

// Set sets the time of the block, in milliseconds since 1970. It is an
// inherent, once per block.
//
//frame:call 0 weight=setWeight() class=mandatory
type Set struct {
	Now primitives.Millis `scale:"compact"`
}

// Dispatch makes the call.
func (s Set) Dispatch(c *frame.Context, origin frame.Origin) error {
	if err := frame.EnsureNone(origin); err != nil {
		return err
	}
	if DidUpdate.Get(c.State) {
		return ErrSetTwice
	}
	if s.Now <= Now.Get(c.State) {
		return ErrNotLater
	}
	Now.Put(c.State, s.Now)
	DidUpdate.Put(c.State, true)
	return nil
}

// Finalize ends the block; ErrMissing if its time was not set.
func Finalize(c *frame.Context) error {
	if !DidUpdate.Get(c.State) {
		return ErrMissing
	}
	DidUpdate.Delete(c.State)
	return nil
}
