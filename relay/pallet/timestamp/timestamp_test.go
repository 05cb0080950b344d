package timestamp_test

import (
	"errors"
	"testing"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/timestamp"
	"github.com/rampart-chain/rampart/relay/primitives"
)

func TestTimeIsSetOncePerBlockAndGrows(t *testing.T) {
	c := &frame.Context{State: frame.NewState(frame.Memory{})}
	set := func(now primitives.Millis, origin frame.Origin, want error) {
		t.Helper()
		if err := (timestamp.Set{Now: now}).Dispatch(c, origin); !errors.Is(err, want) {
			t.Errorf("set to %d: %v, want %v", now, err, want)
		}
	}
	finalize := func(want error) {
		t.Helper()
		if err := timestamp.Finalize(c); !errors.Is(err, want) {
			t.Errorf("end of the block: %v, want %v", err, want)
		}
	}
	set(100, frame.Signed{}, frame.BadOrigin{})
	set(100, frame.Root{}, frame.BadOrigin{})
	finalize(timestamp.ErrMissing)
	set(100, frame.None{}, nil)
	set(200, frame.None{}, timestamp.ErrSetTwice)
	finalize(nil)
	finalize(timestamp.ErrMissing)
	set(100, frame.None{}, timestamp.ErrNotLater)
	set(99, frame.None{}, timestamp.ErrNotLater)
	set(101, frame.None{}, nil)
	finalize(nil)
	if got := timestamp.Now.Get(c.State); got != 101 {
		t.Errorf("time %d, want 101", got)
	}
}
