package pvf

import (
	"bytes"
	"fmt"
	"testing"
)

func BenchmarkCheck(b *testing.B) {
	b.SetBytes(int64(len(guests["echo"])))
	for b.Loop() {
		if err := Check(guests["echo"], Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPrepare(b *testing.B) {
	for _, workers := range []int{1, 2} {
		b.Run(fmt.Sprintf("cold/workers=%d", workers), func(b *testing.B) {
			for b.Loop() {
				e := engine(b, Config{CompileWorkers: workers})
				artifact(b, e, guests["echo"])
			}
		})
	}
	b.Run("disk cache", func(b *testing.B) {
		dir := b.TempDir()
		artifact(b, engine(b, Config{CacheDir: dir}), guests["echo"])
		for b.Loop() {
			e := engine(b, Config{CacheDir: dir})
			artifact(b, e, guests["echo"])
		}
	})
	b.Run("engine only", func(b *testing.B) {
		for b.Loop() {
			engine(b, Config{})
		}
	})
}

func BenchmarkExecute(b *testing.B) {
	for _, c := range []struct {
		name string
		code []byte
		n    int
	}{
		{"tiny/params=10B", valid().encode(), 10},
		{"go/params=10B", guests["echo"], 10},
		{"go/params=1MiB", guests["echo"], 1 << 20},
		{"go/params=5MiB", guests["echo"], 5 << 20},
	} {
		b.Run(c.name, func(b *testing.B) {
			a := artifact(b, engine(b, Config{CacheDir: compiled}), c.code)
			params := bytes.Repeat([]byte{1}, c.n)
			b.SetBytes(int64(c.n))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := a.Execute(params[:min(c.n, len(params))], Limits{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
