package backend

import (
	"errors"
	"fmt"

	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/runtime/api"
	"github.com/rampart-chain/rampart/relay/runtime/api/relaychain"
	"github.com/rampart-chain/rampart/relay/store"
)

// answering is the Rules of a chain for which package api answers.
type answering struct{ chain api.Chain }

// Runtime returns the rules of a chain for which package api answers.
func Runtime(c api.Chain) Rules { return answering{c} }

// Relay returns the rules of the relay chain.
func Relay(r *runtime.Runtime) Rules { return Runtime(relaychain.Chain(r)) }

func (a answering) Version() system.RuntimeVersion { return a.chain.Version() }

func (a answering) Call(header primitives.Header, state *store.View, name string, arguments []byte) ([]byte, error) {
	result, err := api.Block{Header: header, View: state, Chain: a.chain}.Call(name, arguments)
	switch {
	case errors.Is(err, api.ErrMethod):
		return nil, ErrNoCall
	case errors.Is(err, api.ErrArguments), errors.Is(err, api.ErrSize):
		return nil, fmt.Errorf("%w: %w", ErrArguments, err)
	}
	return result, err
}
