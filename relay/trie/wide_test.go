package trie

import (
	"bytes"
	"maps"
	"testing"

	"pgregory.net/rapid"
)

// genWide draws changes below a few branches of up to 16 children, which are leaves
// inside their parent, leaves apart and branches.
var genWide = rapid.Custom(func(t *rapid.T) op {
	key := []byte{byte(rapid.IntRange(0, 1).Draw(t, "branch")), byte(rapid.IntRange(0, 15).Draw(t, "child") << 4)}
	if rapid.IntRange(0, 4).Draw(t, "below") == 0 {
		key = append(key, byte(rapid.IntRange(0, 3).Draw(t, "key")))
	}
	if rapid.IntRange(0, 3).Draw(t, "kind") == 0 {
		return op{key: key}
	}
	n := rapid.SampledFrom([]int{0, 5, 28, 29, 30, 50}).Draw(t, "len")
	return op{key, bytes.Repeat([]byte{rapid.Byte().Draw(t, "fill")}, n)}
})

// TestQuickWide changes wide branches in a trie and in clones taken before and after
// commits: children come, go, come back and move in and out of their parent, and each
// version has its own.
func TestQuickWide(t *testing.T) {
	type version struct {
		tr *Trie
		s  *store
		m  model
	}
	commit := func(v *version) {
		c := v.tr.Commit()
		v.s.apply(c)
		v.s.check(c.Root, v.m)
	}
	rapid.Check(t, func(rt *rapid.T) {
		s := newStore(rt)
		versions := []*version{{New(s, EmptyRoot, V1), s, model{}}}
		versions[0].tr.Divide(genEach.Draw(rt, "each"))
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			v := versions[rapid.IntRange(0, len(versions)-1).Draw(rt, "which")]
			applyAll(rt, v.tr, rapid.SliceOfN(genWide, 0, 30).Draw(rt, "ops"), v.m)
			if rapid.Bool().Draw(rt, "commit") {
				commit(v)
			}
			switch rapid.IntRange(0, 3).Draw(rt, "then") {
			case 0:
				s := &store{rt, maps.Clone(v.s.nodes), maps.Clone(v.s.values)}
				clone := v.tr.Clone()
				clone.src = s
				versions = append(versions, &version{clone, s, maps.Clone(v.m)})
			case 1:
				v.tr.Trim(rapid.IntRange(-1, 2).Draw(rt, "depth"))
			}
		}
		for _, v := range versions {
			checkReads(rt, v.tr, v.m)
			commit(v)
			checkReads(rt, New(v.s, v.tr.Commit().Root, V1), v.m)
		}
	})
}

// TestCommitKeepsSlices: what a commit and the source gave stays as it was, though the
// trie keeps parts of it and goes on.
func TestCommitKeepsSlices(t *testing.T) {
	tr, s, _ := wide(t)
	before := map[string][]byte{}
	for p, enc := range s.nodes {
		before[p] = bytes.Clone(enc)
	}
	given := maps.Clone(s.nodes)
	for _, tr := range []*Trie{tr, New(&uncheckedStore{given}, tr.Commit().Root, V1)} {
		for i := range byte(16) {
			for _, o := range []op{{[]byte{i << 4}, []byte("x")}, {[]byte{i << 4, 7}, nil}, {key: []byte{i << 4}}} {
				if err := o.do(tr); err != nil {
					t.Fatal(err)
				}
				tr.Commit()
			}
		}
		if !maps.EqualFunc(given, before, bytes.Equal) {
			t.Errorf("stored nodes got %x want %x", given, before)
		}
	}
}
