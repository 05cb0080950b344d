package transactions

import (
	"context"
	"time"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/txpool"
)

// heard names an extrinsic of a peer that waits to be judged.
type heard struct {
	from txpool.Peer
	hash primitives.Hash
}

// maxJudging is how long an extrinsic from gossip may wait to be validated.
const maxJudging = 5 * time.Second

// ErrJudging: an extrinsic from gossip was not validated in time. The pool may keep it
// all the same.
const ErrJudging = txpool.Reason("transaction was not validated in time")

// Heard judges an extrinsic from gossip: protocol.Accept if neighbors may have it.
// It waits until the extrinsic was validated, five seconds at most.
func (p *Pool) Heard(from protocol.PeerID, x primitives.Extrinsic) (protocol.Verdict, error) {
	late := time.NewTimer(maxJudging)
	defer late.Stop()
	reply := make(chan txpool.Judged, 1)
	key := heard{txpool.Peer(from), txpool.Hash(x)}
	in := input{event: txpool.Heard{From: key.from, Extrinsic: x}, begin: func() { p.judged[key] = append(p.judged[key], reply) }}
	select {
	case p.inputs <- in:
	default:
		return protocol.Ignore, txpool.ErrBusy
	}
	select {
	case j := <-reply:
		switch j.Judgment {
		case txpool.Accept:
			return protocol.Accept, nil
		case txpool.Reject:
			return protocol.Reject, j.Reason
		}
		return protocol.Ignore, j.Reason
	case <-p.done:
		return protocol.Ignore, ErrStopped
	case <-late.C:
		return protocol.Ignore, ErrJudging
	}
}

// judge answers Heard. What is passed on was sent to the neighbors.
func (p *Pool) judge(j txpool.Judged) {
	key := heard{j.From, j.Hash}
	waiting := p.judged[key]
	if len(waiting) == 0 {
		return // it came with Receive: nobody waits
	}
	waiting[0] <- j // has room: an extrinsic is judged as often as it was heard
	if p.judged[key] = waiting[1:]; len(waiting) == 1 {
		delete(p.judged, key)
	}
}

// Receive takes an encoded Message of a neighbor. It does not wait for what comes of
// it: an extrinsic from here is not passed on by gossip, but others that lack it are
// sent it. Reject if it does not decode.
func (p *Pool) Receive(_ context.Context, from protocol.PeerID, data []byte) (protocol.Verdict, error) {
	d := scale.NewDecoder(data)
	message := DecodeMessage(d)
	if err := d.Finish(); err != nil {
		return protocol.Reject, err
	}
	var ev txpool.Event
	switch m := message.(type) {
	case Summary:
		ev = txpool.SummaryHeard{From: txpool.Peer(from), Summary: m.IDs}
	case Lacked:
		ev = txpool.Heard{From: txpool.Peer(from), Extrinsic: m.Extrinsic}
	}
	select {
	case p.inputs <- input{event: ev}:
	default: // the next summary makes up for it
	}
	return protocol.Accept, nil
}

// Connected tells a new neighbor of the pool, so that it sends what the pool lacks.
// It does not wait.
func (p *Pool) Connected(peer protocol.PeerID) {
	select {
	case p.inputs <- input{begin: func() { p.summarize([]protocol.PeerID{peer}) }}:
	default: // the next summary is due soon
	}
}

// summarize tells peers what the pool has.
func (p *Pool) summarize(peers []protocol.PeerID) {
	if len(peers) == 0 {
		return
	}
	summary := [][]byte{AppendMessage(nil, Summary{IDs: p.core.Summary()})}
	for _, peer := range peers {
		p.config.Send(peer, summary)
	}
}
