package distribution

import (
	"errors"
	"math"
	"testing"

	"github.com/rampart-chain/rampart/availability/chunkstore"
	"github.com/rampart-chain/rampart/availability/distribution/wire"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/request"
	"github.com/rampart-chain/rampart/relay/scale"
)

// FuzzServe asks a backer anything: what is answered verifies, or is absent, or
// the request was malformed; answers stay within the bounds of the protocol.
func FuzzServe(f *testing.F) {
	store, err := chunkstore.Open(f.TempDir())
	if err != nil {
		f.Fatal(err)
	}
	m, err := newMetrics(nil)
	if err != nil {
		f.Fatal(err)
	}
	d := &Distribution{config: Config{Store: store}.withDefaults(), metrics: m, encodings: newEncodings(1 << 20), quota: newQuota(math.MaxInt, math.MaxInt)}
	s := newSample(f, 1, 3000, 5)
	if err := store.Put(chunkstore.Key{Candidate: s.hash, Part: chunkstore.AvailableData}, packData(5, scale.Marshal(s.data)), 6); err != nil {
		f.Fatal(err)
	}
	alone := newSample(f, 2, 700, 5)
	if err := store.Put(chunkstore.Key{Candidate: alone.hash, Part: 3}, alone.chunks[3].AppendSCALE(nil), 6); err != nil {
		f.Fatal(err)
	}
	limits := map[protocol.Name]int{}
	for _, l := range protocol.Requests(slot) {
		limits[l.Name] = l.MaxResponse
	}
	f.Add(uint8(0), scale.Marshal(wire.ChunkRequest{Candidate: s.hash, Index: 4}))
	f.Add(uint8(0), scale.Marshal(wire.ChunkRequest{Candidate: s.hash, Index: 5}))
	f.Add(uint8(0), scale.Marshal(wire.ChunkRequest{Candidate: alone.hash, Index: 3}))
	f.Add(uint8(0), scale.Marshal(wire.ChunkRequest{Candidate: alone.hash, Index: math.MaxUint32}))
	f.Add(uint8(1), scale.Marshal(wire.DataRequest{Candidate: s.hash}))
	f.Add(uint8(2), scale.Marshal(wire.PoVRequest{Candidate: s.hash}))
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		name := []protocol.Name{protocol.Chunk, protocol.AvailableData, protocol.PoV}[which%3]
		find := []answerer{d.answerChunk, d.answerData, d.answerPoV}[which%3]
		answer, err := d.handler(name, find)(t.Context(), "p", data)
		if err != nil {
			if !errors.As(err, new(request.Refusal)) {
				t.Fatal(err)
			}
			return
		}
		if len(answer) > limits[name] {
			t.Fatalf("answer of %d bytes", len(answer))
		}
		for _, s := range []sample{s, alone} {
			c := wire.Commitment{Root: s.root, Validators: 5}
			var r wire.ChunkRequest
			if name != protocol.Chunk || scale.Unmarshal(data, &r) != nil || r.Candidate != s.hash {
				continue
			}
			if got, err := c.Chunk(answer, r.Index); err != nil || (got != nil) != (s.hash[0] == 1 && r.Index < 5 || r.Index == 3) {
				t.Fatalf("chunk %d: %v %v", r.Index, got, err)
			}
		}
	})
}
