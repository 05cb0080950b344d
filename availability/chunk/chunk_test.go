package chunk

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/availability/erasure"
	"github.com/rampart-chain/rampart/relay/scale"
)

// pattern returns size bytes that look random and depend on seed.
func pattern(size int, seed uint64) []byte {
	out := make([]byte, size)
	for i := range out {
		seed = seed*6364136223846793005 + 1442695040888963407
		out[i] = byte(seed >> 56)
	}
	return out
}

// encoded returns the chunks of a payload of size bytes for n validators.
func encoded(t testing.TB, size, n int) (payload []byte, root [32]byte, chunks []Chunk) {
	t.Helper()
	payload = pattern(size, uint64(n))
	root, chunks, err := Encode(payload, n)
	if err != nil {
		t.Fatal(err)
	}
	return payload, root, chunks
}

// clone returns a copy of c that shares nothing with it.
func clone(c Chunk) Chunk {
	return Chunk{Index: c.Index, Data: slices.Clone(c.Data), Proof: slices.Clone(c.Proof)}
}

func TestVerifyRefuses(t *testing.T) {
	_, root, chunks := encoded(t, 1000, 7) // proof lengths 3 3 3 3 3 3 2
	for _, c := range []struct {
		name   string
		n      int
		index  int
		change func(c *Chunk)
		want   error
	}{
		{"untouched", 7, 3, func(c *Chunk) {}, nil},
		{"untouched last", 7, 6, func(c *Chunk) {}, nil},
		{"flipped bit of data", 7, 3, func(c *Chunk) { c.Data[100] ^= 8 }, ErrProof},
		{"flipped bit of proof", 7, 3, func(c *Chunk) { c.Proof[1][31] ^= 1 }, ErrProof},
		{"other index", 7, 3, func(c *Chunk) { c.Index = 2 }, ErrProof},
		{"index of another length", 7, 3, func(c *Chunk) { c.Index = 6 }, ErrDepth},
		{"index n", 7, 3, func(c *Chunk) { c.Index = 7 }, erasure.ErrIndex},
		{"index 2^32-1", 7, 3, func(c *Chunk) { c.Index = 1<<32 - 1 }, erasure.ErrIndex},
		{"siblings swapped", 7, 3, func(c *Chunk) { c.Proof[0], c.Proof[1] = c.Proof[1], c.Proof[0] }, ErrProof},
		{"a sibling too few", 7, 3, func(c *Chunk) { c.Proof = c.Proof[:2] }, ErrDepth},
		{"a sibling too many", 7, 3, func(c *Chunk) { c.Proof = append(c.Proof, [32]byte{}) }, ErrDepth},
		{"no siblings", 7, 3, func(c *Chunk) { c.Proof = nil }, ErrDepth},
		{"a sibling for a node that moves up", 7, 6, func(c *Chunk) { c.Proof = slices.Insert(c.Proof, 0, [32]byte{}) }, ErrDepth},
		{"more validators", 9, 3, func(c *Chunk) {}, ErrDepth},
		{"no validators", 0, 3, func(c *Chunk) {}, erasure.ErrValidatorCount},
		{"too many validators", 10_001, 3, func(c *Chunk) {}, erasure.ErrValidatorCount},
		{"data cut", 7, 3, func(c *Chunk) { c.Data = c.Data[:64] }, ErrProof},
		{"data of odd size", 7, 3, func(c *Chunk) { c.Data = c.Data[:100] }, erasure.ErrShardSize},
		{"no data", 7, 3, func(c *Chunk) { c.Data = nil }, erasure.ErrShardSize},
		{"inner node as chunk", 7, 3, func(c *Chunk) {
			c.Data = slices.Concat(c.Proof[0][:], c.Proof[1][:])
		}, ErrProof},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := clone(chunks[c.index])
			c.change(&got)
			if err := Verify(root, c.n, got.Index, got.Data, got.Proof); !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
		})
	}
}

func TestRecoverRefuses(t *testing.T) {
	_, root, chunks := encoded(t, 3000, 10) // k = 4
	for _, c := range []struct {
		name   string
		change func(c []Chunk) []Chunk
		want   error
	}{
		{"exactly k", func(c []Chunk) []Chunk { return c[3:7] }, nil},
		{"k-1", func(c []Chunk) []Chunk { return c[3:6] }, erasure.ErrTooFew},
		{"one twice", func(c []Chunk) []Chunk { return append(c[3:6], c[4]) }, erasure.ErrDuplicate},
		{"one more, wrong", func(c []Chunk) []Chunk { c[8].Data[0]++; return c }, ErrProof},
		{"sizes differ", func(c []Chunk) []Chunk { c[8].Data = c[8].Data[:64]; return c }, erasure.ErrShardSize},
		{"index too high", func(c []Chunk) []Chunk { c[8].Index = 10; return c }, erasure.ErrIndex},
		{"proof too long", func(c []Chunk) []Chunk { c[0].Proof = make([][32]byte, 5); return c }, ErrDepth},
	} {
		t.Run(c.name, func(t *testing.T) {
			all := make([]Chunk, len(chunks))
			for i := range all {
				all[i] = clone(chunks[i])
			}
			_, err := Recover(10, root, c.change(all))
			if !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
		})
	}
	root[0]++
	if _, err := Recover(10, root, chunks); !errors.Is(err, ErrProof) {
		t.Fatalf("other root: got %v, want %v", err, ErrProof)
	}
}

func TestUnpad(t *testing.T) {
	payload, root, chunks := encoded(t, 1000, 10) // 4 data shards of 256 bytes
	padded, err := Recover(10, root, chunks)
	if err != nil {
		t.Fatal(err)
	}
	length := func(n int) func([]byte) (int, error) {
		return func([]byte) (int, error) { return n, nil }
	}
	if got, err := Unpad(10, padded, length(1000)); err != nil || !bytes.Equal(got, payload) {
		t.Fatalf("got %v, want the payload", err)
	}
	broken := errors.New("broken")
	for _, c := range []struct {
		name   string
		n      int
		padded []byte
		length func([]byte) (int, error)
		want   error
	}{
		{"tail not zero", 10, padded, length(999), ErrTail},
		{"last byte not zero", 10, append(padded[:1023:1023], 1), length(1000), ErrTail},
		{"negative", 10, padded, length(-1), ErrTail},
		{"longer than the data", 10, padded, length(1025), ErrTail},
		{"does not decode", 10, padded, func([]byte) (int, error) { return 0, broken }, broken},
		{"a block of zeros too many", 10, make([]byte, 2*4*64), length(256), ErrTail},
		{"all zeros, none needed", 10, make([]byte, 2*4*64), length(0), ErrTail},
		{"more than a payload can be", 10_000, make([]byte, 3334*5056), length(erasure.MaxPayload + 1), erasure.ErrPayloadSize},
		{"no validators", 0, padded, length(1000), erasure.ErrValidatorCount},
	} {
		if _, err := Unpad(c.n, c.padded, c.length); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
}

// TestLargestPadding: the padded form of the largest payload is larger than a
// payload may be, and still recovers.
func TestLargestPadding(t *testing.T) {
	if testing.Short() {
		t.Skip("16 MiB")
	}
	payload, root, chunks := encoded(t, erasure.MaxPayload, 100)
	padded, err := Recover(100, root, chunks[66:])
	if err != nil {
		t.Fatal(err)
	}
	if len(padded) <= erasure.MaxPayload {
		t.Fatalf("padded to %d bytes, want more than %d", len(padded), erasure.MaxPayload)
	}
	got, err := Unpad(100, padded, func([]byte) (int, error) { return len(payload), nil })
	if err != nil || !bytes.Equal(got, payload) {
		t.Fatalf("got %v, want the payload", err)
	}
}

func TestEncodeRefuses(t *testing.T) {
	for _, n := range []int{-1, 0, 10_001} {
		if _, _, err := Encode(nil, n); !errors.Is(err, erasure.ErrValidatorCount) {
			t.Errorf("n=%d: got %v", n, err)
		}
	}
	for _, shards := range [][][]byte{nil, make([][]byte, 10_001)} {
		if _, err := Root(shards); !errors.Is(err, erasure.ErrValidatorCount) {
			t.Errorf("root of %d: got %v", len(shards), err)
		}
		if _, _, err := Proofs(shards); !errors.Is(err, erasure.ErrValidatorCount) {
			t.Errorf("proofs of %d: got %v", len(shards), err)
		}
	}
}

func TestMaxDepth(t *testing.T) {
	if got := proofLength(erasure.MaxValidators, 0); got != MaxDepth {
		t.Fatalf("longest proof has %d siblings, MaxDepth is %d", got, MaxDepth)
	}
}

func TestCodec(t *testing.T) {
	_, _, chunks := encoded(t, 500, 7)
	for _, c := range append(chunks, Chunk{}) {
		raw := scale.Marshal(&c)
		var got Chunk
		if err := scale.Unmarshal(raw, &got); err != nil {
			t.Fatal(err)
		}
		if got.Index != c.Index || !bytes.Equal(got.Data, c.Data) || !slices.Equal(got.Proof, c.Proof) {
			t.Fatalf("got %v, want %v", got, c)
		}
		for cut := range raw {
			if err := scale.Unmarshal(raw[:cut], &got); err == nil {
				t.Fatalf("%d of %d bytes were accepted", cut, len(raw))
			}
		}
	}
	deep := scale.Marshal(&Chunk{Proof: make([][32]byte, MaxDepth+1)})
	if err := scale.Unmarshal(deep, new(Chunk)); !errors.Is(err, scale.ErrLength) {
		t.Errorf("deep proof: got %v, want %v", err, scale.ErrLength)
	}
	huge := scale.AppendCompact(make([]byte, 4), erasure.MaxPayload+1)
	if err := scale.Unmarshal(huge, new(Chunk)); !errors.Is(err, scale.ErrLength) {
		t.Errorf("large data: got %v, want %v", err, scale.ErrLength)
	}
}
