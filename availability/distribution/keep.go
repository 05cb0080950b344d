package distribution

import (
	"context"
	"fmt"

	"github.com/rampart-chain/rampart/availability/chunk"
	"github.com/rampart-chain/rampart/availability/chunkstore"
	"github.com/rampart-chain/rampart/availability/distribution/plan"
	"github.com/rampart-chain/rampart/availability/erasure"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// Kept is the data of a candidate that this node backs.
type Kept struct {
	Candidate primitives.Hash
	// Root is the erasure root of its descriptor.
	Root primitives.Hash
	// Validators is how many active validators its session has, Own this node among
	// them.
	Validators int
	Own        primitives.ValidatorIndex
	// Number is that of its relay parent.
	Number primitives.BlockNumber
	Data   primitives.AvailableData
}

// Keep encodes the data, compares the root, stores data and own chunk, and keeps
// all chunks in memory for a while. After nil, what a backing statement promises
// is durable. It takes its time on the caller's goroutine.
//
// ErrErasureRoot if the candidate lies about its root: it must not be backed.
// Otherwise erasure.ErrValidatorCount, erasure.ErrPayloadSize, erasure.ErrIndex,
// or an error of chunkstore.Store.Put.
func (d *Distribution) Keep(ctx context.Context, k Kept) error {
	payload := scale.Marshal(k.Data)
	root, chunks, err := chunk.Encode(payload, k.Validators)
	switch {
	case err != nil:
		return err
	case root != k.Root:
		return ErrErasureRoot
	case int64(k.Own) >= int64(k.Validators):
		return erasure.ErrIndex
	}
	d.metrics.encoded.Inc()
	own := chunkstore.Key{Candidate: k.Candidate, Part: chunkstore.Part(k.Own)}
	if err := d.config.Store.Put(own, chunks[k.Own].AppendSCALE(nil), k.Number); err != nil {
		return fmt.Errorf("own chunk: %w", err)
	}
	all := chunkstore.Key{Candidate: k.Candidate, Part: chunkstore.AvailableData}
	if err := d.config.Store.Put(all, packData(k.Validators, payload), k.Number); err != nil {
		return fmt.Errorf("available data: %w", err)
	}
	d.encodings.put(k.Candidate, chunks)
	d.send(ctx, plan.Stored{Candidate: k.Candidate})
	return nil
}

// packData returns available data as it is stored: the number of validators it is
// split among, u32, then its encoding.
func packData(validators int, payload []byte) []byte {
	return append(scale.AppendU32(make([]byte, 0, 4+len(payload)), uint32(validators)), payload...)
}

// data returns the stored data of a candidate, encoded, and the number of
// validators it is split among; nil if it is not stored or damaged.
func (d *Distribution) data(candidate primitives.Hash) (validators int, payload []byte) {
	item, err := d.config.Store.Get(chunkstore.Key{Candidate: candidate, Part: chunkstore.AvailableData})
	if err != nil || len(item) < 4 {
		return 0, nil
	}
	n := scale.NewDecoder(item).U32()
	return int(n), item[4:]
}

// Data returns the available data of a candidate, if this node keeps it.
func (d *Distribution) Data(candidate primitives.Hash) (primitives.AvailableData, bool) {
	_, payload := d.data(candidate)
	if payload == nil {
		return primitives.AvailableData{}, false
	}
	var data primitives.AvailableData
	err := scale.Unmarshal(payload, &data)
	return data, err == nil
}

// Chunk returns the chunk of a candidate with this index, if it is stored.
func (d *Distribution) Chunk(candidate primitives.Hash, index primitives.ValidatorIndex) (chunk.Chunk, bool) {
	var c chunk.Chunk
	item, err := d.config.Store.Get(chunkstore.Key{Candidate: candidate, Part: chunkstore.Part(index)})
	if err != nil || scale.Unmarshal(item, &c) != nil || c.Index != erasure.Index(index) {
		return chunk.Chunk{}, false
	}
	return c, true
}
