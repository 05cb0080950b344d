package store

import (
	"encoding/binary"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto/hash"
	"github.com/rampart-chain/rampart/relay/primitives"
)

const benchAccounts = 100_000

func benchKey(i int) string {
	h := hash.Blake2b128(binary.LittleEndian.AppendUint32(nil, uint32(i)))
	return "0123456789abcdef" + string(h[:])
}

// benchStore has keys of 32 bytes with values of 80.
func benchStore(b *testing.B, keys int) (*Store, primitives.Header) {
	b.Helper()
	s := open(b, Config{Path: b.TempDir()})
	state := map[string][]byte{}
	for i := range keys {
		state[benchKey(i)] = make([]byte, 80)
	}
	return s, initGenesis(b, s, state)
}

func benchChanges(n, changes int) map[string][]byte {
	m := map[string][]byte{}
	for i := range changes {
		m[benchKey((n*7919+i*104729)%benchAccounts)] = binary.LittleEndian.AppendUint64(make([]byte, 72), uint64(n))
	}
	return m
}

func BenchmarkImport(b *testing.B) {
	for _, changes := range []int{10, 100, 1000} {
		b.Run(fmt.Sprintf("changes=%d", changes), func(b *testing.B) {
			s, g := benchStore(b, benchAccounts)
			in := child(b, s, g, "", benchChanges(1, changes))
			b.ReportMetric(float64(len(in.Diff.encode())), "diff-bytes")
			h, n := g, 0
			for b.Loop() {
				b.StopTimer()
				n++
				if n%8 == 0 {
					finalize(b, s, Finality{Hash: h.Hash()})
				}
				in := child(b, s, h, "", benchChanges(n, changes))
				h = in.Block.Header
				b.StartTimer()
				if err := s.Import(in); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkFinalize(b *testing.B) {
	for _, changes := range []int{10, 100, 1000} {
		b.Run(fmt.Sprintf("changes=%d", changes), func(b *testing.B) {
			s, h := benchStore(b, benchAccounts)
			n := 0
			for b.Loop() {
				b.StopTimer()
				n++
				h = grow(b, s, h, "", benchChanges(n, changes))
				b.StartTimer()
				finalize(b, s, Finality{Hash: h.Hash()})
			}
		})
	}
}

func BenchmarkView(b *testing.B) {
	s, h := benchStore(b, benchAccounts)
	s = reopen(b, s, Config{}) // everything into tables
	for n := 1; n <= 3; n++ {
		h = grow(b, s, h, "", benchChanges(n, 1000))
	}
	v := view(b, s, h)
	b.Run("get=cached", func(b *testing.B) {
		key := []byte(benchKey(77))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := v.Get(key); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("get=disk", func(b *testing.B) {
		s.cache.advance(0, nil) // about another head: no read uses it
		b.ReportAllocs()
		for n := 0; b.Loop(); n++ {
			if _, err := v.Get([]byte(benchKey(n % benchAccounts))); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("next", func(b *testing.B) {
		b.ReportAllocs()
		var key []byte
		for b.Loop() {
			next, ok, err := v.Next(key)
			if err != nil {
				b.Fatal(err)
			}
			if key = next; !ok {
				key = nil
			}
		}
	})
}

// BenchmarkMemory reports the resident memory and the disk that each of four open
// stores takes after b.N blocks of 50 changes, finalized three blocks later, in a
// state of 5,000 keys. It is at its busiest then: badger gives the buffers it built
// tables in back over the half minute that follows.
func BenchmarkMemory(b *testing.B) {
	debug.FreeOSMemory()
	before := resident(b)
	var stores []*Store
	var chains [][]primitives.Header
	for range 4 {
		s, g := benchStore(b, 5000)
		stores, chains = append(stores, s), append(chains, []primitives.Header{g})
	}
	b.ResetTimer()
	for n := 1; n <= b.N; n++ {
		for i, s := range stores {
			chains[i] = append(chains[i], grow(b, s, chains[i][n-1], "", benchChanges(n, 50)))
			if n > 3 {
				finalize(b, s, Finality{Hash: chains[i][n-3].Hash()})
			}
		}
	}
	b.StopTimer()
	debug.FreeOSMemory()
	b.ReportMetric(float64(resident(b)-before)/4/(1<<20), "MiB-resident/store")
	b.ReportMetric(float64(stores[0].Size())/(1<<20), "MiB-disk/store")
}

// resident returns the resident memory of this process, in bytes.
func resident(b *testing.B) int64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Skip("no /proc")
	}
	for line := range strings.Lines(string(status)) {
		var kib int64
		if n, _ := fmt.Sscanf(line, "VmRSS: %d kB", &kib); n == 1 {
			return kib << 10
		}
	}
	b.Fatal("no VmRSS")
	return 0
}
