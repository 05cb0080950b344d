package signer

import (
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// observer stands for the network: it keeps every signature that left a Signer
// and fails the test when two of them contradict each other.
type observer struct {
	t       rapid.TB
	seen    map[string]string // what may be signed once → what was
	signed  map[string]primitives.Signature
	present ChainState // the highest of everything signed
}

func newObserver(t rapid.TB) *observer {
	return &observer{t: t, seen: make(map[string]string), signed: make(map[string]primitives.Signature)}
}

// note takes in a signature of message in the place where one message may be
// signed.
func (o *observer) note(place, message string, sig primitives.Signature) {
	if before, ok := o.seen[place]; ok && before != message {
		o.t.Fatalf("%s: signed %s, then %s", place, before, message)
	}
	full := place + " " + message
	if before, ok := o.signed[full]; ok && before != sig {
		o.t.Fatalf("%s: signed twice, with two signatures", full)
	}
	o.seen[place], o.signed[full] = message, sig
}

// act makes the n-th of the requests that a test chooses from, and shows the
// answer to o. It reports whether the Signer failed.
func (o *observer) act(a alice, s *Signer, kind, x, y, z int) (failed bool) {
	switch kind {
	case 0:
		sig, err := a.seal(primitives.Slot(x), byte(y))(s)
		if err == nil {
			o.note(fmt.Sprint("slot ", x), fmt.Sprint("block ", y), sig)
			o.present.Slot = max(o.present.Slot, primitives.Slot(x))
		}
		return errors.Is(err, ErrFatal)
	case 1:
		m := []primitives.GRANDPAMessage{primitives.Prevote{TargetBlock: target(byte(y))}, primitives.Precommit{TargetBlock: target(byte(y))}, primitives.PrimaryPropose{TargetBlock: target(byte(y))}}[z]
		set, round := primitives.SetID(x/4), primitives.Round(x%4)
		sig, err := a.vote(set, round, m)(s)
		if err == nil {
			o.note(fmt.Sprint("set ", set, " round ", round, " kind ", z), fmt.Sprint("target ", y), sig)
			o.present.Set = max(o.present.Set, set)
		}
		return errors.Is(err, ErrFatal)
	case 2:
		// Two seconded candidates a relay parent, in places of their own.
		c := context(primitives.SessionIndex(x/4), byte(x))
		st := statement(primitives.Seconded, byte(y))
		if z == 0 {
			st.Kind = primitives.Valid
		}
		sig, err := a.back(c, st, 2)(s)
		if err == nil {
			o.note(fmt.Sprint("relay parent ", x, " candidate ", y), fmt.Sprint("kind ", st.Kind), sig)
			if st.Kind == primitives.Seconded {
				place := fmt.Sprint("relay parent ", x, " second ")
				if before, ok := o.seen[place+"0"]; ok && before != fmt.Sprint(y) {
					place += "1"
				} else {
					place += "0"
				}
				o.note(place, fmt.Sprint(y), sig)
			}
			o.present.Session = max(o.present.Session, c.SessionIndex)
		}
		return errors.Is(err, ErrFatal)
	default:
		c := context(primitives.SessionIndex(x/4), byte(x))
		sig, err := a.bitfield(c, byte(y))(s)
		if err == nil {
			o.note(fmt.Sprint("bitfield ", x), fmt.Sprint(y), sig)
			o.present.Session = max(o.present.Session, c.SessionIndex)
		}
		return errors.Is(err, ErrFatal)
	}
}

// TestQuickGuard signs at random under failing disks, power losses, restarts,
// lost and damaged guards, and checks that nothing that left a Signer ever
// contradicts anything else, and that a guard which was only cut off by a power
// loss opens with all it promised.
func TestQuickGuard(t *testing.T) {
	t.Parallel()
	a := newAlice(t)
	rapid.Check(t, func(t *rapid.T) {
		o := newObserver(t)
		disk := NewMemory()
		chain := ChainState{}
		choose := func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "choice") }
		var s *Signer
		open := func() {
			disk.Fault(nil)
			chain.Slot, chain.Set, chain.Session = o.present.Slot, o.present.Set, o.present.Session
			var err error
			if s, err = Open(Config{Keystore: a.store, Disk: disk, Chain: chain, CompactAt: 8}); err != nil {
				t.Fatalf("open: %v", err)
			}
		}
		open()
		chain.Exists = true
		notLost := func() {
			for _, name := range a.names() {
				if s.guard(name).lost {
					t.Fatalf("guard of %s key is lost after a power loss", name.kind)
				}
			}
		}
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			switch rapid.IntRange(0, 19).Draw(t, "step") {
			case 0: // kill -9
				open()
			case 1: // power loss between requests
				disk.PowerLoss(choose)
				open()
				notLost()
			case 2: // power loss or error within the next operations
				left := choose(6)
				power := choose(2) == 0
				disk.Fault(func(Operation) error {
					if left--; left < 0 {
						return errors.New("broken")
					}
					return nil
				})
				for range 8 {
					if o.act(a, s, choose(4), choose(24), choose(3), choose(3)) {
						break
					}
				}
				if power {
					disk.PowerLoss(choose)
				}
				open()
				notLost()
			case 3: // guard lost
				disk.Remove(a.names()[choose(3)].name())
				open()
			case 4: // guard damaged
				name := a.names()[choose(3)].name()
				disk.Damage(name, func(b []byte) []byte {
					switch choose(3) {
					case 0:
						b[choose(len(b))] ^= 1 << choose(8)
					case 1:
						b = b[:len(b)-1-choose(min(4096, len(b)-1))]
					default:
						clear(b[len(b)-1-choose(min(4096, len(b)-1)):])
					}
					return b
				})
				open()
			default:
				if o.act(a, s, choose(4), choose(24), choose(3), choose(3)) {
					t.Fatal("signer failed on a good disk")
				}
			}
		}
		if _, err := a.seal(1000, 1)(s); err != nil {
			t.Fatalf("a slot far ahead: %v", err)
		}
	})
}

// script is a run through all kinds of records and one compaction.
func script(a alice) []func(*observer, *Signer) bool {
	var out []func(*observer, *Signer) bool
	add := func(kind, x, y, z int) {
		out = append(out, func(o *observer, s *Signer) bool { return o.act(a, s, kind, x, y, z) })
	}
	for i := range 2 {
		add(0, i+1, i%2, 0)
		add(1, i, 1, 0)
		add(1, i, 1, 1)
		add(2, i, 1, 1)
		add(3, i, 1, 0)
	}
	return out
}

// TestCrashPrefix cuts the power at every operation of a script and leaves every
// length of the write in hand: the guard opens, and what was signed before is
// stored or, the very last, free to be signed again (scenarios S01 to S03).
func TestCrashPrefix(t *testing.T) {
	t.Parallel()
	a := newAlice(t)
	steps := script(a)
	lengths := []int{0, 1, 2, 3, 50, 130, checkAt, checkAt + 1, cellSize - 2, cellSize - 1, cellSize}
	if testing.Short() {
		lengths = []int{0, 60, cellSize - 1}
	}
	for at := 0; ; at++ {
		reached := false
		for _, length := range lengths {
			o := newObserver(t)
			disk := NewMemory()
			left := at
			disk.Fault(func(Operation) error {
				if left--; left < 0 {
					reached = true
					return errors.New("power is failing")
				}
				return nil
			})
			if s, err := Open(Config{Keystore: a.store, Disk: disk, CompactAt: 3}); err == nil {
				for _, do := range steps {
					if do(o, s) {
						break
					}
				}
			}
			chain := ChainState{Exists: len(o.signed) > 0}
			disk.PowerLoss(func(n int) int {
				switch n {
				case 3:
					return 1 // of each write …
				default:
					return min(length, n-1) // … the first bytes; of names, some
				}
			})
			s, err := Open(Config{Keystore: a.store, Disk: disk, Chain: chain, CompactAt: 3})
			if err != nil {
				t.Fatalf("operation %d, %d bytes: %v", at, length, err)
			}
			for _, name := range a.names() {
				if s.guard(name).lost {
					t.Fatalf("operation %d, %d bytes: guard of %s key is lost", at, length, name.kind)
				}
			}
			for _, do := range steps {
				if do(o, s) { // contradictions fail in o
					t.Fatalf("operation %d, %d bytes: signer failed on a good disk", at, length)
				}
			}
			for x := 1; x <= 2; x++ {
				o.act(a, s, 0, x, 1+x%2, 0)
				o.act(a, s, 1, x-1, 2, 0)
				o.act(a, s, 2, x-1, 2, 1)
				o.act(a, s, 3, x-1, 2, 0)
			}
		}
		if !reached {
			if at < 20 {
				t.Fatalf("only %d operations were cut", at)
			}
			return
		}
	}
}
