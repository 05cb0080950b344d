package subsystem

import (
	"context"
	"errors"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/parachain/backing"
	"github.com/rampart-chain/rampart/parachain/collation"
	"github.com/rampart-chain/rampart/parachain/shared"
	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/failpoint"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// input is what the loop is told.
type input interface{ input() }

type (
	imported     struct{ chain.Imported }
	finalized    struct{ chain.Finalized }
	connected    struct{ peer protocol.PeerID }
	disconnected struct{ peer protocol.PeerID }
	// statement, offer and bitfieldHeard are messages of peers; reply gets
	// their verdict.
	statement struct {
		event backing.Received
		reply chan verdict // capacity 1
	}
	offer struct {
		event collation.Offered
		reply chan verdict // capacity 1
	}
	bitfieldHeard struct {
		from    protocol.PeerID
		message bitfieldMessage
		reply   chan verdict // capacity 1
	}
	// ownBitfield is a bitfield to sign.
	ownBitfield struct{ Bitfield }
	// wanted asks for what goes into a child of parent.
	wanted struct {
		parent primitives.Hash
		reply  chan Inherent // capacity 1
	}
)

func (imported) input()      {}
func (finalized) input()     {}
func (connected) input()     {}
func (disconnected) input()  {}
func (statement) input()     {}
func (offer) input()         {}
func (bitfieldHeard) input() {}
func (ownBitfield) input()   {}
func (wanted) input()        {}

// Inherent is what this node has for a relay block about parachains.
type Inherent struct {
	Bitfields  []primitives.SignedBitfield
	Candidates []primitives.BackedCandidate
}

// Listener returns what the chain must tell the loop. It waits for room: the
// loop never waits for the chain.
func (s *Subsystem) Listener(ctx context.Context) chain.Listener {
	send := func(in input) {
		select {
		case s.inputs <- in:
		case <-ctx.Done():
		}
	}
	return chain.Listener{
		Imported:  func(i chain.Imported) { send(imported{i}) },
		Finalized: func(f chain.Finalized) { send(finalized{f}) },
	}
}

// offerInput puts in into the queue if there is room.
func (s *Subsystem) offerInput(in input) bool {
	select {
	case s.inputs <- in:
		return true
	default:
		s.metrics.dropped.Inc()
		return false
	}
}

// Connected and Disconnected tell of peers.
func (s *Subsystem) Connected(peer protocol.PeerID) { s.offerInput(connected{peer}) }

// Disconnected says that a peer is gone.
func (s *Subsystem) Disconnected(peer protocol.PeerID) { s.offerInput(disconnected{peer}) }

// Inherent returns what this node has for a child of parent. It waits for the
// loop, which waits for nobody.
func (s *Subsystem) Inherent(ctx context.Context, parent primitives.Hash) Inherent {
	in := wanted{parent: parent, reply: make(chan Inherent, 1)}
	select {
	case s.inputs <- in:
	case <-s.done:
		return Inherent{}
	case <-ctx.Done():
		return Inherent{}
	}
	select {
	case out := <-in.reply:
		return out
	case <-s.done:
	case <-ctx.Done():
	}
	return Inherent{}
}

// ReceiveStatement judges an encoded statement or summary of a peer and takes it
// in. A full queue is Ignore.
func (s *Subsystem) ReceiveStatement(ctx context.Context, from protocol.PeerID, data []byte) (protocol.Verdict, error) {
	message, err := backing.Decode(data)
	switch {
	case errors.Is(err, backing.ErrMessageVersion), errors.Is(err, primitives.ErrDescriptor):
		return protocol.Ignore, err // the sender may be newer
	case err != nil:
		return protocol.Reject, err
	}
	in := statement{event: backing.Received{From: from, Message: message}, reply: make(chan verdict, 1)}
	return s.judge(ctx, in, in.reply)
}

// ReceiveBitfield judges an encoded bitfield or summary of a peer and takes it
// in. A full queue is Ignore.
func (s *Subsystem) ReceiveBitfield(ctx context.Context, from protocol.PeerID, data []byte) (protocol.Verdict, error) {
	message, err := decodeBitfieldMessage(data)
	if err != nil {
		return protocol.Reject, err
	}
	in := bitfieldHeard{from: from, message: message, reply: make(chan verdict, 1)}
	return s.judge(ctx, in, in.reply)
}

func (s *Subsystem) judge(ctx context.Context, in input, reply <-chan verdict) (protocol.Verdict, error) {
	if !s.offerInput(in) {
		return protocol.Ignore, nil
	}
	select {
	case v := <-reply:
		return v.judgment, v.reason
	case <-s.done:
		return protocol.Ignore, nil
	case <-ctx.Done():
		return protocol.Ignore, ctx.Err()
	}
}

// handle takes one input.
func (s *Subsystem) handle(ctx context.Context, in input) error {
	switch in := in.(type) {
	case imported:
		if s.config.Syncing() {
			return nil
		}
		return s.activate(ctx, in.Hash, in.Header)
	case finalized:
		return s.finalized(ctx, in.Finalized)
	case connected:
		s.summarize([]protocol.PeerID{in.peer})
	case disconnected:
		return s.stepCollation(ctx, collation.Disconnected{Peer: in.peer})
	case statement:
		s.verdict = verdict{judgment: protocol.Ignore}
		err := s.stepBacking(ctx, in.event)
		in.reply <- s.verdict
		return err
	case offer:
		s.verdict = verdict{judgment: protocol.Ignore}
		err := s.stepCollation(ctx, in.event)
		in.reply <- s.verdict
		return err
	case bitfieldHeard:
		v, err := s.hear(in.from, in.message)
		in.reply <- v
		return err
	case ownBitfield:
		return s.signBitfield(in.Bitfield)
	case wanted:
		in.reply <- Inherent{Bitfields: s.bitfieldsFor(in.parent), Candidates: s.backing.BackedCandidates(in.parent)}
		failpoint.Here(failpoint.InherentHanded)
	}
	return nil
}

// finalized ends leaves that can never be built on, and tells distribution.
func (s *Subsystem) finalized(ctx context.Context, f chain.Finalized) error {
	for _, pruned := range f.Pruned {
		if err := s.deactivate(ctx, pruned.Hash); err != nil {
			return err
		}
	}
	view, err := s.config.Store.View(f.Block.Hash)
	if err != nil {
		return nil // final, but discarded meanwhile
	}
	state := frame.NewState(view)
	index := shared.CurrentSessionIndex.Get(state)
	if state.Err() == nil {
		s.distribution.Finalized(ctx, f.Block.Number, index)
	}
	return nil
}
