package api

import (
	"fmt"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/frame/metadata"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
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

// Rules are the rules of a chain, as far as runtime calls need them.
type Rules interface {
	// Pallets are those of the chain.
	Pallets() frame.Pallets
	// Version returns the versions of the rules, without runtime calls.
	Version() system.RuntimeVersion
	// Metadata describes the rules, but for runtime calls; version is among its
	// constants, and so may be what genesis fixed, from view, the state after some
	// block.
	Metadata(view frame.Backend, version system.RuntimeVersion) (metadata.Runtime, error)
	// Validate checks an extrinsic that is to be in a child of parent, Try applies
	// one as the first of such a child; see executive.Runtime. state is that after
	// parent.
	Validate(state *frame.State, parent primitives.Header, x primitives.Extrinsic) (executive.Validity, error)
	Try(state *frame.State, parent primitives.Header, x primitives.Extrinsic) (frame.DispatchError, error)
	// Check checks a child of parent, whose header carries no seal; view is the
	// state after parent.
	Check(view executive.View, parent primitives.Header, block primitives.Block) error
}

// Chain is a chain as runtime calls know it.
type Chain struct {
	Rules Rules
	// Own are runtime calls that not every chain answers. The zero value is none.
	Own Extension
}

// Extension is what framegen writes of APIs in another package. Its functions are
// all set, or none is.
type Extension struct {
	// Lookup returns the call with the name, nil if there is none.
	Lookup func(name string) func(on *Call, d *scale.Decoder) ([]byte, error)
	// APIs and Types are what metadata says of the calls.
	APIs  func() []metadata.API
	Types func() []metadata.Type
}

// apis returns what metadata says of all runtime calls of the chain.
func (c Chain) apis() []metadata.API {
	if c.Own.APIs == nil {
		return describeAPIs()
	}
	return append(describeAPIs(), c.Own.APIs()...)
}

// Version returns the versions of the rules with the runtime calls that the chain
// answers.
func (c Chain) Version() system.RuntimeVersion {
	version := c.Rules.Version()
	for _, described := range c.apis() {
		version.APIs = append(version.APIs, system.RuntimeAPI{ID: described.ID, Version: described.Version})
	}
	return version
}

// Metadata describes the rules and the runtime calls; view is the state after some
// block. An error is that of the view.
func (c Chain) Metadata(view frame.Backend) (metadata.Runtime, error) {
	described, err := c.Rules.Metadata(view, c.Version())
	described.APIs = c.apis()
	described.Types = append(described.Types, apiTypes()...)
	if c.Own.Types != nil {
		described.Types = append(described.Types, c.Own.Types()...)
	}
	return described, err
}

// Block is the block about which is asked.
type Block struct {
	// Header is its header, with or without the seal that its hash covers: it
	// is the parent of whatever is tried.
	Header primitives.Header
	// View is the state after it.
	View executive.View
	// Chain has the rules of its children.
	Chain Chain
}

// Call makes the runtime call with the name, such as Core_version, and returns
// the encoded result, which is not nil. It returns ErrMethod, ErrSize, or
// ErrArguments with the fault; an error that wraps the view's if the state could
// not be read; or why the call failed.
func (b Block) Call(name string, arguments []byte) ([]byte, error) {
	method := lookupAPI(name)
	if method == nil && b.Chain.Own.Lookup != nil {
		method = b.Chain.Own.Lookup(name)
	}
	if method == nil {
		return nil, ErrMethod
	}
	if len(arguments) > maxArguments {
		return nil, ErrSize
	}
	d := scale.NewDecoder(arguments)
	state := frame.NewState(b.View)
	result, err := method(&Call{Block: b, State: state}, d)
	switch {
	case d.Err() != nil:
		return nil, fmt.Errorf("%w: %w", ErrArguments, d.Err())
	case state.Err() != nil: // whatever else there is followed from it
		return nil, fmt.Errorf("state could not be read: %w", state.Err())
	case err != nil:
		return nil, err
	}
	return result, nil
}

// Call is a runtime call being made: what the methods of an API know.
type Call struct {
	Block Block
	// State is that after the block. What is done to it is dropped.
	State *frame.State
}
