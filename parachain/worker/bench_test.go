package worker

import (
	"strings"
	"testing"
)

func BenchmarkExecute(b *testing.B) {
	p := newPool(b, Config{})
	params := strings.Repeat("p", 1<<20)
	if _, err := call(p, echo, params); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(params)))
	for b.Loop() {
		if _, err := call(p, echo, params); err != nil {
			b.Fatal(err)
		}
	}
}
