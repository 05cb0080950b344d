package parachainsystem

import (
	"github.com/rampart-chain/rampart/parachain/sdk/relaystate"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// SetValidationData brings what the block must know of the relay chain. It is an
// inherent, once per block.
//
//frame:call 0 weight=setValidationDataWeight(call.Amounts()) class=mandatory
type SetValidationData struct {
	ValidationData primitives.PersistedValidationData
	// RelayState is the proof of what package relaystate reads, each node
	// needed.
	RelayState [][]byte `scale:"max=16384"`
	// Downward is what waits in the relay chain's queue to this chain.
	Downward Queue
	// Horizontal is what waits in the channels to this chain, without empty
	// ones, ascending by sender.
	Horizontal []ChannelQueue `scale:"max=128"`
}

// Amounts returns what d weighs by: the nodes of the proof, the bytes of it and of
// the parent's head, the messages that are taken, their bytes, and the messages that
// are left for later.
func (d SetValidationData) Amounts() (nodes, bytes, messages, payload, later int) {
	nodes, bytes = len(d.RelayState), len(d.ValidationData.ParentHead)
	for _, node := range d.RelayState {
		bytes += len(node)
	}
	add := func(q Queue) {
		messages, later = messages+len(q.Taken), later+len(q.Later)
		for _, m := range q.Taken {
			payload += len(m.Data)
		}
	}
	add(d.Downward)
	for _, channel := range d.Horizontal {
		add(channel.Queue)
	}
	return nodes, bytes, messages, payload, later
}

// Dispatch makes the call.
func (d SetValidationData) Dispatch(c *frame.Context, origin frame.Origin) error {
	if err := frame.EnsureNone(origin); err != nil {
		return err
	}
	if _, twice := Inbound.Lookup(c.State); twice {
		return ErrSetTwice
	}
	data := d.ValidationData
	if data.ParentHead.Hash() != c.ParentHash {
		return ErrParentHead
	}
	last, following := RelayParent.Lookup(c.State)
	if following && data.RelayParentNumber <= last.Number {
		return ErrRelayParent
	}
	relay, err := relaystate.Verify(d.RelayState, data.RelayParentStorageRoot, ParachainId.Get(c.State))
	if err != nil {
		return err
	}
	segment, err := unincluded(c.State, c.ParentHash, relay.IncludedHead)
	if err != nil {
		return err
	}
	UnincludedSegment.Put(c.State, segment)
	RelayParent.Put(c.State, Relay{
		Number: data.RelayParentNumber, StorageRoot: data.RelayParentStorageRoot, MaxPoVSize: data.MaxPoVSize,
		Slot: relay.Slot, SlotDuration: relay.SlotDuration,
		IncludedHead: relay.IncludedHead, Limits: relay.Limits, Egress: relay.Egress,
	})
	return d.take(c.State, relay)
}

// take checks the messages against the proven heads and keeps those that the
// block takes for their delivery.
func (d SetValidationData) take(s *frame.State, relay relaystate.State) error {
	var taken Delivery
	number := d.ValidationData.RelayParentNumber
	if err := takeDownward(s, d.Downward, relay.DownwardHead, &taken); err != nil {
		return err
	}
	if err := takeHorizontal(s, d.Horizontal, relay.Ingress, number); err != nil {
		return err
	}
	taken.Horizontal = merge(d.Horizontal)
	Inbound.Put(s, taken)
	return nil
}

func takeDownward(s *frame.State, q Queue, head primitives.Hash, out *Delivery) error {
	if len(q.Taken) == 0 && len(q.Later) > 0 {
		return ErrNoneTaken
	}
	taken, all := q.fold(LastDmqMqcHead.Get(s))
	if all != head {
		return ErrDownwardMessages
	}
	LastDmqMqcHead.Put(s, taken)
	ProcessedDownwardMessages.Put(s, uint32(len(q.Taken)))
	for _, m := range q.Taken {
		out.Downward = append(out.Downward, primitives.InboundDownwardMessage{SentAt: m.SentAt, Message: m.Data})
	}
	return nil
}

// takeHorizontal moves the watermark to number, or, if messages are left for
// later, to the block at which the last of those that are taken was sent.
func takeHorizontal(s *frame.State, queues []ChannelQueue, ingress []relaystate.Channel, number primitives.BlockNumber) error {
	last := HrmpWatermark.Get(s)
	watermark, err := newWatermark(queues, last, number)
	if err != nil {
		return err
	}
	before := LastHrmpMqcHeads.Get(s)
	var after []ChannelHead
	for _, channel := range ingress {
		var q Queue
		if len(queues) > 0 && queues[0].Sender == channel.Peer {
			q, queues = queues[0].Queue, queues[1:]
			if len(q.Taken)+len(q.Later) == 0 {
				return ErrChannels
			}
		}
		taken, all := q.fold(headOf(before, channel.Peer))
		if all != channel.Head {
			// The channel was closed and opened again: its chain begins anew.
			// Nothing that was taken before can come again by this, as all
			// messages here were sent after the last watermark.
			if taken, all = q.fold(primitives.Hash{}); all != channel.Head {
				return ErrHorizontalMessages
			}
		}
		if !taken.IsZero() {
			after = append(after, ChannelHead{Sender: channel.Peer, Head: taken})
		}
	}
	if len(queues) > 0 {
		return ErrChannels
	}
	LastHrmpMqcHeads.Put(s, after)
	HrmpWatermark.Put(s, watermark)
	return nil
}

// newWatermark returns the watermark of a block that takes of queues what they
// say: every message sent up to it and after last, and no other.
func newWatermark(queues []ChannelQueue, last, number primitives.BlockNumber) (primitives.BlockNumber, error) {
	newest, later := last, number+1
	for _, q := range queues {
		for _, m := range q.Queue.Taken {
			if m.SentAt <= last || m.SentAt > number {
				return 0, ErrHorizontalMessages
			}
			newest = max(newest, m.SentAt)
		}
		for _, m := range q.Queue.Later {
			if m.SentAt > number {
				return 0, ErrHorizontalMessages
			}
			later = min(later, m.SentAt)
		}
	}
	switch {
	case later > number: // none is left
		return number, nil
	case newest == last || later <= newest:
		return 0, ErrNoneTaken
	}
	return newest, nil
}

// merge returns the messages of queues that are taken in the order in which they
// were sent, and by sender where several were sent at once. Each queue is in that
// order, and so are the queues.
func merge(queues []ChannelQueue) []Received {
	var out []Received
	next := make([]int, len(queues))
	for {
		first := -1
		for i, q := range queues {
			if next[i] < len(q.Queue.Taken) && (first < 0 || q.Queue.Taken[next[i]].SentAt < queues[first].Queue.Taken[next[first]].SentAt) {
				first = i
			}
		}
		if first < 0 {
			return out
		}
		m := queues[first].Queue.Taken[next[first]]
		out = append(out, Received{Sender: queues[first].Sender, SentAt: m.SentAt, Data: m.Data})
		next[first]++
	}
}

func headOf(heads []ChannelHead, sender primitives.ParaID) primitives.Hash {
	for _, h := range heads {
		if h.Sender == sender {
			return h.Head
		}
	}
	return primitives.Hash{}
}
