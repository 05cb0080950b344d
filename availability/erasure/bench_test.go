package erasure

import (
	"fmt"
	"testing"
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
			if _, err := Encode(payload, n); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkReconstruct: every data shard is lost.
func BenchmarkReconstruct(b *testing.B) {
	sizes(b, func(b *testing.B, payload []byte, n int) {
		shards, err := Encode(payload, n)
		if err != nil {
			b.Fatal(err)
		}
		k := (n-1)/3 + 1
		last := numbered(shards)[n-k:]
		for b.Loop() {
			if _, err := Reconstruct(last, n); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkReconstructSystematic: every data shard is there.
func BenchmarkReconstructSystematic(b *testing.B) {
	sizes(b, func(b *testing.B, payload []byte, n int) {
		shards, err := Encode(payload, n)
		if err != nil {
			b.Fatal(err)
		}
		first := numbered(shards)[:(n-1)/3+1]
		for b.Loop() {
			if _, err := Reconstruct(first, n); err != nil {
				b.Fatal(err)
			}
		}
	})
}
