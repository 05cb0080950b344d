package trie

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// genKey draws keys that often share prefixes and prefix each other.
var genKey = rapid.Custom(func(t *rapid.T) []byte {
	key := rapid.SliceOfN(rapid.SampledFrom([]byte{0x10, 0x11, 0x12, 0x21, 0xff}), 0, 3).Draw(t, "key")
	if rapid.IntRange(0, 5).Draw(t, "long") == 0 {
		key = append(bytes.Repeat([]byte{0x11}, rapid.SampledFrom([]int{7, 15, 31, 159}).Draw(t, "stem")), key...)
	}
	return key
})

var genValue = rapid.Custom(func(t *rapid.T) []byte {
	n := rapid.SampledFrom([]int{0, 1, 3, 20, 31, 32, 33, 64, 100}).Draw(t, "len")
	return bytes.Repeat([]byte{rapid.Byte().Draw(t, "fill")}, n)
})

// op is a Put, or a Delete if value is nil.
type op struct{ key, value []byte }

var genOp = rapid.Custom(func(t *rapid.T) op {
	if rapid.IntRange(0, 2).Draw(t, "kind") == 0 {
		return op{key: genKey.Draw(t, "key")}
	}
	return op{genKey.Draw(t, "key"), genValue.Draw(t, "value")}
})

func (o op) apply(t rapid.TB, tr *Trie, m model) {
	t.Helper()
	if err := o.do(tr); err != nil {
		t.Fatalf("%x = %x: %v", o.key, o.value, err)
	}
	o.record(tr.version, m)
}

// applyAll makes changes one by one, or at once.
func applyAll(t *rapid.T, tr *Trie, ops []op, m model) {
	t.Helper()
	if rapid.Bool().Draw(t, "one by one") {
		for _, o := range ops {
			o.apply(t, tr, m)
		}
		return
	}
	for _, o := range ops {
		o.keep(tr)
		o.record(tr.version, m)
	}
	if err := tr.Update(batch(ops)); err != nil {
		t.Fatalf("%x: %v", ops, err)
	}
}

// batch returns what ops come to, in order of their keys.
func batch(ops []op) []Change {
	last := map[string]op{}
	for _, o := range ops {
		last[string(o.key)] = o
	}
	var changes []Change
	for _, k := range slices.Sorted(maps.Keys(last)) {
		changes = append(changes, Change{last[k].key, last[k].value})
	}
	return changes
}

func (o op) record(v Version, m model) {
	if o.value == nil {
		delete(m, string(o.key))
	} else {
		m[string(o.key)] = entry{string(o.value), v == V1 && len(o.value) > 32}
	}
}

// keep puts the value into the source.
func (o op) keep(tr *Trie) {
	if s, ok := tr.src.(*store); ok && o.value != nil {
		s.put(o.value)
	}
}

func (o op) do(tr *Trie) error {
	o.keep(tr)
	if o.value == nil {
		return tr.Delete(o.key)
	}
	return tr.Put(o.key, o.value)
}

// TestQuickCommit runs random changes with commits, reopenings, trims and layout
// changes between them; the stored nodes must always be those of a trie from scratch.
func TestQuickCommit(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s, m := newStore(rt), model{}
		tr := New(s, EmptyRoot, Version(rapid.IntRange(0, 1).Draw(rt, "version")))
		tr.Divide(genEach.Draw(rt, "each"))
		for range rapid.IntRange(1, 6).Draw(rt, "rounds") {
			applyAll(rt, tr, rapid.SliceOfN(genOp, 0, 15).Draw(rt, "ops"), m)
			c := tr.Commit()
			s.apply(c)
			s.check(c.Root, m)
			if again := tr.Commit(); again.Root != c.Root || len(again.Nodes) != 0 {
				rt.Fatalf("second commit got %x", again)
			}
			switch rapid.IntRange(0, 3).Draw(rt, "then") {
			case 0:
				tr = New(s, c.Root, Version(rapid.IntRange(0, 1).Draw(rt, "version")))
			case 1:
				tr.Trim(rapid.IntRange(-1, 3).Draw(rt, "depth"))
			case 2:
				checkReads(rt, tr, m)
			}
		}
		checkReads(rt, tr, m)
		checkReads(rt, New(s, tr.Commit().Root, V1), m)
	})
}

// TestQuickClone changes a trie and its clones, dirty or not, in turns: none sees the
// others' changes.
func TestQuickClone(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		base, m := newStore(rt), model{}
		tr := New(base, EmptyRoot, V1)
		applyAll(rt, tr, rapid.SliceOfN(genOp, 0, 20).Draw(rt, "base"), m)
		c := tr.Commit()
		base.apply(c)
		tr = New(base, c.Root, V1) // nothing loaded: clones load into what they share
		tries, models := []*Trie{tr}, []model{m}
		for range rapid.IntRange(1, 30).Draw(rt, "steps") {
			i := rapid.IntRange(0, len(tries)-1).Draw(rt, "which")
			if len(tries) < 4 && rapid.IntRange(0, 4).Draw(rt, "clone") == 0 {
				tries, models = append(tries, tries[i].Clone()), append(models, maps.Clone(models[i]))
			}
			applyAll(rt, tries[i], rapid.SliceOfN(genOp, 0, 3).Draw(rt, "ops"), models[i])
		}
		for i, tr := range tries {
			checkReads(rt, tr, models[i])
			c := tr.Commit()
			own := &store{rt, maps.Clone(base.nodes), base.values}
			own.apply(c)
			own.check(c.Root, models[i])
		}
	})
}

// genState draws a trie and its store.
func genState(rt *rapid.T) (*store, [32]byte, model) {
	s, m := newStore(rt), model{}
	tr := New(s, EmptyRoot, Version(rapid.IntRange(0, 1).Draw(rt, "version")))
	tr.Divide(genEach.Draw(rt, "each"))
	applyAll(rt, tr, rapid.SliceOfN(genOp, 1, 40).Draw(rt, "state"), m)
	c := tr.Commit()
	s.apply(c)
	return s, c.Root, m
}

// TestQuickProof proves random keys, verifies, and breaks the proof in every way.
func TestQuickProof(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s, root, m := genState(rt)
		keys := rapid.SliceOfN(genKey, 1, 5).Draw(rt, "keys")
		proof, err := Prove(s, root, keys)
		if err != nil {
			rt.Fatal(err)
		}
		values, err := VerifyProof(root, proof, keys)
		if err != nil {
			rt.Fatal(err)
		}
		for i, k := range keys {
			e, ok := m[string(k)]
			if ok != (values[i] != nil) || string(values[i]) != e.value {
				rt.Fatalf("%x got %x want %x", k, values[i], e.value)
			}
		}
		if len(proof) == 0 {
			return
		}
		i := rapid.IntRange(0, len(proof)-1).Draw(rt, "item")
		if _, err := VerifyProof(root, slices.Delete(slices.Clone(proof), i, i+1), keys); !errors.Is(err, ErrMissingNode) {
			rt.Fatalf("without item %d got %v", i, err)
		}
		if _, err := VerifyProof(root, append(proof, proof[i]), keys); err != ErrDuplicateNode {
			rt.Fatalf("item %d twice got %v", i, err)
		}
		if _, err := VerifyProof(root, append(proof, []byte{9}), keys); err != ErrUnusedNode {
			rt.Fatalf("one item more got %v", err)
		}
		if _, err := VerifyProof(root, flip(rt, proof, i), keys); err == nil {
			rt.Fatal("flipped byte went unnoticed")
		}
	})
}

// flip returns a copy of items with some byte of items[i] changed.
func flip(rt *rapid.T, items [][]byte, i int) [][]byte {
	bad := slices.Clone(items)
	bad[i] = bytes.Clone(bad[i])
	bad[i][rapid.IntRange(0, len(bad[i])-1).Draw(rt, "at")] ^= byte(rapid.IntRange(1, 255).Draw(rt, "xor"))
	return bad
}

// TestQuickWitness records a block's reads and changes; the proof, also in compact
// form, must be enough to repeat them, and nothing in it superfluous.
func TestQuickWitness(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s, root, m := genState(rt)
		ops := rapid.SliceOfN(genOp, 0, 10).Draw(rt, "ops")
		single := rapid.Bool().Draw(rt, "one by one")
		run := func(src Source) ([32]byte, error) {
			tr := New(src, root, V1)
			for _, o := range ops {
				if _, err := tr.Get(o.key); err != nil {
					return root, err
				}
				if _, _, err := tr.NextKey(o.key); err != nil {
					return root, err
				}
			}
			if !single {
				err := tr.Update(batch(ops))
				return tr.Commit().Root, err
			}
			for _, o := range ops {
				if err := o.do(tr); err != nil {
					return root, err
				}
			}
			return tr.Commit().Root, nil
		}
		rec := NewRecorder(s)
		want, err := run(rec)
		if err != nil {
			rt.Fatal(err)
		}
		for _, o := range ops {
			o.record(V1, m)
		}
		if naive, _ := m.naive(); want != naive {
			rt.Fatalf("root got %x want %x", want, naive)
		}
		proof := rec.Proof()
		size := 0
		for _, item := range proof {
			size += len(item)
		}
		if size != rec.Size() {
			rt.Fatalf("size got %d want %d", rec.Size(), size)
		}
		p := ProofSource(proof)
		if got, err := run(p); err != nil || got != want || p.CheckUsed() != nil {
			rt.Fatalf("replay got %x, %v, %v want %x", got, err, p.CheckUsed(), want)
		}
		if len(proof) == 0 {
			return
		}
		compact, err := EncodeCompact(root, proof)
		if err != nil {
			rt.Fatal(err)
		}
		d, err := DecodeCompact(root, compact)
		if err != nil || !slices.EqualFunc(d.Nodes(), proof, bytes.Equal) {
			rt.Fatalf("compact round trip got %v, %v\nwant %x", d, err, proof)
		}
		if got, err := run(d); err != nil || got != want || d.CheckUsed() != nil {
			rt.Fatalf("compact replay got %x, %v, %v want %x", got, err, d.CheckUsed(), want)
		}
		i := rapid.IntRange(0, len(compact)-1).Draw(rt, "item")
		if _, err := DecodeCompact(root, flip(rt, compact, i)); err == nil {
			rt.Fatal("flipped byte in a compact proof went unnoticed")
		}
		if _, err := DecodeCompact(root, slices.Delete(slices.Clone(compact), i, i+1)); err == nil {
			rt.Fatal("lost item of a compact proof went unnoticed")
		}
		if _, err := DecodeCompact(root, append(compact, compact[i])); err != ErrUnusedNode {
			rt.Fatalf("one item more got %v", err)
		}
	})
}

// TestQuickMissing takes nodes away from under random changes: every operation either
// works or reports the node missing and leaves the content as it was.
func TestQuickMissing(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s, root, m := genState(rt)
		full := maps.Clone(s.nodes)
		for _, p := range slices.Sorted(maps.Keys(full)) {
			if rapid.Bool().Draw(rt, "lose") {
				delete(s.nodes, p)
			}
		}
		tr := New(s, root, V1)
		for _, o := range rapid.SliceOfN(genOp, 0, 15).Draw(rt, "ops") {
			switch err := o.do(tr); {
			case err == nil:
				o.record(V1, m)
			case err != ErrMissingNode:
				rt.Fatal(err)
			}
		}
		s.nodes = full
		checkReads(rt, tr, m)
		c := tr.Commit()
		s.apply(c)
		s.check(c.Root, m)
	})
}
