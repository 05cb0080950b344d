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

var eachs = map[string]Each{"not": nil, "backwards": backwards, "at once": atOnce}

var genEach = rapid.Custom(func(t *rapid.T) Each {
	return eachs[rapid.SampledFrom([]string{"not", "backwards", "at once"}).Draw(t, "divided")]
})

// TestQuickEach: an update and a commit give the same changes in the same order whatever
// Each does, and leave a trie that goes on the same way.
func TestQuickEach(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s, m := newStore(rt), model{}
		tr := New(s, EmptyRoot, V1)
		for range rapid.IntRange(1, 4).Draw(rt, "commits") {
			tr.Trim(rapid.IntRange(0, 3).Draw(rt, "depth"))
			ops := rapid.SliceOfN(genWide, 0, 60).Draw(rt, "ops")
			for _, o := range ops {
				o.keep(tr)
				o.record(V1, m)
			}
			changes := batch(ops)
			var want Commit
			for i, name := range []string{"not", "backwards", "at once"} {
				c := tr.Clone()
				c.Divide(eachs[name])
				if err := c.Update(changes); err != nil {
					rt.Fatal(err)
				}
				got := c.Commit()
				if i == 0 {
					want = got
				}
				if !reflect.DeepEqual(got, want) {
					rt.Fatalf("%s got %x\nwant %x", name, got, want)
				}
				if again := c.Commit(); again.Root != want.Root || len(again.Nodes) != 0 {
					rt.Fatalf("%s: second commit got %x", name, again)
				}
				if name == "at once" {
					s.apply(want)
					s.check(want.Root, m)
					tr = c
				}
			}
			checkReads(rt, tr, m)
		}
	})
}

// TestEachDividesWideBranches: the children with changes of a branch that has many are
// pieces, wherever the branch is, and those of other branches, and below a piece, are not.
func TestEachDividesWideBranches(t *testing.T) {
	for _, c := range []struct {
		name     string
		prefix   []byte
		children byte
		want     []int // of an update, and again of the commit after it
	}{
		{"at the root", nil, 16, []int{16}},
		{"below a prefix", []byte("prefix"), 8, []int{8}},
		{"below a branch with fewer", []byte("prefix"), 7, slices.Repeat([]int{16}, 7)},
	} {
		t.Run(c.name, func(t *testing.T) {
			tr := New(nil, EmptyRoot, V1)
			var changes []Change
			for i := range c.children {
				for j := range byte(16) { // a wide branch in each piece: it is not divided
					changes = append(changes, Change{append(c.prefix[:len(c.prefix):len(c.prefix)], i<<4|j), []byte("value")})
				}
			}
			if c.prefix != nil {
				changes = append(changes, Change{[]byte("q"), []byte("value")}) // another branch above
			}
			var got []int
			tr.Divide(func(n int, work func(i int)) {
				got = append(got, n)
				backwards(n, work)
			})
			if err := tr.Update(changes); err != nil {
				t.Fatal(err)
			}
			tr.Commit()
			if want := append(slices.Clone(c.want), c.want...); !reflect.DeepEqual(got, want) {
				t.Errorf("pieces got %v want %v", got, want)
			}
		})
	}
}
