// Package hrmp is the pallet of horizontal messages, from parachain to parachain
// through the storage of the relay chain.
//
// A channel goes one way, from a sender to a recipient, and bounds how many
// messages and bytes may wait in it. Messages of a candidate enter their channels
// when the candidate is included; they leave when an included candidate of the
// recipient has moved its watermark past them. Each channel keeps the head of the
// message queue chain (package mqc) of all that ever went through it, which both
// ends read by proof.
//
// Channels come from genesis; opening and closing them later is not part of this
// package.
//
// Source: polkadot-sdk runtime/parachains/src/hrmp.rs.
//
//frame:pallet Hrmp
package hrmp

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen

import (
	"slices"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/xcmp/mqc"
)

// storage of the pallet.
//
//frame:storage
type storage struct {
	// HrmpWatermarks holds up to which relay-chain block a para has taken its
	// inbound messages.
	HrmpWatermarks map[primitives.ParaID]primitives.BlockNumber `frame:"twox_64_concat"`
	// HrmpChannels holds the open channels.
	HrmpChannels map[primitives.HRMPChannelID]Channel `frame:"twox_64_concat"`
	// HrmpIngressChannelsIndex holds the senders of the channels to a para,
	// ascending.
	HrmpIngressChannelsIndex map[primitives.ParaID][]primitives.ParaID `frame:"twox_64_concat"`
	// HrmpEgressChannelsIndex holds the recipients of the channels from a
	// para, ascending.
	HrmpEgressChannelsIndex map[primitives.ParaID][]primitives.ParaID `frame:"twox_64_concat"`
	// HrmpChannelContents holds the messages waiting in a channel, the oldest
	// first.
	HrmpChannelContents map[primitives.HRMPChannelID][]primitives.InboundHRMPMessage `frame:"twox_64_concat"`
	// HrmpChannelDigests holds the blocks at which messages to a para were
	// sent that it has not taken, ascending, with the senders.
	HrmpChannelDigests map[primitives.ParaID][]Digest `frame:"twox_64_concat"`
}

// Channel is a channel with its limits and what waits in it. Sizes are in bytes.
//
//frame:codec
//frame:path polkadot_runtime_parachains::hrmp::HrmpChannel
type Channel struct {
	// MaxCapacity bounds the messages waiting, MaxTotalSize their bytes,
	// MaxMessageSize the bytes of one.
	MaxCapacity    uint32
	MaxTotalSize   uint32
	MaxMessageSize uint32
	// MsgCount messages of TotalSize bytes together wait.
	MsgCount  uint32
	TotalSize uint32
	// MqcHead is the head of the message queue chain, nil before the first
	// message.
	MqcHead          *primitives.Hash
	SenderDeposit    primitives.Balance
	RecipientDeposit primitives.Balance
}

// Digest says who sent messages to a para at a block.
//
//frame:codec
type Digest struct {
	SentAt primitives.BlockNumber
	// Senders are ascending.
	Senders []primitives.ParaID
}

// Send puts messages of an included candidate of sender, which CheckOutbound
// accepted, into their channels in block now.
func Send(s *frame.State, sender primitives.ParaID, now primitives.BlockNumber, messages []primitives.OutboundHRMPMessage) {
	for _, m := range messages {
		id := primitives.HRMPChannelID{Sender: sender, Recipient: m.Recipient}
		channel, open := HrmpChannels.Lookup(s, id)
		if !open {
			continue // its contents went with the channel, and so does this
		}
		var head primitives.Hash
		if channel.MqcHead != nil {
			head = *channel.MqcHead
		}
		head = mqc.Next(head, now, m.Data)
		channel.MqcHead = &head
		channel.MsgCount++
		channel.TotalSize += uint32(len(m.Data))
		HrmpChannels.Put(s, id, channel)
		frame.Push(s, HrmpChannelContents, id, primitives.InboundHRMPMessage{SentAt: now, Data: m.Data})
		note(s, m.Recipient, sender, now)
	}
}

// note records that sender sent recipient a message in block now.
func note(s *frame.State, recipient, sender primitives.ParaID, now primitives.BlockNumber) {
	digests := HrmpChannelDigests.Get(s, recipient)
	if n := len(digests); n == 0 || digests[n-1].SentAt != now {
		digests = append(digests, Digest{SentAt: now})
	}
	last := &digests[len(digests)-1]
	if i, found := slices.BinarySearch(last.Senders, sender); !found {
		last.Senders = slices.Insert(last.Senders, i, sender)
	}
	HrmpChannelDigests.Put(s, recipient, digests)
}

// Advance moves the watermark of para, as CheckWatermark accepted, and drops the
// messages to it that were sent up to then.
func Advance(s *frame.State, para primitives.ParaID, watermark primitives.BlockNumber) {
	HrmpWatermarks.Put(s, para, watermark)
	digests := HrmpChannelDigests.Get(s, para)
	taken := 0
	var senders []primitives.ParaID
	for taken < len(digests) && digests[taken].SentAt <= watermark {
		senders = append(senders, digests[taken].Senders...)
		taken++
	}
	if taken == 0 {
		return
	}
	slices.Sort(senders)
	for _, sender := range slices.Compact(senders) {
		prune(s, primitives.HRMPChannelID{Sender: sender, Recipient: para}, watermark)
	}
	if taken == len(digests) {
		HrmpChannelDigests.Delete(s, para)
	} else {
		HrmpChannelDigests.Put(s, para, digests[taken:])
	}
}

// prune drops the messages of a channel that were sent up to watermark.
func prune(s *frame.State, id primitives.HRMPChannelID, watermark primitives.BlockNumber) {
	channel, open := HrmpChannels.Lookup(s, id)
	if !open {
		return
	}
	contents := HrmpChannelContents.Get(s, id)
	taken := 0
	for taken < len(contents) && contents[taken].SentAt <= watermark {
		channel.MsgCount--
		channel.TotalSize -= uint32(len(contents[taken].Data))
		taken++
	}
	HrmpChannels.Put(s, id, channel)
	if taken == len(contents) {
		HrmpChannelContents.Delete(s, id)
	} else {
		HrmpChannelContents.Put(s, id, contents[taken:])
	}
}

// Inbound is the messages waiting in a channel to a para.
type Inbound struct {
	Sender   primitives.ParaID
	Messages []primitives.InboundHRMPMessage
}

// InboundContents returns the channels to para with their contents, by sender
// ascending, empty ones too.
func InboundContents(s *frame.State, para primitives.ParaID) []Inbound {
	senders := HrmpIngressChannelsIndex.Get(s, para)
	out := make([]Inbound, len(senders))
	for i, sender := range senders {
		out[i] = Inbound{Sender: sender, Messages: HrmpChannelContents.Get(s, primitives.HRMPChannelID{Sender: sender, Recipient: para})}
	}
	return out
}
