// Package grandpa is the on-chain half of GRANDPA: it keeps the authority set
// and signals in the digest when it changes.
//
// A change is signalled at the end of every session, whether members changed or
// not: a voter that lost its memory of what it signed can safely begin again
// with the next set.
//
//frame:pallet Grandpa
package grandpa

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen

import (
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// storage of the pallet.
//
//frame:storage
type storage struct {
	// Authorities of the present set.
	Authorities []primitives.GRANDPAAuthority
	// CurrentSetId counts the sets from genesis.
	CurrentSetId primitives.SetID
	// SetIdSession maps a set to the session in which it was in charge.
	SetIdSession map[primitives.SetID]primitives.SessionIndex `frame:"twox_64_concat,optional"`
}

// keptSets is how many entries of SetIdSession are kept: sets whose voters can
// still be held responsible, that is 28 eras of 6 sessions.
//
// Source: polkadot-fellows/runtimes relay/polkadot/src/lib.rs,
// MaxSetIdSessionEntries.
const keptSets = 28 * 6

// NewAuthorities says that the authority set changed.
//
//frame:event 0
type NewAuthorities struct{ AuthoritySet []primitives.GRANDPAAuthority }

// Genesis sets the first authority set.
func Genesis(s *frame.State, authorities []primitives.GRANDPAAuthority) {
	Authorities.Put(s, authorities)
	CurrentSetId.Put(s, 0)
	SetIdSession.Put(s, 0, 0)
}

// ChangeSet replaces the authority set by next in the session with the index:
// the new set votes once the present block is finalized.
func ChangeSet(c *frame.Context, next []primitives.GRANDPAAuthority, session primitives.SessionIndex) {
	id := CurrentSetId.Get(c.State) + 1
	CurrentSetId.Put(c.State, id)
	SetIdSession.Put(c.State, id, session)
	if id >= keptSets {
		SetIdSession.Delete(c.State, id-keptSets)
	}
	Authorities.Put(c.State, next)
	c.DepositLog(primitives.Consensus{
		Engine: primitives.EngineGRANDPA,
		Data:   primitives.AppendGRANDPALog(nil, primitives.ScheduledChange{NextAuthorities: next}),
	})
	c.Deposit(NewAuthorities{AuthoritySet: next})
}
