package trie

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto/hash"
	"pgregory.net/rapid"
)

const benchKeys = 100_000

// benchKey returns the i-th key, 32 bytes.
func benchKey(i int) []byte {
	h := hash.Blake2b256(binary.LittleEndian.AppendUint64(nil, uint64(i)))
	return h[:]
}

// benchValue returns a value of 80 bytes.
func benchValue(i int) []byte {
	v := make([]byte, 80)
	binary.LittleEndian.PutUint64(v, uint64(i))
	return v
}

// benchTrie returns a committed trie of benchKeys keys, all in memory, and the store
// of its nodes.
func benchTrie(t rapid.TB) (*Trie, *store) {
	t.Helper()
	s := newStore(t)
	tr := New(nil, EmptyRoot, V1)
	for i := range benchKeys {
		if err := tr.Put(benchKey(i), benchValue(i)); err != nil {
			t.Fatal(err)
		}
	}
	for _, n := range tr.Commit().Nodes {
		s.nodes[string(n.Path)] = n.Encoding
	}
	return tr, s
}

// update puts 1000 values, other ones in every round.
func update(b *testing.B, tr *Trie, keys [][]byte, round int) {
	b.Helper()
	changes := make([]Change, 1000)
	for j := range changes {
		changes[j] = Change{keys[(round*7919+j*97)%len(keys)], benchValue(round*1000 + j + benchKeys)}
	}
	slices.SortFunc(changes, func(a, b Change) int { return bytes.Compare(a.Key, b.Key) })
	if err := tr.Update(changes); err != nil {
		b.Fatal(err)
	}
}

func benchAllKeys() [][]byte {
	keys := make([][]byte, benchKeys)
	for i := range keys {
		keys[i] = benchKey(i)
	}
	return keys
}

func BenchmarkUpdate(b *testing.B) {
	keys := benchAllKeys()
	warm, s := benchTrie(b)
	root := warm.Commit().Root
	// All nodes in memory; the trie before stays readable in each round.
	b.Run("keys=100000/updates=1000/warm", func(b *testing.B) {
		b.ReportAllocs()
		tr := warm
		for round := 0; b.Loop(); round++ {
			tr = tr.Clone()
			update(b, tr, keys, round)
			tr.Commit()
		}
	})
	b.Run("keys=100000/updates=1000/warm/divided", func(b *testing.B) {
		b.ReportAllocs()
		tr := warm.Clone()
		tr.Divide(atOnce)
		for round := 0; b.Loop(); round++ {
			tr = tr.Clone()
			update(b, tr, keys, round)
			tr.Commit()
		}
	})
	// A new tree for each block over a source in memory.
	b.Run("keys=100000/updates=1000/cold", func(b *testing.B) {
		b.ReportAllocs()
		src := &uncheckedStore{s.nodes}
		for round := 0; b.Loop(); round++ {
			tr := New(src, root, V1)
			update(b, tr, keys, round)
			tr.Commit()
		}
	})
}

type uncheckedStore struct{ nodes map[string][]byte }

func (s *uncheckedStore) Node(path []byte, _ [32]byte) ([]byte, error) {
	return s.nodes[string(path)], nil
}

func (s *uncheckedStore) Value([]byte, [32]byte) ([]byte, error) { return nil, ErrMissingNode }

func BenchmarkGet(b *testing.B) {
	keys := benchAllKeys()
	tr := New(nil, EmptyRoot, V0) // values stay in the nodes
	for i, k := range keys {
		if err := tr.Put(k, benchValue(i)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; b.Loop(); i++ {
		if v, err := tr.Get(keys[i*97%len(keys)]); err != nil || len(v) != 80 {
			b.Fatal(v, err)
		}
	}
}

func BenchmarkRoot(b *testing.B) {
	pairs := make([]Change, benchKeys)
	for i := range pairs {
		pairs[i] = Change{benchKey(i), benchValue(i)}
	}
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		if _, err := Root(V1, pairs); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOrderedRoot(b *testing.B) {
	items := make([][]byte, 1000)
	for i := range items {
		items[i] = append(benchValue(i), benchValue(i)...)
	}
	b.ReportAllocs()
	for b.Loop() {
		OrderedRoot(V0, items)
	}
}

// BenchmarkWitness is what a guest does: decode a compact proof of 1000 keys of
// 100,000, change them all, take the root.
func BenchmarkWitness(b *testing.B) {
	keys := benchAllKeys()
	warm, s := benchTrie(b)
	root := warm.Commit().Root
	rec := NewRecorder(&uncheckedStore{s.nodes})
	tr := New(rec, root, V1)
	update(b, tr, keys, 1)
	want := tr.Commit().Root
	proof := rec.Proof()
	compact, err := EncodeCompact(root, proof)
	if err != nil {
		b.Fatal(err)
	}
	size := 0
	for _, item := range compact {
		size += len(item)
	}
	b.Run("keys=1000/encode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := EncodeCompact(root, proof); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("keys=1000/decode", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(size))
		for b.Loop() {
			if _, err := DecodeCompact(root, compact); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("keys=1000/replay", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			p, err := DecodeCompact(root, compact)
			if err != nil {
				b.Fatal(err)
			}
			tr := New(p, root, V1)
			update(b, tr, keys, 1)
			if tr.Commit().Root != want {
				b.Fatal("another root")
			}
		}
	})
}

// TestHeapPerKey bounds a fully loaded trie: 200 bytes for a key of 32 bytes and a
// value of 80, which is the source's.
func TestHeapPerKey(t *testing.T) {
	if testing.Short() {
		t.Skip("builds 100,000 keys")
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	tr := New(nil, EmptyRoot, V1)
	for i := range benchKeys {
		if err := tr.Put(benchKey(i), benchValue(i)); err != nil {
			t.Fatal(err)
		}
	}
	tr.hash()
	runtime.GC()
	runtime.ReadMemStats(&after)
	perKey := float64(after.HeapAlloc-before.HeapAlloc) / benchKeys
	runtime.KeepAlive(tr)
	t.Logf("%.0f bytes per key", perKey)
	if perKey > 200 {
		t.Errorf("heap per key got %.0f want at most 200", perKey)
	}
}
