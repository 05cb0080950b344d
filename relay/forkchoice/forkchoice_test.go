package forkchoice

import (
	"fmt"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
)

func block(name byte, number primitives.BlockNumber) primitives.BlockID {
	return primitives.BlockID{Hash: primitives.Hash{name}, Number: number}
}

func TestInsertRefuses(t *testing.T) {
	t.Parallel()
	genesis, a := block('g', 0), block('a', 1)
	tree := New(genesis, 2)
	for _, step := range []struct {
		what   string
		block  primitives.BlockID
		parent primitives.Hash
		want   error
	}{
		{"child of the root", a, genesis.Hash, nil},
		{"same block again", a, genesis.Hash, ErrKnown},
		{"the root", genesis, a.Hash, ErrKnown},
		{"unknown parent", block('b', 2), primitives.Hash{'x'}, ErrUnknownParent},
		{"number too high", block('b', 3), a.Hash, ErrNumber},
		{"number not higher", block('b', 1), a.Hash, ErrNumber},
		{"number 0", block('b', 0), a.Hash, ErrNumber},
		{"second block", block('b', 2), a.Hash, nil},
		{"third block of two", block('c', 2), a.Hash, ErrFull},
	} {
		if err := tree.Insert(step.block, step.parent, 1); err != step.want {
			t.Errorf("%s: %v, want %v", step.what, err, step.want)
		}
	}
	if tree.Len() != 2 || tree.Best() != block('b', 2) {
		t.Errorf("%d blocks, best %v", tree.Len(), tree.Best())
	}
	if _, err := tree.Finalize(primitives.Hash{'x'}); err != ErrUnknown {
		t.Errorf("finalizing an unknown block: %v, want %v", err, ErrUnknown)
	}
}

// TestDeep finalizes the top of a tree that is one long chain, as after a long
// finality stall.
func TestDeep(t *testing.T) {
	t.Parallel()
	const depth = 100_000
	last := block('g', 0)
	tree := New(last, depth)
	for i := range depth {
		next := primitives.BlockID{Number: last.Number + 1}
		next.Hash[0], next.Hash[1], next.Hash[2], next.Hash[31] = byte(i), byte(i>>8), byte(i>>16), 1
		if err := tree.Insert(next, last.Hash, uint32(i&1)); err != nil {
			t.Fatal(err)
		}
		last = next
	}
	done, err := tree.Finalize(last.Hash)
	if err != nil || len(done.Canonical) != depth || len(done.Pruned) != 0 || tree.Len() != 0 {
		t.Fatalf("%v: %d canonical, %d pruned, %d left", err, len(done.Canonical), len(done.Pruned), tree.Len())
	}
}

func ExampleTree() {
	genesis := block('g', 0)
	t := New(genesis, 4096)
	fmt.Println(t.Insert(block('a', 1), genesis.Hash, 0)) // secondary claim
	fmt.Println(t.Insert(block('b', 1), genesis.Hash, 1)) // primary claim
	fmt.Println(t.Insert(block('c', 2), primitives.Hash{'a'}, 0))
	fmt.Printf("best %c\n", t.Best().Hash[0])
	done, err := t.Finalize(primitives.Hash{'a'})
	fmt.Printf("%d final, %d pruned, %v; best %c\n", len(done.Canonical), len(done.Pruned), err, t.Best().Hash[0])
	// Output:
	// <nil>
	// <nil>
	// <nil>
	// best b
	// 1 final, 1 pruned, <nil>; best c
}

func BenchmarkFinalize(b *testing.B) {
	for b.Loop() {
		last := block('g', 0)
		tree := New(last, 2000)
		for i := range 1000 {
			next := primitives.BlockID{Number: last.Number + 1}
			next.Hash[0], next.Hash[1], next.Hash[31] = byte(i), byte(i>>8), 1
			if tree.Insert(next, last.Hash, 1) != nil {
				b.Fatal("chain refused")
			}
			last = next
		}
		if _, err := tree.Finalize(last.Hash); err != nil {
			b.Fatal(err)
		}
	}
}
