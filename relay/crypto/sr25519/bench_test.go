//go:build !wasip1

package sr25519_test

import (
	"fmt"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto/sr25519"
)

func BenchmarkSign(b *testing.B) {
	k, msg := sr25519.FromSeed([32]byte{1}), make([]byte, 100)
	b.ReportAllocs()
	for b.Loop() {
		k.Sign(msg, [32]byte{})
	}
}

func BenchmarkVerify(b *testing.B) {
	s := many(1)[0]
	b.ReportAllocs()
	for b.Loop() {
		if !sr25519.Verify(s.pub, s.msg, s.sig) {
			b.Fatal("refused")
		}
	}
}

func BenchmarkBatch(b *testing.B) {
	for _, n := range []int{64, 1024} {
		b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
			list := many(n)
			for b.Loop() {
				verify(list)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/signature")
		})
	}
}
