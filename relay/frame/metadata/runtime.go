package metadata

import (
	"strings"

	"github.com/rampart-chain/rampart/relay/scale"
)

// Runtime describes a whole runtime.
type Runtime struct {
	// Name is the first part of the paths of the outer enums. It must end in
	// _runtime: tools find RuntimeCall and RuntimeEvent by that.
	Name    string
	Pallets []Entry
	// Extensions are those of signed extrinsics, in the order of encoding.
	Extensions []Extension
	// Address and Signature are the keys of the types of a signed extrinsic.
	Address, Signature string
	// Types are those that extensions, address, signature, event records and
	// APIs refer to.
	Types []Type
	APIs  []API
}

// Entry is a pallet with its place in a runtime.
type Entry struct {
	Name   string
	Index  uint8
	Pallet Pallet
}

// Extension is a transaction extension: what of it an extrinsic carries, and
// what its signature covers besides, as keys of types.
type Extension struct{ Identifier, Type, Additional string }

// Keys of types that Runtime.Types must define.
const (
	phaseKey = "relay/frame.Phase"
	topicKey = "relay/primitives.Hash"
)

// Keys of types that a Runtime defines itself, and marks of the format.
const (
	callKey        = "RuntimeCall"
	eventKey       = "RuntimeEvent"
	errorKey       = "RuntimeError"
	recordKey      = "EventRecord"
	eventsKey      = "events" // Vec<EventRecord>
	topicsKey      = "topics" // Vec<H256>
	extrinsicKey   = "extrinsic"
	extraKey       = "SignedExtra"
	runtimeKey     = "Runtime"
	extrinsicV4    = 4
	metadataPrefix = "meta"
)

// registry numbers types in the order in which they are reached.
type registry struct {
	types   map[string]Type
	numbers map[string]uint32
	reached []string
}

// number returns the number of the type with the key. A key without a type is
// a fault of generated code.
func (r *registry) number(key string) uint32 {
	n, ok := r.numbers[key]
	if !ok {
		if _, known := r.types[key]; !known {
			panic("metadata: no type " + key)
		}
		n = uint32(len(r.reached))
		r.numbers[key] = n
		r.reached = append(r.reached, key)
	}
	return n
}

func (r *registry) add(types ...Type) {
	for _, t := range types {
		if _, known := r.types[t.Key]; !known {
			r.types[t.Key] = t
		}
	}
}

// append appends the portable registry: all types that were reached, and those
// that they reach.
func (r *registry) append(b []byte) []byte {
	var list []byte
	for i := 0; i < len(r.reached); i++ { // grows meanwhile
		t := r.types[r.reached[i]]
		list = appendNumber(list, uint32(i))
		list = appendPath(list, t.Path)
		list = scale.AppendCompact(list, uint64(len(t.Params)))
		for _, p := range t.Params {
			list = scale.AppendString(list, p.Name)
			list = appendNumber(append(list, 1), r.number(p.Type))
		}
		list = t.Def.append(list, r.number)
		list = appendDocs(list, t.Docs)
	}
	return append(scale.AppendCompact(b, uint64(len(r.reached))), list...)
}

func appendPath(b []byte, path string) []byte {
	if path == "" {
		return append(b, 0)
	}
	return appendStrings(b, strings.Split(path, "::"))
}

// registry returns all types that the runtime may refer to, none reached yet.
func (r Runtime) registry() *registry {
	types := &registry{types: map[string]Type{}, numbers: map[string]uint32{}}
	types.add(builtin...)
	types.add(r.Types...)
	for _, entry := range r.Pallets {
		types.add(entry.Pallet.Types...)
		types.add(entry.types()...)
	}
	extra := make(Tuple, len(r.Extensions))
	for i, e := range r.Extensions {
		extra[i] = e.Type
	}
	types.add(
		Type{Key: callKey, Path: r.Name + "::RuntimeCall", Def: r.outer(callKey, func(p Pallet) []Variant { return p.Calls })},
		Type{Key: eventKey, Path: r.Name + "::RuntimeEvent", Def: r.outer(eventKey, func(p Pallet) []Variant { return p.Events })},
		Type{Key: errorKey, Path: r.Name + "::RuntimeError", Def: r.outer(errorKey, func(p Pallet) []Variant { return p.Errors })},
		Type{Key: runtimeKey, Path: r.Name + "::Runtime", Def: Composite{}},
		Type{Key: topicsKey, Def: Sequence(topicKey)},
		Type{Key: eventsKey, Def: Sequence(recordKey)},
		Type{Key: recordKey, Path: "frame_system::EventRecord", Params: []Param{{"E", eventKey}, {"T", topicKey}}, Def: Composite{
			{Name: "phase", Type: phaseKey}, {Name: "event", Type: eventKey}, {Name: "topics", Type: topicsKey}}},
		Type{Key: extraKey, Def: extra},
		Type{Key: extrinsicKey, Path: "sp_runtime::generic::unchecked_extrinsic::UncheckedExtrinsic", Def: Composite{{Type: "bytes"}},
			Params: []Param{{"Address", r.Address}, {"Call", callKey}, {"Signature", r.Signature}, {"Extra", extraKey}}},
	)
	return types
}

// outer returns the enum over the pallets that have something of a kind.
func (r Runtime) outer(kind string, of func(Pallet) []Variant) Variants {
	var variants Variants
	for _, entry := range r.Pallets {
		if len(of(entry.Pallet)) > 0 {
			variants = append(variants, Variant{Name: entry.Name, Index: entry.Index, Fields: []Field{{Type: entry.Name + "." + kind}}})
		}
	}
	return variants
}

// types returns the pallet's own enums.
func (e Entry) types() []Type {
	return []Type{
		{Key: e.Name + "." + callKey, Path: e.Pallet.Crate + "::Call", Def: Variants(e.Pallet.Calls)},
		{Key: e.Name + "." + eventKey, Path: e.Pallet.Crate + "::Event", Def: Variants(e.Pallet.Events)},
		{Key: e.Name + "." + errorKey, Path: e.Pallet.Crate + "::Error", Def: Variants(e.Pallet.Errors)},
	}
}
