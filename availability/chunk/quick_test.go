package chunk

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"testing"

	"lukechampine.com/blake3"
	"pgregory.net/rapid"

	"github.com/rampart-chain/rampart/availability/erasure"
)

// naiveRoot is the tree of RFC 6962 with H = BLAKE3: the left half of more than
// one leaf is the largest power of two below their number. proof, if not nil,
// gets the siblings of leaf index.
func naiveRoot(shards [][]byte, first, index int, proof *[][32]byte) [32]byte {
	if len(shards) == 1 {
		head := binary.LittleEndian.AppendUint32([]byte{0}, uint32(first))
		return blake3.Sum256(append(head, shards[0]...))
	}
	split := 1
	for split*2 < len(shards) {
		split *= 2
	}
	left := naiveRoot(shards[:split], first, index, proof)
	right := naiveRoot(shards[split:], first+split, index, proof)
	switch {
	case index >= first && index < first+split:
		*proof = append(*proof, right)
	case index >= first+split && index < first+len(shards):
		*proof = append(*proof, left)
	}
	return blake3.Sum256(slices.Concat([]byte{1}, left[:], right[:]))
}

func TestQuickTree(t *testing.T) {
	check := func(t interface{ Fatalf(string, ...any) }, n, size int, seed uint64) {
		shards := make([][]byte, n)
		for i := range shards {
			shards[i] = pattern(size, seed+uint64(i))
		}
		root, proofs, err := Proofs(shards)
		if err != nil {
			t.Fatalf("n=%d: %v", n, err)
		}
		if again, err := Root(shards); err != nil || again != root {
			t.Fatalf("n=%d: Root and Proofs differ, %v", n, err)
		}
		for i := range n {
			if n > 100 && i%97 != 0 && i != n-1 {
				continue
			}
			var want [][32]byte
			if got := naiveRoot(shards, 0, i, &want); got != root {
				t.Fatalf("n=%d: got root %x, want %x", n, root, got)
			}
			if !slices.Equal(proofs[i], want) {
				t.Fatalf("n=%d: proof %d differs", n, i)
			}
			if err := Verify(root, n, erasure.Index(i), shards[i], proofs[i]); err != nil {
				t.Fatalf("n=%d: chunk %d: %v", n, i, err)
			}
		}
	}
	for n := 1; n <= 40; n++ {
		check(t, n, 64, uint64(n))
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.OneOf(rapid.IntRange(1, 70), rapid.SampledFrom([]int{100, 127, 128, 129, 300})).Draw(t, "n")
		check(t, n, 64, rapid.Uint64().Draw(t, "seed"))
	})
}

// TestQuickHash compares with the ordinary interface of the same library, at
// and around every boundary of BLAKE3's own tree.
func TestQuickHash(t *testing.T) {
	data := pattern(20*groupSize, 1)
	var h hasher
	check := func(t interface{ Fatalf(string, ...any) }, head, size int) {
		got := h.sum(data[:head], data[head:size])
		if want := blake3.Sum256(data[:size]); got != want {
			t.Fatalf("%d+%d bytes: got %x, want %x", head, size-head, got, want)
		}
	}
	for groups := range 6 {
		for _, chunks := range []int{0, 1, 2, 3, 7, 8, 9, 15} {
			for _, d := range []int{-65, -64, -1, 0, 1, 5, 64, 69} {
				if size := groups*groupSize + chunks*1024 + d; size >= 5 {
					check(t, 5, size)
				}
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(0, len(data)).Draw(t, "size")
		check(t, min(size, rapid.IntRange(0, 100).Draw(t, "head")), size)
	})
}

// TestQuickRecover: any k chunks give the payload, and unpadding it gives the
// payload again.
func TestQuickRecover(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := drawCount(t)
		k := (n-1)/3 + 1
		payload := pattern(rapid.IntRange(0, 200*k).Draw(t, "len"), rapid.Uint64().Draw(t, "seed"))
		root, chunks, err := Encode(payload, n)
		if err != nil {
			t.Fatal(err)
		}
		some := rapid.Permutation(chunks).Draw(t, "order")[:rapid.IntRange(k, n).Draw(t, "count")]
		padded, err := Recover(n, root, some)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Unpad(n, padded, func([]byte) (int, error) { return len(payload), nil })
		if err != nil || !bytes.Equal(got, payload) {
			t.Fatalf("n=%d: payload differs, %v", n, err)
		}
		if _, err := Recover(n, root, some[:k-1]); !errors.Is(err, erasure.ErrTooFew) {
			t.Fatalf("k-1 chunks: got %v, want %v", err, erasure.ErrTooFew)
		}
	})
}

// drawCount draws a number of validators, small ones more often.
func drawCount(t *rapid.T) int {
	large := []int{100, 300, 1000}
	if testing.Short() {
		large = large[:1]
	}
	return rapid.OneOf(rapid.IntRange(1, 40), rapid.IntRange(1, 40), rapid.SampledFrom(large)).Draw(t, "n")
}

// TestQuickWrongEncoding: whoever commits to chunks that are not one encoding
// is found out from any k of them, though every proof is right.
func TestQuickWrongEncoding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := max(2, drawCount(t))
		k := (n-1)/3 + 1
		shards, err := erasure.Encode(pattern(100*k, rapid.Uint64().Draw(t, "seed")), n)
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 3).Draw(t, "faults") {
			i, at := rapid.IntRange(0, n-1).Draw(t, "shard"), rapid.IntRange(0, 127).Draw(t, "at")
			shards[i][at] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		}
		root, proofs, err := Proofs(shards)
		if err != nil {
			t.Fatal(err)
		}
		good, err := erasure.Extend(bytes.Join(shards[:k], nil), n)
		if err != nil {
			t.Fatal(err)
		}
		want := error(ErrRoot)
		if bytes.Equal(bytes.Join(good, nil), bytes.Join(shards, nil)) {
			want = nil // the faults undid each other
		}
		chunks := make([]Chunk, n)
		for i := range chunks {
			chunks[i] = Chunk{Index: erasure.Index(i), Data: shards[i], Proof: proofs[i]}
		}
		some := rapid.Permutation(chunks).Draw(t, "order")[:rapid.IntRange(k, n).Draw(t, "count")]
		if _, err := Recover(n, root, some); !errors.Is(err, want) {
			t.Fatalf("n=%d: got %v, want %v", n, err, want)
		}
	})
}

// TestQuickOneRoot: data that Recover and Unpad accept has the root that
// encoding it gives; larger chunks than needed are found out.
func TestQuickOneRoot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "n")
		k := (n-1)/3 + 1
		padded := make([]byte, k*64*rapid.IntRange(1, 3).Draw(t, "blocks"))
		used := rapid.IntRange(0, len(padded)).Draw(t, "len")
		copy(padded, pattern(used, 1))
		shards, err := erasure.Extend(padded, n)
		if err != nil {
			t.Fatal(err)
		}
		root, err := Root(shards)
		if err != nil {
			t.Fatal(err)
		}
		payload, err := Unpad(n, padded, func([]byte) (int, error) { return used, nil })
		direct, _, encErr := Encode(padded[:used], n)
		if encErr != nil {
			t.Fatal(encErr)
		}
		if (err == nil) != (direct == root) {
			t.Fatalf("n=%d: %d of %d bytes: Unpad says %v, roots equal: %v", n, used, len(padded), err, direct == root)
		}
		if err == nil && len(payload) != used {
			t.Fatalf("got %d bytes, want %d", len(payload), used)
		}
	})
}

// TestQuickFlip: a chunk in which anything was changed is refused.
func TestQuickFlip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 40).Draw(t, "n")
		root, chunks, err := Encode(pattern(500, 1), n)
		if err != nil {
			t.Fatal(err)
		}
		c := clone(rapid.SampledFrom(chunks).Draw(t, "chunk"))
		bit := byte(1) << rapid.IntRange(0, 7).Draw(t, "bit")
		if at := rapid.IntRange(0, len(c.Data)+32*len(c.Proof)-1).Draw(t, "at"); at < len(c.Data) {
			c.Data[at] ^= bit
		} else {
			at -= len(c.Data)
			c.Proof[at/32][at%32] ^= bit
		}
		if err := Verify(root, n, c.Index, c.Data, c.Proof); !errors.Is(err, ErrProof) {
			t.Fatalf("got %v, want %v", err, ErrProof)
		}
	})
}
