// Package sudo is the pallet by which the holder of one key makes calls as the
// chain itself: for networks that are tried out, or not yet governed otherwise.
// Without a key, as genesis leaves it unless told otherwise, every call fails.
//
// Source: polkadot-sdk substrate/frame/sudo.
//
//frame:pallet Sudo
package sudo

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen

import (
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// storage of the pallet.
//
//frame:storage
type storage struct {
	// Key is the account of the holder, if there is one.
	Key primitives.AccountID `frame:"optional"`
}

// Error of the pallet.
//
//frame:errors
type Error uint8

// ErrRequireSudo: the signer does not hold the key.
const ErrRequireSudo Error = 0

// Sudid says that a call was made as the chain itself.
//
//frame:event 0
type Sudid struct{ SudoResult frame.DispatchResult }

// KeyChanged says that another account holds the key.
//
//frame:event 1
type KeyChanged struct {
	Old *primitives.AccountID
	New primitives.AccountID
}

// KeyRemoved says that nobody does any more.
//
//frame:event 2
type KeyRemoved struct{}

// SudoAsDone says that a call was made on behalf of an account.
//
//frame:event 3
type SudoAsDone struct{ SudoResult frame.DispatchResult }

// ensure returns nil if origin is the holder of the key, or the chain itself.
func ensure(c *frame.Context, origin frame.Origin) error {
	if frame.EnsureRoot(origin) == nil {
		return nil
	}
	who, err := frame.EnsureSigned(origin)
	if err != nil {
		return err
	}
	if key, ok := Key.Lookup(c.State); !ok || key != who {
		return ErrRequireSudo
	}
	return nil
}

// Sudo makes a call as the chain itself. It does not fail if the call does.
//
//frame:call 0 measured
type Sudo struct{ Call frame.RuntimeCall }

// Info adds the weight of the check to that of the call.
func (s Sudo) Info() frame.DispatchInfo { return around(s.Call, sudoWeight()) }

// around returns what is known of a call with the check around it.
func around(call frame.RuntimeCall, own frame.Weight) frame.DispatchInfo {
	inner := call.Call.Info()
	return frame.DispatchInfo{Weight: inner.Weight.Add(own), Class: inner.Class}
}

// Make makes the call. The holder of the key pays no fee.
func (s Sudo) Make(c *frame.Context, origin frame.Origin) (frame.DispatchInfo, error) {
	return asRoot(c, origin, s.Call, s.Info())
}

// asRoot makes call as the chain itself and returns info, free unless the origin
// may not.
func asRoot(c *frame.Context, origin frame.Origin, call frame.RuntimeCall, info frame.DispatchInfo) (frame.DispatchInfo, error) {
	if err := ensure(c, origin); err != nil {
		return info, err
	}
	_, err := c.Make(frame.Root{}, call.Call)
	c.Deposit(Sudid{SudoResult: c.Result(err)})
	info.PaysFee = frame.PaysNo
	return info, nil
}

// SudoUncheckedWeight makes a call as the chain itself, with the weight that the
// holder of the key says.
//
//frame:call 1 measured
type SudoUncheckedWeight struct {
	Call   frame.RuntimeCall
	Weight frame.Weight
}

// Info returns the weight that is said, and the class of the call.
func (s SudoUncheckedWeight) Info() frame.DispatchInfo {
	return frame.DispatchInfo{Weight: s.Weight, Class: s.Call.Call.Info().Class}
}

// Make makes the call. The holder of the key pays no fee.
func (s SudoUncheckedWeight) Make(c *frame.Context, origin frame.Origin) (frame.DispatchInfo, error) {
	return asRoot(c, origin, s.Call, s.Info())
}

// SetKey gives the key to another account.
//
//frame:call 2 measured
type SetKey struct{ New primitives.MultiAddress }

// Info returns the weight.
func (SetKey) Info() frame.DispatchInfo { return frame.DispatchInfo{Weight: setKeyWeight()} }

// Make gives the key away. Its holder pays no fee.
func (s SetKey) Make(c *frame.Context, origin frame.Origin) (frame.DispatchInfo, error) {
	info := s.Info()
	if err := ensure(c, origin); err != nil {
		return info, err
	}
	next, err := system.Lookup(s.New)
	if err != nil {
		return info, err
	}
	event := KeyChanged{New: next}
	if old, ok := Key.Lookup(c.State); ok {
		event.Old = &old
	}
	c.Deposit(event)
	Key.Put(c.State, next)
	info.PaysFee = frame.PaysNo
	return info, nil
}

// SudoAs makes a call on behalf of an account. It does not fail if the call does.
//
//frame:call 3 measured
type SudoAs struct {
	Who  primitives.MultiAddress
	Call frame.RuntimeCall
}

// Info adds the weight of the check to that of the call.
func (s SudoAs) Info() frame.DispatchInfo { return around(s.Call, sudoAsWeight()) }

// Make makes the call. The holder of the key pays no fee.
func (s SudoAs) Make(c *frame.Context, origin frame.Origin) (frame.DispatchInfo, error) {
	info := s.Info()
	if err := ensure(c, origin); err != nil {
		return info, err
	}
	who, err := system.Lookup(s.Who)
	if err != nil {
		return info, err
	}
	_, err = c.Make(frame.Signed{Account: who}, s.Call.Call)
	c.Deposit(SudoAsDone{SudoResult: c.Result(err)})
	info.PaysFee = frame.PaysNo
	return info, nil
}

// RemoveKey removes the key for good.
//
//frame:call 4 measured
type RemoveKey struct{}

// Info returns the weight.
func (RemoveKey) Info() frame.DispatchInfo { return frame.DispatchInfo{Weight: removeKeyWeight()} }

// Make removes the key. Its holder pays no fee.
func (r RemoveKey) Make(c *frame.Context, origin frame.Origin) (frame.DispatchInfo, error) {
	info := r.Info()
	if err := ensure(c, origin); err != nil {
		return info, err
	}
	c.Deposit(KeyRemoved{})
	Key.Delete(c.State)
	info.PaysFee = frame.PaysNo
	return info, nil
}
