package parachainsystem

import (
	"slices"

	"github.com/rampart-chain/rampart/parachain/sdk/relaystate"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// Formats of horizontal messages, in their first byte. Only blobs are made and
// read here.
//
// Source: polkadot-sdk cumulus/primitives/core, XcmpMessageFormat.
const (
	// FormatXCM is followed by XCMs.
	FormatXCM = 0
	// FormatBlobs is followed by byte strings, each with its length.
	FormatBlobs = 1
)

// Bounds of what may wait to be sent.
const (
	// maxPendingBytes bounds the queue to a chain, and the upward queue.
	maxPendingBytes = 256 << 10
	// maxPendingUpward bounds the upward queue, in messages.
	maxPendingUpward = 1024
	// PageBytes is how large a page may grow; a larger blob has its own.
	PageBytes = 8 << 10
)

// Send queues blob for the chain recipient: it will be delivered to its handler,
// once and in order, unless the channel is closed before. Blobs for one recipient
// share a message when there are several.
//
// ErrNoChannel, ErrMessageTooLarge or ErrQueueFull, and then nothing is queued.
func Send(c *frame.Context, recipient primitives.ParaID, blob []byte) error {
	s := c.State
	channel, ok := egress(RelayParent.Get(s).Egress, recipient)
	if !ok {
		return ErrNoChannel
	}
	encoded := scale.AppendBytes(nil, blob)
	if 1+len(encoded) > min(int(channel.MaxMessageSize), int(channel.MaxTotalSize)) {
		return ErrMessageTooLarge
	}
	queue := PendingQueues.Get(s, recipient)
	if int(queue.Bytes)+len(encoded) > maxPendingBytes {
		return ErrQueueFull
	}
	if queue.First == queue.End {
		recipients := PendingRecipients.Get(s)
		at, _ := slices.BinarySearch(recipients, recipient)
		if len(recipients) >= relaystate.MaxChannels {
			return ErrQueueFull
		}
		PendingRecipients.Put(s, slices.Insert(recipients, at, recipient))
	}
	var last []byte
	if queue.First < queue.End {
		last = PendingPages.Get(s, PageID{recipient, queue.End - 1})
	}
	if last == nil || len(last)+len(encoded) > PageBytes {
		last = nil
		queue.End++
	}
	PendingPages.Put(s, PageID{recipient, queue.End - 1}, append(last, encoded...))
	queue.Bytes += uint32(len(encoded))
	PendingQueues.Put(s, recipient, queue)
	return nil
}

// Waiting returns the blobs that wait for room in the channel to recipient, the
// oldest first.
func Waiting(s *frame.State, recipient primitives.ParaID) [][]byte {
	var blobs [][]byte
	queue := PendingQueues.Get(s, recipient)
	for number := queue.First; number < queue.End; number++ {
		d := scale.NewDecoder(PendingPages.Get(s, PageID{recipient, number}))
		for d.Remaining() > 0 {
			blobs = append(blobs, d.Bytes(maxPendingBytes))
		}
	}
	return blobs
}

// SendUpward queues message for the relay chain, to be sent when it has room.
//
// ErrMessageTooLarge or ErrQueueFull, and then nothing is queued.
func SendUpward(c *frame.Context, message primitives.UpwardMessage) error {
	if len(message) == 0 || uint64(len(message)) > uint64(RelayParent.Get(c.State).Limits.MaxUpwardMessageSize) {
		return ErrMessageTooLarge
	}
	waiting := PendingUpwardMessages.Get(c.State)
	size := len(message)
	for _, m := range waiting {
		size += len(m)
	}
	if len(waiting) >= maxPendingUpward || size > maxPendingBytes {
		return ErrQueueFull
	}
	PendingUpwardMessages.Put(c.State, append(waiting, message))
	return nil
}

func egress(channels []relaystate.Channel, recipient primitives.ParaID) (relaystate.Channel, bool) {
	for _, c := range channels {
		if c.Peer == recipient {
			return c, true
		}
	}
	return relaystate.Channel{}, false
}

// Finalize ends a block: what waits and finds room is sent. It must follow
// everything that sends. ErrUnincluded if too many ancestors wait for inclusion.
func Finalize(c *frame.Context) error {
	relay := RelayParent.Get(c.State)
	segment := UnincludedSegment.Get(c.State)
	upward := sendUpward(c, relay, segment)
	horizontal := sendHorizontal(c, relay, segment)
	return extend(c.State, upward, horizontal)
}

func sendUpward(c *frame.Context, relay Relay, segment []Ancestor) []primitives.UpwardMessage {
	waiting := PendingUpwardMessages.Get(c.State)
	count, size := upwardUsed(segment)
	n := 0
	for n < len(waiting) && n < int(relay.Limits.MaxUpwardMessageNumPerCandidate) {
		count, size = count+1, size+uint64(len(waiting[n]))
		if count > uint64(relay.Limits.UpwardCount) || size > uint64(relay.Limits.UpwardSize) {
			break
		}
		c.Deposit(UpwardMessageSent{MessageHash: primitives.Blake2b256(waiting[n])})
		n++
	}
	if n == 0 {
		return nil
	}
	UpwardMessages.Put(c.State, waiting[:n])
	if n == len(waiting) {
		PendingUpwardMessages.Delete(c.State)
	} else {
		PendingUpwardMessages.Put(c.State, waiting[n:])
	}
	return waiting[:n]
}

// sendHorizontal makes one message for each recipient whose channel has room. If
// more wait than a candidate may send to, their turns move on with every block.
func sendHorizontal(c *frame.Context, relay Relay, segment []Ancestor) []primitives.OutboundHRMPMessage {
	s := c.State
	recipients := PendingRecipients.Get(s)
	if len(recipients) == 0 {
		return nil
	}
	first, turns := int(c.Number)%len(recipients), int(relay.Limits.HrmpMaxMessageNumPerCandidate)
	var sent []primitives.OutboundHRMPMessage
	var left []primitives.ParaID
	for i, to := range recipients {
		channel, open := egress(relay.Egress, to)
		if turn := (i + len(recipients) - first) % len(recipients); !open || turn >= turns {
			left = append(left, to)
			continue
		}
		data, more := unqueue(s, to, room(channel, segment))
		if len(data) > 0 {
			sent = append(sent, primitives.OutboundHRMPMessage{Recipient: to, Data: data})
			c.Deposit(HorizontalMessageSent{Recipient: to, MessageHash: primitives.Blake2b256(data)})
		}
		if more {
			left = append(left, to)
		}
	}
	if len(sent) > 0 {
		HrmpOutboundMessages.Put(s, sent)
	}
	if len(left) == 0 {
		PendingRecipients.Delete(s)
	} else if len(left) < len(recipients) {
		PendingRecipients.Put(s, left)
	}
	return sent
}

// room returns how large a message the channel can take now, in bytes, counting
// what unincluded ancestors sent; 0 if none.
func room(channel relaystate.Channel, segment []Ancestor) int {
	count, size := channelUsed(segment, channel.Peer)
	count += uint64(channel.MsgCount)
	size += uint64(channel.TotalSize)
	if count >= uint64(channel.MaxCapacity) || size >= uint64(channel.MaxTotalSize) {
		return 0
	}
	return int(min(uint64(channel.MaxMessageSize), uint64(channel.MaxTotalSize)-size))
}

// unqueue takes as much as a message of limit bytes holds from the queue to a
// chain. It returns the message, empty if nothing fits, and whether more waits.
func unqueue(s *frame.State, to primitives.ParaID, limit int) (data []byte, more bool) {
	queue := PendingQueues.Get(s, to)
	for queue.First < queue.End {
		id := PageID{to, queue.First}
		page := PendingPages.Get(s, id)
		n := fitting(page, limit-max(len(data), 1))
		if n == 0 {
			break
		}
		if len(data) == 0 {
			data = []byte{FormatBlobs}
		}
		data = append(data, page[:n]...)
		queue.Bytes -= uint32(n)
		if n < len(page) {
			PendingPages.Put(s, id, page[n:])
			break
		}
		PendingPages.Delete(s, id)
		queue.First++
	}
	if queue.First == queue.End {
		PendingQueues.Delete(s, to)
		return data, false
	}
	if len(data) > 0 {
		PendingQueues.Put(s, to, queue)
	}
	return data, true
}

// fitting returns the size of the first blobs of page that limit bytes hold.
func fitting(page []byte, limit int) int {
	if len(page) <= limit {
		return len(page)
	}
	d := scale.NewDecoder(page)
	n := 0
	for {
		d.Bytes(len(page))
		if d.Err() != nil || d.Offset() > limit {
			return n
		}
		n = d.Offset()
	}
}
