package signer

import (
	"errors"
	"testing"
)

// TestFailure checks that after one failed operation no key signs any more, and
// that a new process does (scenarios S05 and S06).
func TestFailure(t *testing.T) {
	t.Parallel()
	for _, broken := range []Operation{OpWrite, OpSync} {
		a, disk := newAlice(t), NewMemory()
		s := a.open(t, disk, ChainState{})
		check(t, s, []asked{{"seal", nil, a.seal(10, 1)}})
		eio := errors.New("input/output error")
		fails := 1
		disk.Fault(func(op Operation) error {
			if op != broken || fails == 0 {
				return nil
			}
			fails--
			return eio
		})
		if _, err := a.seal(11, 1)(s); !errors.Is(err, ErrFatal) || !errors.Is(err, eio) {
			t.Errorf("%s fails: %v, want %v and its cause", broken, err, ErrFatal)
		}
		check(t, s, []asked{
			{"same message, disk works again", ErrFatal, a.seal(11, 1)},
			{"stored message", ErrFatal, a.seal(10, 1)},
			{"another key", ErrFatal, a.bitfield(context(1, 1), 1)},
		})
		disk.PowerLoss(func(n int) int { return n - 1 })
		check(t, a.open(t, disk, ChainState{}), []asked{
			{"last message, signed", nil, a.seal(10, 1)},
			{"message that failed", nil, a.seal(11, 1)},
		})
	}
}

// TestFailedSync checks that what only the system's cache holds after a failed
// sync is not taken for durable by the next process.
func TestFailedSync(t *testing.T) {
	t.Parallel()
	a, disk := newAlice(t), NewMemory()
	s := a.open(t, disk, ChainState{})
	check(t, s, []asked{{"seal", nil, a.seal(10, 1)}})
	disk.Fault(func(op Operation) error {
		if op == OpSync {
			return errors.New("input/output error")
		}
		return nil
	})
	check(t, s, []asked{{"seal, sync fails", ErrFatal, a.seal(11, 1)}})
	disk.Fault(nil)
	check(t, a.open(t, disk, ChainState{}), []asked{{"same seal after a restart", nil, a.seal(11, 1)}})
	disk.PowerLoss(func(n int) int { return n - 1 })
	check(t, a.open(t, disk, ChainState{}), []asked{
		{"another block after a power loss", ErrConflict, a.seal(11, 2)},
		{"next slot", nil, a.seal(12, 2)},
	})
}
