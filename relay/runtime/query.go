package runtime

import (
	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/babe"
	"github.com/rampart-chain/rampart/relay/pallet/grandpa"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Query reads state after some block. Once a read failed, Err says why and
// results are meaningless.
type Query struct{ state *frame.State }

// NewQuery returns a Query of the state in view.
func NewQuery(view frame.Backend) Query { return Query{state: frame.NewState(view)} }

// Err returns why a read failed, or nil.
func (q Query) Err() error { return q.state.Err() }

// State returns the state itself, to be read and not changed.
func (q Query) State() *frame.State { return q.state }

// Account returns what is known of an account.
func (q Query) Account(who primitives.AccountID) system.AccountInfo {
	return system.Account.Get(q.state, who)
}

// SessionIndex returns the session that the block is in.
func (q Query) SessionIndex() primitives.SessionIndex { return session.CurrentIndex.Get(q.state) }

// GRANDPA returns the authority set after the block, and its id. The set is in
// charge once the block is finalized.
func (q Query) GRANDPA() ([]primitives.GRANDPAAuthority, primitives.SetID) {
	return grandpa.Authorities.Get(q.state), grandpa.CurrentSetId.Get(q.state)
}

// BABE is what of BABE is fixed at genesis.
type BABE struct {
	EpochDuration uint64
	SlotDuration  primitives.Millis
	Authorities   []primitives.BABEAuthority
	Randomness    [32]byte
	Config        primitives.BABEConfiguration
}

// BABE returns the parameters and the present epoch's data of BABE.
func (q Query) BABE() BABE {
	return BABE{
		EpochDuration: babe.EpochDuration.Get(q.state),
		SlotDuration:  babe.SlotDuration.Get(q.state),
		Authorities:   babe.Authorities.Get(q.state),
		Randomness:    babe.Randomness.Get(q.state),
		Config:        babe.EpochConfig.Get(q.state),
	}
}
