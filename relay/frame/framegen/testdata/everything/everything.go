// Package everything is a pallet that uses all that framegen knows.
//
//frame:pallet Everything pallet_everything::pallet
package everything

import (
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// Limit is a constant of the pallet.
//
//frame:constant
const Limit uint32 = 7

// storage of the pallet.
//
//frame:storage
type storage struct {
	// Plain is a value.
	Plain uint32
	// Small is a compact value.
	Small uint64 `scale:"compact"`
	// Maybe has no default.
	Maybe primitives.AccountID `frame:"optional"`
	// Sum cannot have one.
	Sum Shape
	// Blake, Twox and Direct are maps.
	Blake  map[primitives.AccountID]Record `frame:"blake2_128_concat"`
	Twox   map[Pair]*uint64                `frame:"twox_64_concat"`
	Direct map[uint32][]Kind               `frame:"identity,optional" scale:"max=9"`
	// Double is a map with two keys.
	Double map[primitives.AccountID]map[[32]byte]Record `frame:"twox_64_concat,blake2_128_concat,optional"`
	// Usual is Limit where there is none.
	Usual uint32 `frame:"default=Limit"`
	// First has no default either.
	First Later
}

// Kind is an enum without fields.
//
//frame:codec
type Kind uint8

// Kinds.
const (
	// KindFirst is the first.
	KindFirst Kind = 0
	KindThird Kind = 2
)

// Pair is a key of two parts.
//
//frame:codec
type Pair struct{ From, To primitives.ParaID }

// Record has a field of every form.
//
//frame:codec
//frame:path everything::Record
type Record struct {
	Flag     bool
	Bytes    []byte `scale:"max=100"`
	Text     string
	Fixed    [4]byte
	Numbers  [2]uint16
	Signed   int64
	Compact  primitives.Balance `scale:"compact"`
	Balance  primitives.Balance
	Bits     scale.BitVec
	Option   *Pair
	Pairs    []Pair   `scale:"max=10"`
	Nested   [][]Kind `scale:"max=5"`
	Shape    Shape
	PoVSize  uint32 `frame:"name=size"`
	HRMPMark primitives.BlockNumber
}

// Shape is a sum type, which may contain itself.
//
//frame:enum
//frame:path everything::Shape
//frame:params T=Pair N=u32
type Shape interface{ shape() }

// Round has an unnamed field.
//
//frame:variant Shape 0 name=Circle
type Round struct{ Radius uint32 }

// Square has a named one.
//
//frame:variant Shape 3 named
type Square struct{ Side uint32 }

// Group is a struct of its own in metadata.
//
//frame:variant Shape 5
//frame:path everything::Group
type Group struct{ Members []Shape }

// Nothing has none.
//
//frame:variant Shape 9
type Nothing struct{}

func (Round) shape()   {}
func (Square) shape()  {}
func (Group) shape()   {}
func (Nothing) shape() {}

// Own encodes itself as Layout says.
//
//frame:as Layout
type Own struct{ Value uint16 }

// Layout is how Own is encoded.
type Layout struct {
	Version uint8
	Value   uint16
}

// AppendSCALE appends version 0 and the value.
func (o Own) AppendSCALE(b []byte) []byte { return scale.AppendU16(append(b, 0), o.Value) }

// DecodeSCALE reads o.
func (o *Own) DecodeSCALE(d *scale.Decoder) {
	if d.U8() != 0 {
		d.Fail(scale.ErrVariant)
	}
	o.Value = d.U16()
}

// Error of the pallet.
//
//frame:errors
type Error uint8

// Errors.
const (
	// ErrTooMuch: it is too much.
	ErrTooMuch Error = 0
	ErrTooLate Error = 4
)

// Happened says that something did.
//
//frame:event 0
type Happened struct {
	// Who did it.
	Who primitives.AccountID
	Own Own
}

// Ended has another name in metadata.
//
//frame:event 2 name=Over
type Ended struct{}

// DoIt does it.
//
//frame:call 1 weight=1000 proof=5
type DoIt struct {
	Record Record
	Much   primitives.Balance `scale:"compact"`
}

// Dispatch makes the call.
func (DoIt) Dispatch(*frame.Context, frame.Origin) error { return nil }

// Set is an inherent.
//
//frame:call 2 weight=10 class=mandatory name=SetIt
type Set struct{}

// Dispatch makes the call.
func (Set) Dispatch(*frame.Context, frame.Origin) error { return nil }

// Urgent is for operations, and free.
//
//frame:call 3 weight=10 class=operational free
type Urgent struct{}

// Dispatch makes the call.
func (Urgent) Dispatch(*frame.Context, frame.Origin) error { return nil }

// Weighed weighs more with more arguments.
//
//frame:call 4 weight=weigh(len(call.Bytes))
type Weighed struct {
	Bytes []byte `scale:"max=9"`
}

// Dispatch makes the call.
func (Weighed) Dispatch(*frame.Context, frame.Origin) error { return nil }

func weigh(n int) frame.Weight { return frame.Weight{RefTime: uint64(n)} }

// extra are types that only metadata needs.
//
//frame:types
type extra struct{ Rare uint16 }

// Later has no value 0, and so no default.
//
//frame:codec
type Later uint8

// Values of Later.
const LaterOne Later = 1

// Entry is described as a tuple.
//
//frame:codec
//frame:tuple
type Entry struct {
	Key   uint32
	Value uint64 `scale:"compact"`
}

// Table is described as a map.
//
//frame:codec
//frame:path BTreeMap
//frame:params K=u32 V=Kind
type Table []Entry

// asked is what calls are about.
type asked struct{ n uint32 }

// plain are runtime calls.
//
//frame:api Plain 1
type plain struct{ *asked }

// Nothing takes and returns nothing.
func (plain) Nothing() {}

// NumberOf takes and returns.
func (p plain) NumberOf(paraID primitives.ParaID, kinds []Kind) uint32 { return p.n }

// hidden is no call.
func (plain) hidden() {}

// Failing are runtime calls that can fail.
//
//frame:api FailingApi 12
type Failing struct{ *asked }

// Check may fail.
func (Failing) Check(shape Shape) error { return nil }

// Pair has two results and may fail.
func (Failing) Pair() (Table, *primitives.Hash, error) { return nil, nil, nil }

var _ = plain.hidden

// Around makes other calls.
//
//frame:call 9 measured
type Around struct {
	One  frame.RuntimeCall
	Many []frame.RuntimeCall `scale:"max=8"`
}

// Info returns what is known before.
func (a Around) Info() frame.DispatchInfo { return a.One.Call.Info() }

// Make makes the one call.
func (a Around) Make(c *frame.Context, origin frame.Origin) (frame.DispatchInfo, error) {
	return c.Make(origin, a.One.Call)
}
