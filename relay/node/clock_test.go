package node

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
)

func TestClockNeverGoesBack(t *testing.T) {
	var c Clock
	for i, step := range []struct{ wall, want primitives.Millis }{{1000, 1000}, {1000, 1000}, {400, 1000}, {999, 1000}, {1001, 1001}, {600_000, 600_000}, {1002, 600_000}} {
		if got := c.at(step.wall); got != step.want {
			t.Errorf("step %d: shows %d when the system's clock shows %d, want %d", i, got, step.wall, step.want)
		}
	}
}
