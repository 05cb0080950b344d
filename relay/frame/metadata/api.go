package metadata

// API describes a group of runtime calls: what can be asked about a state.
type API struct {
	Name string
	// ID is BLAKE2b-64 of the name: what a RuntimeVersion lists.
	ID [8]byte
	// Version changes when methods change or are added.
	Version uint32
	Methods []Method
	Docs    string
}

// Method is a runtime call, called by the API's name, an underscore and its own.
type Method struct {
	Name   string
	Inputs []Input
	// Output is the key of the result's type.
	Output string
	Docs   string
}

// Input is an argument: its name, and the key of its type.
type Input struct{ Name, Type string }
