package relaychain

import (
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/frame/metadata"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/runtime/api"
)

// Chain returns the relay chain with the rules r, as runtime calls know it.
func Chain(r *runtime.Runtime) api.Chain {
	return api.Chain{Rules: rules{r}, Own: api.Extension{Lookup: lookupAPI, APIs: describeAPIs, Types: apiTypes}}
}

// rules are those of the relay chain as api.Rules.
type rules struct{ *runtime.Runtime }

func (rules) Pallets() frame.Pallets { return runtime.Pallets() }

func (rules) Version() system.RuntimeVersion { return runtime.Version() }

// Metadata has what genesis fixed of BABE among its constants.
func (rules) Metadata(view frame.Backend, version system.RuntimeVersion) (metadata.Runtime, error) {
	query := runtime.NewQuery(view)
	fixed := query.BABE()
	return runtime.Metadata(fixed, version), query.Err()
}

func (r rules) Check(view executive.View, parent primitives.Header, block primitives.Block) error {
	_, err := r.Execute(view, parent, block)
	return err
}
