package chunk

import (
	"fmt"
	"testing"

	"github.com/rampart-chain/rampart/availability/erasure"
)

// sizes runs f for the usual validator counts and payloads.
func sizes(b *testing.B, f func(b *testing.B, payload []byte, n int)) {
	for _, n := range []int{4, 10, 100, 1000} {
		for _, mib := range []int{1, 5} {
			b.Run(fmt.Sprintf("n=%d/payload=%dMiB", n, mib), func(b *testing.B) {
				payload := pattern(mib<<20, 1)
				b.SetBytes(int64(len(payload)))
				b.ReportAllocs()
				f(b, payload, n)
			})
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	sizes(b, func(b *testing.B, payload []byte, n int) {
		for b.Loop() {
			if _, _, err := Encode(payload, n); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkRoot(b *testing.B) {
	sizes(b, func(b *testing.B, payload []byte, n int) {
		shards, err := erasure.Encode(payload, n)
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if _, err := Root(shards); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkRecover(b *testing.B) {
	for _, parity := range []bool{false, true} {
		b.Run(fmt.Sprintf("parity=%v", parity), func(b *testing.B) {
			sizes(b, func(b *testing.B, payload []byte, n int) {
				root, chunks, err := Encode(payload, n)
				if err != nil {
					b.Fatal(err)
				}
				k := (n-1)/3 + 1
				some := chunks[:k]
				if parity {
					some = chunks[n-k:]
				}
				for b.Loop() {
					if _, err := Recover(n, root, some); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	sizes(b, func(b *testing.B, payload []byte, n int) {
		root, chunks, err := Encode(payload, n)
		if err != nil {
			b.Fatal(err)
		}
		c := chunks[n/2]
		b.SetBytes(int64(len(c.Data)))
		for b.Loop() {
			if err := Verify(root, n, c.Index, c.Data, c.Proof); err != nil {
				b.Fatal(err)
			}
		}
	})
}
