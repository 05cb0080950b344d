package txpool

import (
	"encoding/binary"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// benchExtrinsic is the i-th of many: of account i/chain with nonce i%chain.
func benchExtrinsic(i int) primitives.Extrinsic {
	x := make([]byte, 150) // about a transfer
	binary.LittleEndian.PutUint32(x, uint32(i))
	return x
}

func benchTag(account, nonce int) Tag {
	return Tag(primitives.NonceTag(primitives.AccountID{byte(account), byte(account >> 8)}, primitives.Nonce(nonce)))
}

// benchParams has chains of transactions of that length.
func benchParams(chain int) Params {
	return Params{Provides: func(x primitives.Extrinsic) []Tag {
		i := int(binary.LittleEndian.Uint32(x))
		return []Tag{benchTag(i/chain, i%chain)}
	}}
}

var benchBest = primitives.BlockID{Number: 1}

// fill submits n transactions and answers each.
func fill(c *Core, n, chain int) {
	for i := range n {
		x := benchExtrinsic(i)
		c.Step(0, Submit{Request: RequestID(i), Extrinsic: x})
		v := Valid{Priority: uint64(i*7919%1000) + 1, Provides: c.params.Provides(x), Longevity: 64, Propagate: true}
		if i%chain > 0 {
			v.Requires = []Tag{benchTag(i/chain, i%chain-1)}
		}
		c.Step(0, Validated{Hash(x), benchBest, v})
	}
}

// BenchmarkFill fills a pool of 8,192; the time is of all of them.
func BenchmarkFill(b *testing.B) {
	for name, chain := range map[string]int{"chain=1": 1, "chain=64": 64} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				c := New(benchParams(chain), benchBest)
				fill(c, 8192, chain)
				if n := c.Counts(); n.Ready != 8192 {
					b.Fatalf("%+v", n)
				}
			}
		})
	}
}

// BenchmarkFull submits to a full pool what pushes out another.
func BenchmarkFull(b *testing.B) {
	c := New(benchParams(1), benchBest)
	fill(c, 8192, 1)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		x := benchExtrinsic(10_000 + i)
		c.Step(0, Submit{Request: RequestID(i), Extrinsic: x})
		c.Step(0, Validated{Hash(x), benchBest, Valid{Priority: uint64(2000 + i), Provides: c.params.Provides(x), Longevity: 64, Propagate: true}})
	}
}

// BenchmarkBlock draws a block of 2,000 out of 8,192 and takes it as the best.
func BenchmarkBlock(b *testing.B) {
	for name, chain := range map[string]int{"chain=1": 1, "chain=64": 64} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				b.StopTimer()
				c := New(benchParams(chain), benchBest)
				fill(c, 8192, chain)
				b.StartTimer()
				block := Block{ID: primitives.BlockID{Hash: primitives.Hash{1}, Number: 2}}
				for r := c.Ready(); len(block.Body) < 2000; {
					t, ok := r.Next()
					if !ok {
						b.Fatal("no more")
					}
					block.Body = append(block.Body, t.Extrinsic)
				}
				c.Step(0, NewBest{Enacted: []Block{block}})
				if n := c.Counts(); n.Ready != 6192 {
					b.Fatalf("%+v", n)
				}
			}
		})
	}
}

// BenchmarkReplaceHead replaces the first of a chain of 4,000 again and again:
// what depends on it must not be touched.
func BenchmarkReplaceHead(b *testing.B) {
	const chain = 4000
	c := New(benchParams(chain), benchBest)
	fill(c, chain, chain)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		x := benchExtrinsic(1_000_000 + i)
		c.Step(0, Submit{Request: RequestID(i), Extrinsic: x})
		c.Step(0, Validated{Hash(x), benchBest, Valid{Priority: uint64(5000 + i), Provides: []Tag{benchTag(0, 0)}, Longevity: 64, Propagate: true}})
	}
}
