package frame

import "github.com/rampart-chain/rampart/relay/scale"

// RuntimeCall is a call of any pallet of a runtime as an argument of another
// call. Pallets.Nested makes one, and Pallets.DecodeCall reads calls that hold
// some; any other decoding fails.
type RuntimeCall struct {
	Call   Call
	pallet uint8
	length uint32
}

// callMemory is what a decoded call takes in memory besides the lists in it, in
// bytes: as much as any call does, but for those that are long themselves.
const callMemory = 64

// Nested returns call as an argument of another call of the runtime.
func (p Pallets) Nested(call Call) RuntimeCall {
	r := RuntimeCall{Call: call, pallet: p.index(call.ID().Pallet)}
	r.length = uint32(len(r.AppendSCALE(nil)))
	return r
}

// Length returns how long the encoded call is, in bytes.
func (r RuntimeCall) Length() uint64 { return uint64(r.length) }

// AppendSCALE appends the call with its indices.
func (r RuntimeCall) AppendSCALE(b []byte) []byte {
	return r.Call.AppendSCALE(append(b, r.pallet, r.Call.ID().Index))
}

// DecodeSCALE reads a call with its indices. d.Context must be the Pallets of the
// runtime, else scale.ErrVariant.
func (r *RuntimeCall) DecodeSCALE(d *scale.Decoder) {
	if !d.Enter() {
		return
	}
	defer d.Leave()
	pallets, _ := d.Context.(Pallets)
	if !d.Allocate(callMemory) {
		return
	}
	start := d.Offset()
	r.pallet, r.Call = pallets.decodeCall(d)
	r.length = uint32(d.Offset() - start)
}
