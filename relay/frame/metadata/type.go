package metadata

import (
	"strings"

	"github.com/rampart-chain/rampart/relay/scale"
)

// Type says how a type is encoded, and what tools know it as.
type Type struct {
	// Key names the type: equal keys are equal types. Other types refer to it
	// by the key.
	Key string
	// Path is the path that tools recognize, such as
	// sp_core::crypto::AccountId32, or empty.
	Path   string
	Params []Param
	Def    Def
	Docs   string
}

// Param is a type parameter: its name, and the key of the type that it is.
type Param struct{ Name, Type string }

// Def is the shape of a type: Composite, Variants, Sequence, Array, Tuple,
// Primitive, Compact or BitSequence.
type Def interface {
	// append appends the definition; number gives the number of a key.
	append(b []byte, number func(key string) uint32) []byte
}

// Composite is a struct: its fields in order.
type Composite []Field

// Variants is an enum: an index byte, then the fields of the variant.
type Variants []Variant

// Sequence is a vector of the type with the key.
type Sequence string

// Array is a fixed number of elements.
type Array struct {
	Length  uint32
	Element string
}

// Tuple is the types with the keys, one after another.
type Tuple []string

// Compact is the type with the key as a compact integer.
type Compact string

// BitSequence is a bit vector over a store type in a bit order.
type BitSequence struct{ Store, Order string }

// Primitive is a type that everybody knows.
type Primitive uint8

// Primitives, with their index in scale-info.
const (
	Bool Primitive = 0
	Str  Primitive = 2
	U8   Primitive = 3
	U16  Primitive = 4
	U32  Primitive = 5
	U64  Primitive = 6
	U128 Primitive = 7
	I8   Primitive = 9
	I16  Primitive = 10
	I32  Primitive = 11
	I64  Primitive = 12
)

// Field is a field of a Composite or of a Variant.
type Field struct {
	// Name is empty in tuples.
	Name string
	// Type is the key of the field's type.
	Type string
	// TypeName is what the source calls the type. Clients want it in calls and
	// events; it may be empty where a field has no name.
	TypeName string
	Docs     string
}

// Variant is a case of an enum, and also a call, an event or an error.
type Variant struct {
	Name   string
	Index  uint8
	Fields []Field
	Docs   string
}

// builtin are the types that need no declaration, by their keys.
var builtin = []Type{
	{Key: "bool", Def: Bool},
	{Key: "str", Def: Str},
	{Key: "u8", Def: U8},
	{Key: "u16", Def: U16},
	{Key: "u32", Def: U32},
	{Key: "u64", Def: U64},
	{Key: "u128", Def: U128},
	{Key: "i8", Def: I8},
	{Key: "i16", Def: I16},
	{Key: "i32", Def: I32},
	{Key: "i64", Def: I64},
	{Key: "bytes", Def: Sequence("u8")},
	{Key: "()", Def: Tuple{}},
	{Key: "bits", Def: BitSequence{Store: "u8", Order: "lsb0"}},
	{Key: "lsb0", Path: "bitvec::order::Lsb0", Def: Composite{}},
}

func (c Composite) append(b []byte, number func(string) uint32) []byte {
	return appendFields(append(b, 0), c, number)
}

func (v Variants) append(b []byte, number func(string) uint32) []byte {
	b = scale.AppendCompact(append(b, 1), uint64(len(v)))
	for _, variant := range v {
		b = scale.AppendString(b, variant.Name)
		b = appendFields(b, variant.Fields, number)
		b = append(b, variant.Index)
		b = appendDocs(b, variant.Docs)
	}
	return b
}

func (s Sequence) append(b []byte, number func(string) uint32) []byte {
	return appendNumber(append(b, 2), number(string(s)))
}

func (a Array) append(b []byte, number func(string) uint32) []byte {
	return appendNumber(scale.AppendU32(append(b, 3), a.Length), number(a.Element))
}

func (t Tuple) append(b []byte, number func(string) uint32) []byte {
	b = scale.AppendCompact(append(b, 4), uint64(len(t)))
	for _, key := range t {
		b = appendNumber(b, number(key))
	}
	return b
}

func (p Primitive) append(b []byte, _ func(string) uint32) []byte { return append(b, 5, byte(p)) }

func (c Compact) append(b []byte, number func(string) uint32) []byte {
	return appendNumber(append(b, 6), number(string(c)))
}

func (s BitSequence) append(b []byte, number func(string) uint32) []byte {
	return appendNumber(appendNumber(append(b, 7), number(s.Store)), number(s.Order))
}

// appendFields appends the fields: name, type, type name and docs of each.
func appendFields(b []byte, fields []Field, number func(string) uint32) []byte {
	b = scale.AppendCompact(b, uint64(len(fields)))
	for _, f := range fields {
		b = appendOptional(b, f.Name)
		b = appendNumber(b, number(f.Type))
		b = appendOptional(b, f.TypeName)
		b = appendDocs(b, f.Docs)
	}
	return b
}

func appendNumber(b []byte, n uint32) []byte { return scale.AppendCompact(b, uint64(n)) }

// appendOptional appends None for an empty text.
func appendOptional(b []byte, text string) []byte {
	if text == "" {
		return append(b, 0)
	}
	return scale.AppendString(append(b, 1), text)
}

// appendDocs appends the lines of a text.
func appendDocs(b []byte, text string) []byte {
	if text == "" {
		return append(b, 0)
	}
	return appendStrings(b, strings.Split(text, "\n"))
}

func appendStrings(b []byte, list []string) []byte {
	b = scale.AppendCompact(b, uint64(len(list)))
	for _, s := range list {
		b = scale.AppendString(b, s)
	}
	return b
}
