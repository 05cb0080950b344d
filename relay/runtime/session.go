package runtime

import (
	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/parachain/shared/initializer"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/babe"
	"github.com/rampart-chain/rampart/relay/pallet/grandpa"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// EndSession begins the next session and tells every pallet that keeps
// authorities. Blocks do it where an epoch is over; it is exported to be measured.
func EndSession(c *frame.Context) {
	rotation := session.Rotate(c, session.Stay)
	babe.EnterEpoch(c, BABEAuthorities(rotation.Validators), BABEAuthorities(rotation.Queued))
	grandpa.ChangeSet(c, GRANDPAAuthorities(rotation.Validators), rotation.Index)
	initializer.OnNewSession(c, rotation.Index, rotation.Validators)
}

// BABEAuthorities returns the validators as BABE authorities, in their order.
func BABEAuthorities(validators []session.Validator) []primitives.BABEAuthority {
	out := make([]primitives.BABEAuthority, len(validators))
	for i, v := range validators {
		out[i] = primitives.BABEAuthority{Key: v.Keys.BABE, Weight: 1}
	}
	return out
}

// GRANDPAAuthorities returns the validators as GRANDPA authorities, in their
// order.
func GRANDPAAuthorities(validators []session.Validator) []primitives.GRANDPAAuthority {
	out := make([]primitives.GRANDPAAuthority, len(validators))
	for i, v := range validators {
		out[i] = primitives.GRANDPAAuthority{Key: v.Keys.GRANDPA, Weight: 1}
	}
	return out
}
