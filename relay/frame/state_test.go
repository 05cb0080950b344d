package frame_test

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// TestQuickState compares a State over a backend, under random changes in nested
// layers, with a plain map that is copied at every layer.
func TestQuickState(t *testing.T) {
	key := rapid.StringOfN(rapid.RuneFrom([]rune("ab")), 0, 4, -1)
	rapid.Check(t, func(t *rapid.T) {
		backend := frame.Memory{}
		for _, k := range rapid.SliceOfN(key, 0, 8).Draw(t, "committed") {
			backend[k] = []byte("old " + k)
		}
		committed := maps.Clone(backend)
		state := frame.NewState(backend)
		naive := []map[string][]byte{maps.Clone(map[string][]byte(backend))}
		top := func() map[string][]byte { return naive[len(naive)-1] }
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				k, v := key.Draw(t, "key"), rapid.SliceOfN(rapid.Byte(), 0, 2).Draw(t, "value")
				if rapid.Bool().Draw(t, "nil") {
					v = nil // an empty value, not a missing one
				}
				state.Put([]byte(k), slices.Clone(v))
				top()[k] = append([]byte{}, v...)
			},
			"delete": func(t *rapid.T) {
				k := key.Draw(t, "key")
				state.Delete([]byte(k))
				delete(top(), k)
			},
			"begin": func(*rapid.T) {
				state.Begin()
				naive = append(naive, maps.Clone(top()))
			},
			"commit": func(*rapid.T) {
				if len(naive) > 1 {
					state.Commit()
					naive = append(naive[:len(naive)-2], top())
				}
			},
			"rollback": func(*rapid.T) {
				if len(naive) > 1 {
					state.Rollback()
					naive = naive[:len(naive)-1]
				}
			},
			"": func(t *rapid.T) {
				k, prefix := key.Draw(t, "key"), key.Draw(t, "prefix")
				if got, want := state.Get([]byte(k)), top()[k]; !bytes.Equal(got, want) || (got == nil) != (want == nil) {
					t.Fatalf("value of %q is %q, want %q", k, got, want)
				}
				var keys []string
				for _, found := range state.Keys([]byte(prefix)) {
					keys = append(keys, string(found))
				}
				want := slices.DeleteFunc(slices.Sorted(maps.Keys(top())), func(k string) bool { return !strings.HasPrefix(k, prefix) })
				if !slices.Equal(keys, want) {
					t.Fatalf("keys with prefix %q are %q, want %q", prefix, keys, want)
				}
			},
		})
		for len(naive) > 1 {
			state.Commit()
			naive = append(naive[:len(naive)-2], top())
		}
		changes := state.Changes()
		if !slices.IsSortedFunc(changes, func(a, b frame.Change) int { return bytes.Compare(a.Key, b.Key) }) {
			t.Fatalf("changes %q are not sorted", changes)
		}
		if !maps.EqualFunc(backend, committed, bytes.Equal) {
			t.Fatal("the backend changed before Apply")
		}
		backend.Apply(changes)
		if !maps.EqualFunc(backend, top(), bytes.Equal) {
			t.Fatalf("changes lead to %q, want %q", backend, top())
		}
	})
}

// broken is a backend that fails from some read on.
type broken struct {
	frame.Memory
	reads *int
}

var errDisk = errors.New("disk")

func (b broken) fails() error {
	if *b.reads--; *b.reads < 0 {
		return errDisk
	}
	return nil
}

func (b broken) Get(key []byte) ([]byte, error) { v, _ := b.Memory.Get(key); return v, b.fails() }
func (b broken) Next(key []byte) ([]byte, bool, error) {
	k, ok, _ := b.Memory.Next(key)
	return k, ok, b.fails()
}

// TestFaultOfTheBackendSticks lets the backend fail at every possible read.
func TestFaultOfTheBackendSticks(t *testing.T) {
	for reads := range 4 {
		left := reads
		state := frame.NewState(broken{frame.Memory{"a": {1}, "ab": {2}}, &left})
		state.Put([]byte("own"), []byte{7})
		first, keys := state.Get([]byte("a")), state.Keys([]byte("a"))
		if !errors.Is(state.Err(), errDisk) {
			t.Fatalf("after %d good reads: %v, want %v", reads, state.Err(), errDisk)
		}
		if reads == 0 && first != nil || len(keys) == 2 && reads < 3 {
			t.Errorf("after %d good reads: value %v, keys %q", reads, first, keys)
		}
		left = 100
		if state.Get([]byte("a")) != nil || len(state.Keys([]byte("a"))) != 0 {
			t.Error("the backend was read again after its fault")
		}
		if !bytes.Equal(state.Get([]byte("own")), []byte{7}) {
			t.Error("a change of its own is gone")
		}
	}
}

func numbers() frame.Codec[uint32] {
	return frame.Codec[uint32]{
		Append: func(b []byte, v uint32) []byte { return scale.AppendU32(b, v) },
		Decode: func(d *scale.Decoder, v *uint32) { *v = d.U32() },
	}
}

func TestValue(t *testing.T) {
	state, value := frame.NewState(frame.Memory{}), frame.Value[uint32]{Key: "v", Codec: numbers()}
	if got, ok := value.Lookup(state); ok || got != 0 || value.Get(state) != 0 {
		t.Errorf("a missing value is %d, %t", got, ok)
	}
	value.Put(state, 7)
	if got, ok := value.Lookup(state); !ok || got != 7 {
		t.Errorf("the value is %d, %t, want 7", got, ok)
	}
	value.Delete(state)
	if _, ok := value.Lookup(state); ok {
		t.Error("the deleted value is there")
	}
}

func TestQuickMap(t *testing.T) {
	for name, hasher := range map[string]frame.Hasher{"blake": frame.Blake2_128Concat, "twox": frame.Twox64Concat, "identity": frame.Identity} {
		t.Run(name, func(t *testing.T) {
			m := frame.Map[uint32, uint32]{Prefix: "prefix", Hasher: hasher, Keys: numbers(), Values: numbers()}
			rapid.Check(t, func(t *rapid.T) {
				state, naive := frame.NewState(frame.Memory{"prefi": {1}, "prefiy": {2}}), map[uint32]uint32{}
				t.Repeat(map[string]func(*rapid.T){
					"put": func(t *rapid.T) {
						k, v := rapid.Uint32Max(5).Draw(t, "k"), rapid.Uint32().Draw(t, "v")
						m.Put(state, k, v)
						naive[k] = v
					},
					"delete": func(t *rapid.T) {
						k := rapid.Uint32Max(5).Draw(t, "k")
						m.Delete(state, k)
						delete(naive, k)
					},
					"": func(t *rapid.T) {
						if got := maps.Collect(m.All(state)); !maps.Equal(got, naive) {
							t.Fatalf("the map is %v, want %v", got, naive)
						}
						k := rapid.Uint32Max(5).Draw(t, "k")
						want, there := naive[k]
						if v, ok := m.Lookup(state, k); v != want || ok != there || m.Has(state, k) != there || m.Get(state, k) != want {
							t.Fatalf("at %d is %d, %t, want %d, %t", k, v, ok, want, there)
						}
					},
				})
			})
		})
	}
}

// TestAllYieldsWhatWasThereAtTheStart changes a map while it is walked.
func TestAllYieldsWhatWasThereAtTheStart(t *testing.T) {
	state := frame.NewState(frame.Memory{})
	m := frame.Map[uint32, uint32]{Prefix: "m", Hasher: frame.Identity, Keys: numbers(), Values: numbers()}
	for k := range uint32(3) {
		m.Put(state, k, k)
	}
	seen := 0
	for k := range m.All(state) {
		seen++
		m.Put(state, k+10, 0)
	}
	if seen != 3 {
		t.Errorf("%d keys, want the 3 from before", seen)
	}
}

// TestOwnStateDecodesWhateverItsSize reads a value that is much larger in memory
// than encoded: state is not foreign input.
func TestOwnStateDecodesWhateverItsSize(t *testing.T) {
	state := frame.NewState(frame.Memory{})
	lists := frame.Value[[][]byte]{Key: "lists", Codec: frame.Codec[[][]byte]{
		Append: func(b []byte, v [][]byte) []byte {
			return append(scale.AppendCompact(b, uint64(len(v))), make([]byte, len(v))...)
		},
		Decode: func(d *scale.Decoder, v *[][]byte) {
			*v = scale.Slice(d, 1<<24, 1, 24, func(e *[]byte) { *e = d.Bytes(10) })
		},
	}}
	lists.Put(state, make([][]byte, 50_000))
	if got := len(lists.Get(state)); got != 50_000 {
		t.Errorf("%d lists, want 50000", got)
	}
}

// TestTransactionUndoesEverything checks state, events and digest.
func TestTransactionUndoesEverything(t *testing.T) {
	c := &frame.Context{State: frame.NewState(frame.Memory{})}
	value := frame.Value[uint32]{Key: "v", Codec: numbers()}
	change := func(n uint32, err error) error {
		return c.Transaction(func() error {
			value.Put(c.State, n)
			c.Deposit(nil)
			c.DepositLog(primitives.Other{})
			return err
		})
	}
	failure := errors.New("failure")
	if err := change(1, nil); err != nil || value.Get(c.State) != 1 || len(c.Events) != 1 || len(c.Digest) != 1 {
		t.Fatalf("after success: %d, %d events, %d logs (%v)", value.Get(c.State), len(c.Events), len(c.Digest), err)
	}
	outer := c.Transaction(func() error {
		_ = change(2, nil)
		return change(3, failure)
	})
	if !errors.Is(outer, failure) || value.Get(c.State) != 1 || len(c.Events) != 1 || len(c.Digest) != 1 {
		t.Errorf("after failure: %d, %d events, %d logs (%v)", value.Get(c.State), len(c.Events), len(c.Digest), outer)
	}
	inner := c.Transaction(func() error {
		_ = change(4, nil)
		_ = change(5, failure)
		return nil
	})
	if inner != nil || value.Get(c.State) != 4 || len(c.Events) != 2 || len(c.Digest) != 2 {
		t.Errorf("after an inner failure: %d, %d events, %d logs (%v)", value.Get(c.State), len(c.Events), len(c.Digest), inner)
	}
}
