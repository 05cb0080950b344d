package trie

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto/hash"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// seeds returns proofs to start from: of a trie with every kind of node.
func seeds(f *testing.F) (proof, compact [][]byte) {
	f.Helper()
	s, m := newStore(f), model{}
	tr := New(s, EmptyRoot, V1)
	for i, k := range []string{"", "a", "ab", "abc", "b", "b\x01", "b\x02", "b\x12", "cccccccccccccccccccccccccccccccccc", "d"} {
		op{[]byte(k), bytes.Repeat([]byte{byte(i)}, i*9%80)}.apply(f, tr, m)
	}
	c := tr.Commit()
	s.apply(c)
	var keys [][]byte
	for _, k := range m.keys() {
		keys = append(keys, []byte(k))
	}
	proof, err := Prove(s, c.Root, keys)
	if err != nil {
		f.Fatal(err)
	}
	compact, err = EncodeCompact(c.Root, proof)
	if err != nil {
		f.Fatal(err)
	}
	return proof, compact
}

func FuzzDecodeNode(f *testing.F) {
	proof, _ := seeds(f)
	for _, enc := range proof {
		f.Add(enc, uint16(0))
		f.Add(enc, uint16(1))
	}
	f.Fuzz(func(t *testing.T, enc []byte, depth uint16) {
		scaletest.Bounded(t, len(enc), func() { _, _ = decodeNode(enc, int(depth), nil) })
		n, err := decodeNode(enc, int(depth), nil)
		if err != nil {
			if err != ErrBadNode {
				t.Fatal(err)
			}
			return
		}
		if got := appendNode(nil, n, 0, false); !bytes.Equal(got, enc) {
			t.Fatalf("not canonical: %x encodes as %x", enc, got)
		}
	})
}

// joined writes items with their lengths, two bytes each.
func joined(items [][]byte) []byte {
	var out []byte
	for _, item := range items {
		out = append(append(out, byte(len(item)), byte(len(item)>>8)), item...)
	}
	return out
}

func split(b []byte) [][]byte {
	var items [][]byte
	for len(b) >= 2 {
		n := min(int(b[0])|int(b[1])<<8, len(b)-2)
		items = append(items, b[2:2+n])
		b = b[2+n:]
	}
	return items
}

func FuzzDecodeCompact(f *testing.F) {
	_, compact := seeds(f)
	f.Add(joined(compact), []byte("b"))
	f.Add(joined(compact[:1]), []byte{})
	f.Fuzz(func(t *testing.T, raw, key []byte) {
		items := split(raw)
		d := compactDecoder{in: items, p: ProofSource(nil)}
		root, err := d.subtree(0)
		p, errPublic := DecodeCompact(root, items)
		scaletest.Bounded(t, len(raw), func() { _, _ = DecodeCompact(root, items) })
		if err != nil {
			if errPublic == nil {
				t.Fatal("broken proof went through")
			}
			return
		}
		if len(d.in) > 0 {
			if errPublic != ErrUnusedNode {
				t.Fatalf("items left over got %v", errPublic)
			}
			return
		}
		if errPublic != nil {
			t.Fatal(errPublic)
		}
		again, err := EncodeCompact(root, p.Nodes())
		if err != nil {
			t.Fatal(err)
		}
		q, err := DecodeCompact(root, again)
		if err != nil || !slices.EqualFunc(q.Nodes(), p.Nodes(), bytes.Equal) {
			t.Fatalf("round trip got %x, %v want %x", q.Nodes(), err, p.Nodes())
		}
		work(t, root, p, key)
	})
}

// FuzzProof treats the items as a proof for the root that the first one makes.
func FuzzProof(f *testing.F) {
	proof, _ := seeds(f)
	f.Add(joined(proof), []byte("b"))
	f.Fuzz(func(t *testing.T, raw, key []byte) {
		if items := split(raw); len(items) > 0 {
			scaletest.Bounded(t, len(raw), func() { _, _ = VerifyProof(hash.Blake2b256(items[0]), items, [][]byte{key}) })
			work(t, hash.Blake2b256(items[0]), ProofSource(items), key)
		}
	})
}

// TestShortItemsTakeNoMemory: a proof of many items that no node can be is refused
// without keeping them. FuzzProof found that each took over 90 bytes.
func TestShortItemsTakeNoMemory(t *testing.T) {
	s := newStore(t)
	tr := New(s, EmptyRoot, V1)
	op{[]byte("k"), []byte("v")}.apply(t, tr, model{})
	c := tr.Commit()
	short := c.Nodes[0].Encoding
	if values, err := VerifyProof(c.Root, [][]byte{short}, [][]byte{[]byte("k")}); err != nil || string(values[0]) != "v" {
		t.Fatalf("a short root: %q, %v", values, err)
	}
	items := [][]byte{short}
	size := len(short)
	for i := range 1 << 14 {
		items = append(items, []byte{byte(i), byte(i >> 8)})
		size += 2
	}
	scaletest.Bounded(t, size, func() {
		if _, err := VerifyProof(c.Root, items, [][]byte{[]byte("k")}); err != ErrUnusedNode {
			t.Error(err)
		}
	})
	if err := ProofSource([][]byte{short, short}).CheckUsed(); err != ErrDuplicateNode {
		t.Error(err)
	}
}

// work uses a foreign trie in every way. It may refuse, with a reason, and no more;
// if nothing is missing, deleting every key must leave the empty trie.
func work(t *testing.T, root [32]byte, p *Proof, key []byte) {
	tr := New(p, root, V1)
	complete := true
	check := func(err error) bool {
		if err != nil && !errors.Is(err, ErrMissingNode) && !errors.Is(err, ErrBadNode) && !errors.Is(err, ErrKeyTooLong) {
			t.Fatal(err)
		}
		complete = complete && err == nil
		return err == nil
	}
	_, err := tr.Get(key)
	check(err)
	check(tr.Put(key, []byte("value")))
	keys := [][]byte{{}, key}
	for at := []byte{}; len(keys) < 50; {
		next, ok, err := tr.NextKey(at)
		if !check(err) || !ok {
			break
		}
		if bytes.Compare(next, at) <= 0 {
			t.Fatalf("key after %x got %x", at, next)
		}
		keys, at = append(keys, next), next
	}
	clone, batch := tr.Clone(), tr.Clone()
	before := clone.Commit().Root
	var changes []Change
	slices.SortFunc(keys, bytes.Compare)
	for _, k := range slices.CompactFunc(keys, bytes.Equal) {
		check(tr.Delete(k))
		changes = append(changes, Change{Key: k})
	}
	after := tr.Commit().Root
	if complete && len(keys) < 50 && after != EmptyRoot {
		t.Fatalf("deleted %x, root is %x", keys, after)
	}
	whole := complete
	if ok := check(batch.Update(changes)); whole && (!ok || batch.Commit().Root != after) {
		t.Fatalf("deleted %x at once, not root %x", keys, after)
	}
	if clone.Commit().Root != before {
		t.Fatal("clone changed")
	}
}
