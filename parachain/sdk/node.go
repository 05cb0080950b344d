//go:build !wasip1

package sdk

import (
	"github.com/rampart-chain/rampart/relay/crypto/ss58"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/frame/metadata"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/pallet/timestamp"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// What a node asks of the rules for users, besides blocks: see relay/transactions
// and relay/runtime/api.

// SS58Prefix is the prefix of addresses of every chain.
const SS58Prefix = ss58.Generic

// Validate checks an extrinsic that is to be in a block after parent; state is
// the state after parent and is left as it was. See executive.Runtime.Validate;
// an error that is ErrView says nothing of the extrinsic.
func (c *Chain) Validate(state *frame.State, parent primitives.Header, x primitives.Extrinsic) (_ executive.Validity, err error) {
	defer absorb(state, &err)
	return c.rules.Validate(state, parent, x)
}

// Try applies an extrinsic as the first of a block after parent, before which
// pallets did nothing. See executive.Runtime.Try; an error that is ErrView says
// nothing of the extrinsic.
func (c *Chain) Try(state *frame.State, parent primitives.Header, x primitives.Extrinsic) (_ frame.DispatchError, err error) {
	defer absorb(state, &err)
	return c.rules.Try(state, parent, x)
}

// Check is Execute of a block whose header carries no seal, without what comes of
// it.
func (c *Chain) Check(view executive.View, parent primitives.Header, block primitives.Block) (err error) {
	state := frame.NewState(view)
	defer absorb(state, &err)
	if err := c.rules.Execute(state, parent, block); err != nil {
		return err
	}
	outcome, err := executive.Commit(view, parent.StateRoot, state.Changes())
	if err != nil {
		return both{ErrView, err}
	}
	if outcome.Root != block.Header.StateRoot {
		return ErrStateRoot
	}
	return nil
}

// Version returns the versions of the rules, without runtime calls.
func (c *Chain) Version() system.RuntimeVersion {
	return system.RuntimeVersion{
		SpecName: c.name, ImplName: c.name, SpecVersion: c.rules.SpecVersion,
		TransactionVersion: c.rules.TransactionVersion, SystemVersion: 1,
	}
}

// Metadata describes the rules, but for runtime calls; version appears as a
// constant. Nothing of it depends on the state.
func (c *Chain) Metadata(_ frame.Backend, version system.RuntimeVersion) (metadata.Runtime, error) {
	constant := func(name, kind, docs string, value []byte) metadata.Constant {
		return metadata.Constant{Name: name, Type: kind, Value: value, Docs: docs}
	}
	return c.rules.Pallets.Metadata(c.name+"_runtime", map[string][]metadata.Constant{
		system.Pallet.Name: {
			constant("Version", "relay/pallet/system.RuntimeVersion", "Versions of the rules.", scale.Marshal(version)),
			constant("SS58Prefix", "u16", "Prefix of addresses.", scale.AppendU16(nil, SS58Prefix)),
		},
		timestamp.Pallet.Name: {
			constant("MinimumPeriod", "u64", "Least time between blocks in milliseconds; the relay chain says when there is one.", scale.AppendU64(nil, 0)),
		},
	}), nil
}
