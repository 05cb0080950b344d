package oracle

import (
	"slices"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
	"github.com/rampart-chain/rampart/xcmp/mqc"
)

// Reason says why a block is invalid.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons.
const (
	ErrHead      = Reason("parent head does not decode")
	ErrBlock     = Reason("block does not decode")
	ErrCounter   = Reason("counter is not that of the parent plus what the block adds")
	ErrWatermark = Reason("watermark falls, or is ahead of the relay parent")
	ErrMessages  = Reason("messages taken are not those that were sent")
	ErrChain     = Reason("message queue chain is not that of the relay chain")
)

// Head is the head of a chain.
//
//frame:codec
type Head struct {
	Number    uint32
	Parent    primitives.Hash // of the head before
	Counter   uint64
	Watermark primitives.BlockNumber
	Channels  []Channel `scale:"max=64"`
}

// Channel says what the chain took from a sender.
//
//frame:codec
type Channel struct {
	Sender primitives.ParaID
	Taken  uint64
	Chain  primitives.Hash // head of the message queue chain
}

// Block is a block of a chain.
//
//frame:codec
type Block struct {
	Add       uint64
	Counter   uint64 // after the block
	Watermark primitives.BlockNumber
	Inbound   []Inbound                        `scale:"max=64"`
	Outbound  []primitives.OutboundHRMPMessage `scale:"max=256"`
	Padding   []byte                           `scale:"max=1048576"`
}

// Inbound is the messages that a block takes from a channel.
//
//frame:codec
type Inbound struct {
	Sender   primitives.ParaID
	Messages []primitives.InboundHRMPMessage `scale:"max=4096"`
}

// Genesis returns the first head of a chain.
func Genesis(para primitives.ParaID) primitives.HeadData {
	return Head{Counter: uint64(para) << 32}.AppendSCALE(nil)
}

// Waiting returns what a block at the relay block with the state s, on head, takes
// if it moves the watermark to watermark: by sender ascending, no empty ones.
func Waiting(s *frame.State, para primitives.ParaID, head Head, watermark primitives.BlockNumber) (out []Inbound) {
	for _, channel := range hrmp.InboundContents(s, para) {
		in := Inbound{Sender: channel.Sender}
		for _, m := range channel.Messages {
			if m.SentAt > head.Watermark && m.SentAt <= watermark {
				in.Messages = append(in.Messages, m)
			}
		}
		if len(in.Messages) > 0 {
			out = append(out, in)
		}
	}
	return out
}

// Validate executes a block of para. relay is the state after its relay parent. An
// error is a Reason: the block is invalid.
func Validate(p primitives.ValidationParams, para primitives.ParaID, relay *frame.State) (primitives.ValidationResult, error) {
	var head Head
	var block Block
	if scale.Unmarshal(p.ParentHead, &head) != nil {
		return primitives.ValidationResult{}, ErrHead
	}
	if scale.Unmarshal(p.BlockData, &block) != nil {
		return primitives.ValidationResult{}, ErrBlock
	}
	switch {
	case block.Counter != head.Counter+block.Add:
		return primitives.ValidationResult{}, ErrCounter
	case block.Watermark < head.Watermark, block.Watermark > p.RelayParentNumber:
		return primitives.ValidationResult{}, ErrWatermark
	case !same(block.Inbound, Waiting(relay, para, head, block.Watermark)):
		return primitives.ValidationResult{}, ErrMessages
	}
	next := Head{
		Number: head.Number + 1, Parent: p.ParentHead.Hash(), Counter: block.Counter, Watermark: block.Watermark,
		Channels: slices.Clone(head.Channels),
	}
	for _, in := range block.Inbound {
		next.take(in)
	}
	if !next.agrees(relay, para) {
		return primitives.ValidationResult{}, ErrChain
	}
	return primitives.ValidationResult{
		HeadData: next.AppendSCALE(nil), HorizontalMessages: block.Outbound, HRMPWatermark: block.Watermark,
	}, nil
}

func same(a, b []Inbound) bool {
	return slices.EqualFunc(a, b, func(x, y Inbound) bool {
		return x.Sender == y.Sender && slices.EqualFunc(x.Messages, y.Messages, func(m, n primitives.InboundHRMPMessage) bool {
			return m.SentAt == n.SentAt && string(m.Data) == string(n.Data)
		})
	})
}

// take notes messages of a channel.
func (h *Head) take(in Inbound) {
	i := slices.IndexFunc(h.Channels, func(c Channel) bool { return c.Sender == in.Sender })
	if i < 0 {
		h.Channels = append(h.Channels, Channel{Sender: in.Sender})
		i = len(h.Channels) - 1
	}
	h.Channels[i].Taken += uint64(len(in.Messages))
	h.Channels[i].Chain = mqc.HRMP(h.Channels[i].Chain, in.Messages)
}

// agrees reports whether what was taken, and what waits beyond the watermark, is
// all that the relay chain knows of each channel.
func (h *Head) agrees(relay *frame.State, para primitives.ParaID) bool {
	for _, channel := range hrmp.InboundContents(relay, para) {
		var chain, want primitives.Hash
		for _, c := range h.Channels {
			if c.Sender == channel.Sender {
				chain = c.Chain
			}
		}
		for _, m := range channel.Messages {
			if m.SentAt > h.Watermark {
				chain = mqc.Next(chain, m.SentAt, m.Data)
			}
		}
		id := primitives.HRMPChannelID{Sender: channel.Sender, Recipient: para}
		if head := hrmp.HrmpChannels.Get(relay, id).MqcHead; head != nil {
			want = *head
		}
		if chain != want {
			return false
		}
	}
	return true
}

// Cost returns how long it takes to execute the candidate with the hash: 50 to
// 400 ms.
func Cost(candidate primitives.Hash) primitives.Millis {
	return 50 + (primitives.Millis(candidate[0])|primitives.Millis(candidate[1])<<8)%351
}
