package distribution

import (
	"context"
	"fmt"

	"github.com/libp2p/go-libp2p/core/peer"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/availability/chunk"
	"github.com/rampart-chain/rampart/availability/chunkstore"
	"github.com/rampart-chain/rampart/availability/distribution/wire"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/network/request"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// answerer finds what a request asks for: the item, encoded, or nil if it is not
// held. An error that is not a request.Refusal blames the peer.
type answerer func(ctx context.Context, from peer.ID, b []byte) ([]byte, error)

// handler returns a Handler that bounds what a peer is served.
func (d *Distribution) handler(name protocol.Name, find answerer) request.Handler {
	return func(ctx context.Context, from peer.ID, b []byte) ([]byte, error) {
		if !d.quota.has(from, d.config.Now()) {
			d.metrics.served.WithLabelValues(string(name), "busy").Inc()
			return nil, request.Busy
		}
		item, err := find(ctx, from, b)
		switch {
		case err == request.Busy:
			d.metrics.served.WithLabelValues(string(name), "busy").Inc()
			return nil, err
		case err != nil:
			d.metrics.served.WithLabelValues(string(name), "malformed").Inc()
			d.config.Report(from, reputation.Malformed)
			return nil, fmt.Errorf("%w: %w", refusedMalformed, err)
		case item == nil:
			d.metrics.served.WithLabelValues(string(name), "absent").Inc()
			return wire.None(), nil
		}
		d.metrics.served.WithLabelValues(string(name), "served").Inc()
		d.quota.take(from, len(item), d.config.Now())
		return wire.Some(item), nil
	}
}

// answerChunk finds any chunk of a candidate: the own one, or as a backer all.
func (d *Distribution) answerChunk(ctx context.Context, from peer.ID, b []byte) ([]byte, error) {
	var r wire.ChunkRequest
	if err := scale.Unmarshal(b, &r); err != nil {
		return nil, err
	}
	if chunkstore.Part(r.Index) == chunkstore.AvailableData { // no chunk has this index
		return nil, nil
	}
	if chunks := d.encodings.get(r.Candidate); chunks != nil {
		return encoded(chunks, r.Index), nil
	}
	item, err := d.config.Store.Get(chunkstore.Key{Candidate: r.Candidate, Part: chunkstore.Part(r.Index)})
	if err == nil {
		return item, nil
	}
	if !d.config.Store.Has(chunkstore.Key{Candidate: r.Candidate, Part: chunkstore.AvailableData}) {
		return nil, nil
	}
	if !d.encodings.begin(ctx) {
		return nil, request.Busy
	}
	defer d.encodings.done()
	chunks := d.encodings.get(r.Candidate)
	if chunks == nil {
		chunks = d.encode(from, r.Candidate)
	}
	return encoded(chunks, r.Index), nil
}

// encode makes the chunks of stored data again, on the account of the peer that
// asks; nil if the data is not stored.
func (d *Distribution) encode(from peer.ID, candidate primitives.Hash) []chunk.Chunk {
	validators, payload := d.data(candidate)
	if payload == nil {
		return nil
	}
	d.quota.take(from, len(payload), d.config.Now())
	_, chunks, err := chunk.Encode(payload, validators)
	if err != nil { // it was encoded before it was stored
		d.config.Logger.Error("stored data cannot be encoded", zap.Stringer("candidate", candidate), zap.Error(err))
		return nil
	}
	d.metrics.encoded.Inc()
	d.encodings.put(candidate, chunks)
	return chunks
}

// encoded returns one of chunks, encoded; nil if there is no such index.
func encoded(chunks []chunk.Chunk, index primitives.ValidatorIndex) []byte {
	if int64(index) >= int64(len(chunks)) {
		return nil
	}
	return chunks[index].AppendSCALE(nil)
}

// answerData finds all data of a candidate.
func (d *Distribution) answerData(_ context.Context, _ peer.ID, b []byte) ([]byte, error) {
	var r wire.DataRequest
	if err := scale.Unmarshal(b, &r); err != nil {
		return nil, err
	}
	_, payload := d.data(r.Candidate)
	return payload, nil
}

// answerPoV finds the proof of validity of a candidate: the first field of its
// available data.
func (d *Distribution) answerPoV(_ context.Context, _ peer.ID, b []byte) ([]byte, error) {
	var r wire.PoVRequest
	if err := scale.Unmarshal(b, &r); err != nil {
		return nil, err
	}
	_, payload := d.data(r.Candidate)
	if payload == nil {
		return nil, nil
	}
	var pov primitives.PoV
	in := scale.NewDecoder(payload)
	pov.DecodeSCALE(in)
	return in.Since(0), nil
}
