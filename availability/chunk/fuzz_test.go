package chunk

import (
	"bytes"
	"testing"

	"github.com/rampart-chain/rampart/availability/erasure"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// FuzzDecodeChunk: only the canonical encoding is accepted, and verifying what
// was decoded never panics.
func FuzzDecodeChunk(f *testing.F) {
	_, root, chunks := encoded(f, 500, 7)
	for i := range chunks {
		f.Add(scale.Marshal(&chunks[i]), uint16(7))
	}
	f.Add([]byte{}, uint16(1))
	f.Add(scale.Marshal(&Chunk{Index: 1<<32 - 1, Data: make([]byte, 64)}), uint16(10_000))
	f.Fuzz(func(t *testing.T, raw []byte, n uint16) {
		decode := func(d *scale.Decoder) *Chunk { c := new(Chunk); c.DecodeSCALE(d); return c }
		if err := scaletest.Enum(t, raw, decode, func(b []byte, c *Chunk) []byte { return c.AppendSCALE(b) }); err != nil {
			return
		}
		var c Chunk
		if err := scale.Unmarshal(raw, &c); err != nil {
			t.Fatal(err)
		}
		if err := Verify(root, int(n), c.Index, c.Data, c.Proof); err == nil {
			if !bytes.Equal(c.Data, chunks[c.Index].Data) {
				t.Fatal("wrong data was accepted")
			}
		}
	})
}

// FuzzRecover cuts raw into chunks with arbitrary indices under a root that
// commits to whatever they are: whatever comes back must be an encoding.
func FuzzRecover(f *testing.F) {
	f.Add(uint16(4), []byte{0, 1, 2, 3}, pattern(256, 1))
	f.Add(uint16(1), []byte{0}, pattern(64, 1))
	f.Add(uint16(7), []byte{0, 0, 9}, pattern(200, 1))
	f.Fuzz(func(t *testing.T, n uint16, indices, raw []byte) {
		if n == 0 || n > 64 || len(raw) < int(n) {
			return
		}
		size := len(raw) / int(n)
		shards := make([][]byte, n)
		for i := range shards {
			shards[i] = raw[i*size : (i+1)*size]
		}
		root, proofs, err := Proofs(shards)
		if err != nil {
			t.Fatal(err)
		}
		var chunks []Chunk
		for _, i := range indices {
			c := Chunk{Index: erasure.Index(i)}
			if int(i) < len(shards) {
				c.Data, c.Proof = shards[i], proofs[i]
			}
			chunks = append(chunks, c)
		}
		padded, err := Recover(int(n), root, chunks)
		if err != nil {
			return
		}
		again, err := erasure.Extend(padded, int(n))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Root(again); err != nil || got != root {
			t.Fatalf("accepted what is not an encoding, %v", err)
		}
	})
}
