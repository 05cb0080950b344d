package trie

import (
	"reflect"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// backwards does the last piece first.
func backwards(n int, work func(i int)) {
	for i := n - 1; i >= 0; i-- {
		work(i)
	}
}

// atOnce does all pieces at the same time.
func atOnce(n int, work func(i int)) {
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { work(i) })
	}
	all.Wait()
}

// TestQuickEach: a commit gives the same changes in the same order whatever its Each
// does, and leaves a trie that goes on the same way.
func TestQuickEach(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s, m := newStore(rt), model{}
		tr := New(s, EmptyRoot, V1)
		for range rapid.IntRange(1, 4).Draw(rt, "commits") {
			for _, o := range rapid.SliceOfN(genWide, 0, 60).Draw(rt, "ops") {
				o.apply(rt, tr, m)
			}
			tr.Trim(rapid.IntRange(0, 3).Draw(rt, "depth"))
			// A clone knows fewer of its dirty nodes than the trie, which commits last.
			a, b := tr.Clone(), tr.Clone()
			want := tr.Clone().Commit()
			for name, got := range map[string]Commit{
				"backwards": a.CommitEach(backwards), "at once": b.CommitEach(atOnce), "own": tr.CommitEach(atOnce),
			} {
				if !reflect.DeepEqual(got, want) {
					rt.Fatalf("%s got %x\nwant %x", name, got, want)
				}
			}
			s.apply(want, m)
			s.check(want.Root, m)
			for _, c := range []*Trie{a, b} {
				if c := c.Commit(); c.Root != want.Root || len(c.Nodes) != 0 {
					rt.Fatalf("second commit got %x", c)
				}
				checkReads(rt, c, m)
			}
		}
	})
}

// TestEachDividesWideBranches: the dirty children of a branch that has many are
// pieces, wherever the branch is, and those of other branches, and below a piece, are not.
func TestEachDividesWideBranches(t *testing.T) {
	for _, c := range []struct {
		name     string
		prefix   []byte
		children byte
		want     []int
	}{
		{"at the root", nil, 16, []int{16}},
		{"below a prefix", []byte("prefix"), 8, []int{8}},
		{"below a branch with fewer", []byte("prefix"), 7, slices.Repeat([]int{16}, 7)},
	} {
		t.Run(c.name, func(t *testing.T) {
			tr := New(nil, EmptyRoot, V1)
			put := func(key ...byte) {
				if err := tr.Put(key, []byte("value")); err != nil {
					t.Fatal(err)
				}
			}
			for i := range c.children {
				for j := range byte(16) { // a wide branch in each piece: it is not divided
					put(append(c.prefix[:len(c.prefix):len(c.prefix)], i<<4|j)...)
				}
			}
			if c.prefix != nil {
				put('q') // another branch above
			}
			var got []int
			tr.CommitEach(func(n int, work func(i int)) {
				got = append(got, n)
				backwards(n, work)
			})
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("pieces got %v want %v", got, c.want)
			}
		})
	}
}
