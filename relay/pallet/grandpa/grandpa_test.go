package grandpa_test

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/grandpa"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// TestSetsFollowOneAnother changes the set many times, also to the same members.
func TestSetsFollowOneAnother(t *testing.T) {
	c := &frame.Context{State: frame.NewState(frame.Memory{})}
	members := []primitives.GRANDPAAuthority{{Key: primitives.ED25519Public{1}, Weight: 1}}
	grandpa.Genesis(c.State, members)
	if id := grandpa.CurrentSetId.Get(c.State); id != 0 || !grandpa.SetIdSession.Has(c.State, 0) {
		t.Fatalf("the first set is %d", id)
	}
	const changes, kept = 400, 168
	for n := range primitives.SetID(changes) {
		c.Digest, c.Events = nil, nil
		session := primitives.SessionIndex(2*n + 7)
		grandpa.ChangeSet(c, members, session)
		if id := grandpa.CurrentSetId.Get(c.State); id != n+1 || grandpa.SetIdSession.Get(c.State, id) != session {
			t.Fatalf("change %d: set %d of session %d", n, id, grandpa.SetIdSession.Get(c.State, id))
		}
		change, err := primitives.Header{Digest: c.Digest}.GRANDPAScheduledChange()
		if err != nil || change == nil || change.Delay != 0 || len(change.NextAuthorities) != 1 || change.NextAuthorities[0] != members[0] {
			t.Fatalf("change %d is signalled as %+v (%v)", n, change, err)
		}
		if len(c.Events) != 1 {
			t.Fatalf("change %d: events %+v", n, c.Events)
		}
	}
	for id := range primitives.SetID(changes + 1) {
		if got, want := grandpa.SetIdSession.Has(c.State, id), id > changes-kept; got != want {
			t.Fatalf("session of set %d known: %t, want %t", id, got, want)
		}
	}
}
