package erasure

import (
	"bytes"
	"testing"
)

// FuzzReconstruct takes any bytes for shards under any indices: what is
// reconstructed gives those shards again if there were just enough, and is
// within the bounds.
func FuzzReconstruct(f *testing.F) {
	f.Add(uint16(4), uint8(64), []byte{0, 3}, bytes.Repeat([]byte{1, 2, 3}, 100))
	f.Add(uint16(7), uint8(64), []byte{6, 5, 4}, bytes.Repeat([]byte{7}, 200))
	f.Add(uint16(1), uint8(64), []byte{0}, make([]byte, 64))
	f.Add(uint16(0), uint8(0), []byte{0, 0}, []byte{})
	f.Fuzz(func(t *testing.T, n uint16, size uint8, indices, raw []byte) {
		var shards []Shard
		for i, index := range indices {
			at := min(i*int(size), len(raw))
			shards = append(shards, Shard{Index: Index(index), Data: raw[at:min(at+int(size), len(raw))]})
		}
		n %= 300
		padded, err := Reconstruct(shards, int(n))
		if checked := Check(shards, int(n)); (err == nil) != (checked == nil) {
			t.Fatalf("Check says %v, Reconstruct %v", checked, err)
		}
		if err != nil {
			return
		}
		k, err := RecoveryThreshold(int(n))
		if err != nil || len(padded) != k*len(shards[0].Data) {
			t.Fatalf("%d bytes of %d shards of %d, %v", len(padded), k, len(shards[0].Data), err)
		}
		all, err := Extend(padded, int(n))
		if err != nil || len(all) != int(n) {
			t.Fatalf("%d shards, %v", len(all), err)
		}
		for _, s := range shards {
			if len(shards) == k && !bytes.Equal(all[s.Index], s.Data) {
				t.Fatalf("shard %d is another", s.Index)
			}
		}
	})
}
