package chunkstore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// TestQuickStore compares with a map, over restarts.
func TestQuickStore(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	rapid.Check(t, func(rt *rapid.T) {
		if _, err := s.Prune(1<<32 - 1); err != nil || s.Len() != 0 {
			rt.Fatalf("%d items left, %v", s.Len(), err)
		}
		type item struct {
			data  string
			block primitives.BlockNumber
		}
		model := make(map[Key]item)
		drawKey := func(t *rapid.T) Key {
			return Key{candidate(rapid.Byte().Draw(t, "candidate") % 3), Part(rapid.Uint32Range(0, 2).Draw(t, "part")) - 1}
		}
		drawBlock := func(t *rapid.T) primitives.BlockNumber {
			return primitives.BlockNumber(rapid.Uint32Range(0, 9).Draw(t, "block"))
		}
		rt.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				key, block := drawKey(t), drawBlock(t)
				data := fmt.Sprint(key)
				if err := s.Put(key, []byte(data), block); err != nil {
					t.Fatal(err)
				}
				model[key] = item{data, max(block, model[key].block)}
			},
			"prune": func(t *rapid.T) {
				upTo, want := drawBlock(t), 0
				for key, it := range model {
					if it.block <= upTo {
						delete(model, key)
						want++
					}
				}
				if n, err := s.Prune(upTo); n != want || err != nil {
					t.Fatalf("pruned %d, %v, want %d", n, err, want)
				}
			},
			"reopen": func(*rapid.T) { s = open(t, dir) },
			"": func(t *rapid.T) {
				if s.Len() != len(model) {
					t.Fatalf("got %d items, want %d", s.Len(), len(model))
				}
				key := drawKey(t)
				got, err := s.Get(key)
				if it, stored := model[key]; stored && (err != nil || string(got) != it.data) || !stored && !errors.Is(err, ErrNotFound) {
					t.Fatalf("got %q, %v, want %q", got, err, it.data)
				}
			},
		})
	})
}

// TestHammerStore: readers never see anything but the item or its absence while
// it is put, kept longer and pruned.
func TestHammerStore(t *testing.T) {
	s := open(t, t.TempDir())
	key := Key{candidate(9), 1}
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				if got, err := s.Get(key); err != nil && !errors.Is(err, ErrNotFound) || err == nil && string(got) != "data" {
					t.Errorf("got %q, %v", got, err)
					return
				}
			}
		})
	}
	rounds := primitives.BlockNumber(100)
	if testing.Short() {
		rounds = 20
	}
	for i := range rounds {
		put(t, s, key, []byte("data"), 3*i)
		put(t, s, key, []byte("data"), 3*i+1)
		if n, err := s.Prune(3*i + 2); n != 1 || err != nil {
			t.Errorf("pruned %d, %v, want 1", n, err)
		}
	}
	close(stop)
	readers.Wait()
}

// FuzzRead: a file is the item it is named after, byte for byte, or refused.
func FuzzRead(f *testing.F) {
	key := Key{candidate(0x3f), 17}
	raw, _ := written(f, key, []byte("some data"))
	f.Add(raw)
	f.Add(raw[:headerSize])
	f.Add([]byte{})
	path := filepath.Join(f.TempDir(), "item")
	f.Fuzz(func(t *testing.T, raw []byte) {
		if err := os.WriteFile(path, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		data, err := read(path, key)
		if err != nil {
			if !errors.Is(err, ErrCorrupt) {
				t.Fatal(err)
			}
			return
		}
		if head := header(key, data); string(head[:])+string(data) != string(raw) {
			t.Fatal("accepted a file that no Put writes")
		}
	})
}

// FuzzParseName: only names that Put gives are accepted.
func FuzzParseName(f *testing.F) {
	f.Add(Key{candidate(1), 17}.name(3))
	f.Add(Key{candidate(1), AvailableData}.name(1<<32 - 1))
	f.Fuzz(func(t *testing.T, name string) {
		if key, block, ok := parseName(name); ok && key.name(block) != name {
			t.Fatalf("%q was taken for %q", name, key.name(block))
		}
	})
}
