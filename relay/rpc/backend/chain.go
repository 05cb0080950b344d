package backend

import (
	"encoding/json"

	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/store"
)

// Chain is one chain of a node.
type Chain struct {
	Store *store.Store
	Feed  *Feed
	Rules Rules
	Spec  Spec
}

// Rules are the runtime of a chain.
type Rules interface {
	// Version returns the versions of the rules with their runtime calls.
	Version() system.RuntimeVersion
	// Call makes a runtime call, such as Core_version, on state, which is that
	// after the block with the header, and returns the encoded result, which is
	// not nil. It changes nothing. An error is ErrNoCall, wraps ErrArguments, is one
	// of the store's if the state could not be read, or says why the call failed.
	Call(header primitives.Header, state *store.View, name string, arguments []byte) ([]byte, error)
}

// Reason says why a backend did not do what it was asked for.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons of Rules.Call.
const (
	ErrNoCall    = Reason("no such runtime call")
	ErrArguments = Reason("arguments of the runtime call do not decode")
)

// Spec is what a chain specification says of a chain besides its first state.
type Spec struct {
	// Name is for people, ID for directories and labels.
	Name, ID string
	// Type is Development, Local, Live, or a name of one's own.
	Type string
	// Properties are for wallets: ss58Format, tokenDecimals, tokenSymbol. An
	// object.
	Properties json.RawMessage
	// SS58Prefix is the prefix of addresses.
	SS58Prefix uint16
}
