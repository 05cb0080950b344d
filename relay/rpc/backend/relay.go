package backend

import (
	"context"
	"errors"
	"fmt"

	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/runtime/api"
	"github.com/rampart-chain/rampart/relay/store"
	"github.com/rampart-chain/rampart/relay/transactions"
)

// relay is the Rules of the relay chain.
type relay struct{ runtime *runtime.Runtime }

// Relay returns the rules of the relay chain, which package api answers for.
func Relay(r *runtime.Runtime) Rules { return relay{r} }

func (relay) Version() system.RuntimeVersion { return api.Version() }

func (r relay) Call(header primitives.Header, state *store.View, name string, arguments []byte) ([]byte, error) {
	result, err := api.Block{Header: header, View: state, Runtime: r.runtime}.Call(name, arguments)
	switch {
	case errors.Is(err, api.ErrMethod):
		return nil, ErrNoCall
	case errors.Is(err, api.ErrArguments), errors.Is(err, api.ErrSize):
		return nil, fmt.Errorf("%w: %w", ErrArguments, err)
	}
	return result, err
}

// pool is the pool of a node as Transactions.
type pool struct{ *transactions.Pool }

// Pool returns the pool of a node as Transactions.
func Pool(p *transactions.Pool) Transactions { return pool{p} }

func (p pool) Watch(ctx context.Context, x primitives.Extrinsic) (Watch, error) {
	w, err := p.Pool.Watch(ctx, x)
	if err != nil {
		return nil, err
	}
	return w, nil
}
