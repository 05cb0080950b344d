package frame

import (
	"github.com/rampart-chain/rampart/relay/frame/metadata"
	"github.com/rampart-chain/rampart/relay/scale"
)

// Pallet is what a runtime needs of a pallet. Generated code provides one per
// pallet package, named Pallet.
type Pallet struct {
	// Name prefixes storage keys and names the pallet in metadata.
	Name string
	// DecodeCall reads the call with the index, without the index; nil after
	// a fault. It is nil for a pallet without calls.
	DecodeCall func(d *scale.Decoder, index uint8) Call
	// Metadata describes the pallet; it is nil in guests, which have no use
	// for it.
	Metadata func() metadata.Pallet
}

// Entry gives a pallet its index in a runtime. The index is part of every
// encoded call, event and error.
type Entry struct {
	Index  uint8
	Pallet Pallet
}

// Pallets is the list of pallets of a runtime.
type Pallets []Entry

// index returns the index of the pallet with the name.
func (p Pallets) index(name string) uint8 {
	for _, entry := range p {
		if entry.Pallet.Name == name {
			return entry.Index
		}
	}
	panic("pallet " + name + " is not in the runtime")
}

// AppendCall appends call: pallet index ‖ call index ‖ arguments.
func (p Pallets) AppendCall(b []byte, call Call) []byte {
	id := call.ID()
	return call.AppendSCALE(append(b, p.index(id.Pallet), id.Index))
}

// DecodeCall reads a whole encoded call. Calls inside of it are nested
// scale.MaxDepth deep at most, the addresses in them counted.
func (p Pallets) DecodeCall(encoded []byte) (Call, error) {
	d := scale.NewDecoder(encoded)
	d.Context = p
	_, call := p.decodeCall(d)
	return call, d.Finish()
}

// decodeCall reads a call with its indices; nil after a fault.
func (p Pallets) decodeCall(d *scale.Decoder) (pallet uint8, call Call) {
	pallet, index := d.U8(), d.U8()
	for _, entry := range p {
		if entry.Index == pallet && entry.Pallet.DecodeCall != nil {
			call = entry.Pallet.DecodeCall(d, index)
		}
	}
	if call == nil {
		d.Fail(scale.ErrVariant)
	}
	return pallet, call
}

// AppendEvent appends event: pallet index ‖ event index ‖ fields.
func (p Pallets) AppendEvent(b []byte, event Event) []byte {
	id := event.ID()
	return event.AppendSCALE(append(b, p.index(id.Pallet), id.Index))
}

// DispatchError returns err in the form that events carry: the first
// DispatchError or PalletError among what it wraps.
func (p Pallets) DispatchError(err error) DispatchError {
	if found := p.dispatchError(err); found != nil {
		return found
	}
	return OtherError{}
}

// dispatchError is what errors.As would find; without it, guests need no
// reflection.
func (p Pallets) dispatchError(err error) DispatchError {
	switch e := err.(type) {
	case DispatchError:
		return e
	case PalletError:
		name, index := e.PalletError()
		return ModuleError{Index: p.index(name), Code: [4]byte{index}}
	case interface{ Unwrap() error }:
		return p.dispatchError(e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, inner := range e.Unwrap() {
			if found := p.dispatchError(inner); found != nil {
				return found
			}
		}
	}
	return nil
}
