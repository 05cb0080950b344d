package metadata

// Pallet describes a pallet by itself, without its index in a runtime.
type Pallet struct {
	// Crate is the path in front of the names of its Call, Event and Error
	// types, such as pallet_balances::pallet.
	Crate     string
	Items     []Item
	Calls     []Variant
	Events    []Variant
	Errors    []Variant
	Constants []Constant
	// Types are those that the others refer to.
	Types []Type
	// Docs is what the pallet is.
	Docs string
}

// Item is a storage item: a value, or a map if it has a Key.
type Item struct {
	Name string
	// Optional says that a missing value means none; else it means Default.
	Optional bool
	// Hasher is the index of the map's hasher in metadata, and Second that of
	// the second part of a Key that is a pair; 0 for a Key of one part.
	Hasher, Second uint8
	// Key and Value are keys of types; Key is empty for a single value.
	Key, Value string
	// Default is the encoding of the value where there is none.
	Default []byte
	Docs    string
}

// Constant is a value that never changes while the runtime does not.
type Constant struct {
	Name string
	// Type is the key of its type.
	Type string
	// Value is the encoding.
	Value []byte
	Docs  string
}
