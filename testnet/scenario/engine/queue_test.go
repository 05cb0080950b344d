package engine

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// TestQuickQueue: events come in the order of time and then of arrival, none too
// early and none lost, whatever is added on the way.
func TestQuickQueue(t *testing.T) {
	ahead := rapid.OneOf(
		rapid.Uint64Range(0, 3), rapid.Uint64Range(near-3, near+3), rapid.Uint64Range(0, 5*near),
	)
	rapid.Check(t, func(t *rapid.T) {
		var q queue
		var want []*event // in order
		now := primitives.Millis(rapid.Uint64Range(0, 1<<41).Draw(t, "start"))
		serial := uint64(0)
		push := func() {
			for range rapid.IntRange(0, 4).Draw(t, "new") {
				serial++
				ev := &event{at: now + primitives.Millis(ahead.Draw(t, "ahead")), serial: serial}
				q.push(ev)
				at, _ := slices.BinarySearchFunc(want, ev, func(a, b *event) int {
					if a.before(b) {
						return -1
					}
					return 1
				})
				want = slices.Insert(want, at, ev)
			}
		}
		for range rapid.IntRange(1, 20).Draw(t, "runs") {
			push()
			until := now + primitives.Millis(ahead.Draw(t, "until"))
			for ev := q.pop(until); ev != nil; ev = q.pop(until) {
				if ev.at >= until || ev != want[0] {
					t.Fatalf("got event %d at %d before %d, want %d at %d", ev.serial, ev.at, until, want[0].serial, want[0].at)
				}
				now, want = ev.at, want[1:]
				push()
				if len(want) > 200 {
					return
				}
			}
			if len(want) > 0 && want[0].at < until {
				t.Fatalf("no event before %d, want %d at %d", until, want[0].serial, want[0].at)
			}
			now = max(now, until)
		}
	})
}
