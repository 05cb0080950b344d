package subsystem

import (
	"testing"

	"github.com/rampart-chain/rampart/parachain/shared/sessioninfo"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// TestValidatorsOfAnotherFork: two forks before a session draw different orders of
// its validators; those of the latest leaf count.
func TestValidatorsOfAnotherFork(t *testing.T) {
	t.Parallel()
	a, b := primitives.SR25519Public{1}, primitives.SR25519Public{2}
	state := func(keys ...primitives.SR25519Public) *frame.State {
		s := frame.NewState(frame.Memory{})
		sessioninfo.Sessions.Put(s, 5, sessioninfo.SessionInfo{DiscoveryKeys: keys})
		return s
	}
	known := (&sessionKeys{}).noted(state(a, b), 5)
	if again := known.noted(state(a, b), 5); again != known {
		t.Error("noted again, though nothing changed")
	}
	if other := known.noted(state(a, b), 6); other != known {
		t.Error("noted a session that the state does not know")
	}
	fork := known.noted(state(b, a), 5)
	for v, want := range []primitives.SR25519Public{b, a} {
		if got, ok := fork.key(5, primitives.ValidatorIndex(v)); !ok || got != want {
			t.Errorf("validator %d: got %x, want %x", v, got[:1], want[:1])
		}
	}
}
