package finality

import (
	"context"
	"fmt"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/grandpa"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// input is what the loop is told.
type input interface{ input() }

type (
	imported  struct{ chain.Imported }
	finalized struct{ chain.Finalized }
	connected struct{ peer protocol.PeerID }
	// received is a message of a peer; reply gets its verdict.
	received struct {
		event grandpa.Event
		reply chan grandpa.Verdict // capacity 1
	}
)

func (imported) input()  {}
func (finalized) input() {}
func (connected) input() {}
func (received) input()  {}

// Listener returns what the chain must tell the loop. It waits for room: the
// loop never waits for the chain.
func (f *Finality) Listener(ctx context.Context) chain.Listener {
	send := func(in input) {
		select {
		case f.inputs <- in:
		case <-ctx.Done():
		}
	}
	return chain.Listener{
		Imported:  func(i chain.Imported) { send(imported{i}) },
		Finalized: func(b chain.Finalized) { send(finalized{b}) },
	}
}

// Connected says that a peer connected: it is told what this node has.
func (f *Finality) Connected(peer protocol.PeerID) {
	select {
	case f.inputs <- connected{peer}:
	default: // the next slot does it
	}
}

// Receive judges an encoded message of a peer and takes it in. It waits for the
// loop, which waits for nobody; a full queue is Ignore.
func (f *Finality) Receive(ctx context.Context, from protocol.PeerID, data []byte) (protocol.Verdict, error) {
	message, err := grandpa.Decode(data)
	if err != nil {
		return protocol.Reject, err
	}
	if s, ok := message.(grandpa.Summary); ok && uint64(s.Set) > f.set.Load() {
		f.config.Behind(from)
	}
	return f.judge(ctx, grandpa.Received{From: grandpa.Peer(from), Message: message})
}

// ReceiveJustification judges the proof of finality of an imported block and
// finalizes the block if it holds.
func (f *Finality) ReceiveJustification(ctx context.Context, from protocol.PeerID, proof primitives.Justification) (protocol.Verdict, error) {
	if proof.Engine != primitives.EngineGRANDPA {
		return protocol.Ignore, nil
	}
	event := grandpa.JustificationReceived{From: grandpa.Peer(from)}
	if err := scale.Unmarshal(proof.Data, &event.Justification); err != nil {
		return protocol.Reject, err
	}
	return f.judge(ctx, event)
}

func (f *Finality) judge(ctx context.Context, event grandpa.Event) (protocol.Verdict, error) {
	in := received{event: event, reply: make(chan grandpa.Verdict, 1)}
	select {
	case f.inputs <- in:
	default:
		f.metrics.dropped.Inc()
		return protocol.Ignore, nil
	}
	select {
	case v := <-in.reply:
		return verdicts[v.Judgment], v.Reason
	case <-f.done:
		return protocol.Ignore, nil
	case <-ctx.Done():
		return protocol.Ignore, ctx.Err()
	}
}

var verdicts = map[grandpa.Judgment]protocol.Verdict{
	grandpa.Accept: protocol.Accept, grandpa.Ignore: protocol.Ignore, grandpa.Reject: protocol.Reject,
}

// hear returns signer.ErrForeign if the event carries a vote of an own key that
// the guard does not know: another node votes with the key, or this one did before
// its directory was restored from an old copy. Then peers do not repeat single
// votes of rounds that are over, but what they send to catch up has them.
func (f *Finality) hear(event grandpa.Event) error {
	message, ok := event.(grandpa.Received)
	if !ok {
		return nil
	}
	for _, vote := range grandpa.VotesOf(message.Message, f.keys) {
		payload := primitives.GRANDPAPayload(vote.Signed.Message, vote.Round, vote.Set)
		if !f.config.Verifier.Ed25519(vote.Signed.ID, payload, vote.Signed.Signature) {
			return nil // the core rejects it
		}
		if err := f.config.Signer.HeardVote(vote.Signed.ID, vote.Set, vote.Round, vote.Signed.Message); err != nil {
			return fmt.Errorf("vote in set %d, round %d: %w", vote.Set, vote.Round, err)
		}
	}
	return nil
}

// handle takes one input to the core.
func (f *Finality) handle(in input) error {
	switch in := in.(type) {
	case imported:
		if err := f.step(grandpa.BlockImported{Hash: in.Hash, Header: in.Header}); err != nil {
			return err
		}
		return f.step(grandpa.BestBlock{Hash: in.Best.Hash})
	case finalized:
		if err := f.step(grandpa.FinalizedElsewhere{Block: in.Block}); err != nil {
			return err
		}
		return f.step(grandpa.BestBlock{Hash: in.Best.Hash})
	case connected:
		f.summarize([]protocol.PeerID{in.peer})
	case received:
		if err := f.hear(in.event); err != nil {
			return err
		}
		f.judgment = grandpa.Verdict{}
		err := f.step(in.event)
		in.reply <- f.judgment
		return err
	}
	return nil
}
