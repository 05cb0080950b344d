package api

import (
	"fmt"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/frame/metadata"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/scale"
)

// Reason says why a call was not made.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons.
const (
	ErrMethod    = Reason("no such runtime call")
	ErrArguments = Reason("arguments of the runtime call do not decode")
	ErrSize      = Reason("arguments of the runtime call are larger than 5 MiB")
)

// maxArguments bounds the encoded arguments of a call, in bytes.
const maxArguments = 5 << 20

// Block is the block about which is asked.
type Block struct {
	// Header is its header, with or without the seal that its hash covers: it
	// is the parent of whatever is tried.
	Header primitives.Header
	// View is the state after it.
	View executive.View
	// Runtime is the rules of its children.
	Runtime *runtime.Runtime
}

// Call makes the runtime call with the name, such as Core_version, and returns
// the encoded result, which is not nil. It returns ErrMethod, ErrSize, or
// ErrArguments with the fault; an error that wraps runtime.ErrView if the state
// could not be read; or why the call failed.
func (b Block) Call(name string, arguments []byte) ([]byte, error) {
	method := lookupAPI(name)
	if method == nil {
		return nil, ErrMethod
	}
	if len(arguments) > maxArguments {
		return nil, ErrSize
	}
	d := scale.NewDecoder(arguments)
	state := frame.NewState(b.View)
	result, err := method(&call{block: b, state: state}, d)
	switch {
	case d.Err() != nil:
		return nil, fmt.Errorf("%w: %w", ErrArguments, d.Err())
	case state.Err() != nil: // whatever else there is followed from it
		return nil, fmt.Errorf("%w: %w", runtime.ErrView, state.Err())
	case err != nil:
		return nil, err
	}
	return result, nil
}

// call is what the methods of an API know.
type call struct {
	block Block
	state *frame.State
}

// Version returns the versions of the rules with the runtime calls that this
// package answers.
func Version() system.RuntimeVersion {
	version := runtime.Version()
	for _, described := range describeAPIs() {
		version.APIs = append(version.APIs, system.RuntimeAPI{ID: described.ID, Version: described.Version})
	}
	return version
}

// Metadata describes the rules and the runtime calls. b is what genesis fixed of
// BABE.
func Metadata(b runtime.BABE) metadata.Runtime {
	described := runtime.Metadata(b, Version())
	described.APIs = describeAPIs()
	described.Types = append(described.Types, apiTypes()...)
	return described
}
