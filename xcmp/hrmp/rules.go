package hrmp

import (
	"cmp"
	"slices"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Reason says why a channel cannot be, or why a candidate breaks the rules of
// horizontal messages.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons.
const (
	ErrMessageCount    = Reason("more horizontal messages than a candidate may have")
	ErrRecipientOrder  = Reason("horizontal messages are not strictly ascending by recipient")
	ErrNoChannel       = Reason("horizontal message to a para without a channel")
	ErrMessageSize     = Reason("horizontal message is too large for its channel")
	ErrChannelFull     = Reason("horizontal message finds no room in its channel")
	ErrWatermarkAhead  = Reason("watermark is ahead of the relay parent")
	ErrWatermarkStuck  = Reason("watermark does not advance")
	ErrWatermarkBlock  = Reason("watermark is at a block without messages")
	ErrChannelEnds     = Reason("channel from or to a para that is not registered, or from a para to itself")
	ErrChannelTwice    = Reason("channel exists twice")
	ErrChannelCapacity = Reason("channel capacity is 0 or above the limit")
	ErrChannelSize     = Reason("channel message size is 0 or above the limit")
	ErrChannelCount    = Reason("para has more channels than it may")
)

// Room is how much may still enter a channel.
type Room struct {
	Recipient primitives.ParaID
	// Messages and Bytes may still enter.
	Messages uint32
	Bytes    uint32
	// MaxMessageSize bounds one message, in bytes.
	MaxMessageSize uint32
}

// RoomFrom returns the Room of the channels from sender, by recipient ascending.
func RoomFrom(s *frame.State, sender primitives.ParaID) []Room {
	recipients := HrmpEgressChannelsIndex.Get(s, sender)
	rooms := make([]Room, len(recipients))
	for i, recipient := range recipients {
		c := HrmpChannels.Get(s, primitives.HRMPChannelID{Sender: sender, Recipient: recipient})
		rooms[i] = Room{Recipient: recipient, Messages: c.MaxCapacity - c.MsgCount, Bytes: c.MaxTotalSize - c.TotalSize, MaxMessageSize: c.MaxMessageSize}
	}
	return rooms
}

// CheckOutbound returns the Reason for which messages cannot be those of a
// candidate whose para has the rooms, by recipient ascending. maxCount bounds
// the messages.
func CheckOutbound(rooms []Room, messages []primitives.OutboundHRMPMessage, maxCount uint32) error {
	if uint64(len(messages)) > uint64(maxCount) {
		return ErrMessageCount
	}
	for i, m := range messages {
		if i > 0 && m.Recipient <= messages[i-1].Recipient {
			return ErrRecipientOrder
		}
		at, open := find(rooms, m.Recipient)
		switch {
		case !open:
			return ErrNoChannel
		case uint64(len(m.Data)) > uint64(rooms[at].MaxMessageSize):
			return ErrMessageSize
		case rooms[at].Messages == 0, uint64(len(m.Data)) > uint64(rooms[at].Bytes):
			return ErrChannelFull
		}
	}
	return nil
}

// Occupy returns the rooms that are left after messages, which CheckOutbound
// accepted, entered.
func Occupy(rooms []Room, messages []primitives.OutboundHRMPMessage) []Room {
	left := slices.Clone(rooms)
	for _, m := range messages {
		if at, open := find(left, m.Recipient); open {
			left[at].Messages--
			left[at].Bytes -= uint32(len(m.Data))
		}
	}
	return left
}

func find(rooms []Room, recipient primitives.ParaID) (at int, ok bool) {
	return slices.BinarySearchFunc(rooms, recipient, func(r Room, p primitives.ParaID) int { return cmp.Compare(r.Recipient, p) })
}

// Watermarks says to where the watermark of a para may move.
type Watermarks struct {
	// Last is where it is, nil if it never moved.
	Last *primitives.BlockNumber
	// Blocks are those after it at which messages were sent, ascending.
	Blocks []primitives.BlockNumber
}

// WatermarksOf returns the Watermarks of para.
func WatermarksOf(s *frame.State, para primitives.ParaID) Watermarks {
	var w Watermarks
	if last, ok := HrmpWatermarks.Lookup(s, para); ok {
		w.Last = &last
	}
	for _, d := range HrmpChannelDigests.Get(s, para) {
		w.Blocks = append(w.Blocks, d.SentAt)
	}
	return w
}

// CheckWatermark returns the Reason for which a candidate built at relayParent
// cannot move the watermark to next: that must be the relay parent, or a block
// before it and after the last watermark at which messages were sent.
func CheckWatermark(w Watermarks, relayParent, next primitives.BlockNumber) error {
	switch _, sent := slices.BinarySearch(w.Blocks, next); {
	case next == relayParent:
		return nil
	case next > relayParent:
		return ErrWatermarkAhead
	case w.Last != nil && next <= *w.Last:
		return ErrWatermarkStuck
	case !sent:
		return ErrWatermarkBlock
	}
	return nil
}

// After returns the Watermarks once the watermark has moved to next.
func (w Watermarks) After(next primitives.BlockNumber) Watermarks {
	at, sent := slices.BinarySearch(w.Blocks, next)
	if sent {
		at++
	}
	return Watermarks{Last: &next, Blocks: w.Blocks[at:]}
}
