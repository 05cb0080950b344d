package recovery

import (
	"context"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/rampart-chain/rampart/availability/distribution/wire"
	"github.com/rampart-chain/rampart/availability/recovery/plan"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// ask begins an ask of a validator. If it is not known which peer that is, it has
// failed already.
func (j *job) ask(ctx context.Context, id uint64, from primitives.ValidatorIndex, do func(context.Context, peer.ID) answer) []plan.Event {
	to, known := j.config.Peer(j.target.Receipt.Descriptor.SessionIndex, from)
	if !known {
		return []plan.Event{plan.Failed{ID: id}}
	}
	asking, cancel := context.WithCancel(ctx)
	j.asks[id] = asked{to, cancel}
	j.children.Go(func() {
		a := do(asking, to)
		a.id = id
		select {
		case j.answers <- a:
		case <-ctx.Done():
		}
	})
	return nil
}

// askChunk asks a peer for its chunk and checks it.
func (j *job) askChunk(ctx context.Context, to peer.ID, e plan.AskChunk) answer {
	request := wire.ChunkRequest{Candidate: j.candidate, Index: e.From}
	b, err := j.config.Requests.Do(ctx, to, protocol.Chunk, scale.Marshal(request))
	if err != nil {
		return answer{event: plan.Failed{ID: e.ID}}
	}
	c, err := j.commitment.Chunk(b, e.From)
	switch {
	case err != nil:
		return answer{event: plan.Lied{ID: e.ID}}
	case c == nil:
		return answer{event: plan.Absent{ID: e.ID}}
	}
	return answer{event: plan.Chunk{ID: e.ID}, chunk: c}
}

// askData asks a backer for all data and checks it.
func (j *job) askData(ctx context.Context, to peer.ID, e plan.AskData) answer {
	b, err := j.config.Requests.Do(ctx, to, protocol.AvailableData, scale.Marshal(wire.DataRequest{Candidate: j.candidate}))
	if err != nil {
		return answer{event: plan.Failed{ID: e.ID}}
	}
	data, err := j.commitment.Data(b)
	switch {
	case err != nil:
		return answer{event: plan.Lied{ID: e.ID}}
	case data == nil:
		return answer{event: plan.Absent{ID: e.ID}}
	}
	return answer{event: plan.Data{ID: e.ID}, data: data}
}

// decode returns a function that reads data from the start of padded bytes and
// returns how many it took.
func decode(data *primitives.AvailableData) func([]byte) (int, error) {
	return func(padded []byte) (int, error) {
		d := scale.NewDecoder(padded)
		data.DecodeSCALE(d)
		return d.Offset(), d.Err()
	}
}
