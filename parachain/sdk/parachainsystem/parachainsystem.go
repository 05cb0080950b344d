// Package parachainsystem is the pallet that makes a chain a parachain: it takes
// in what the relay chain says, delivers the messages of other chains, and sends
// this chain's own.
//
// Once per block an inherent, SetValidationData, brings the relay parent, a proof
// of what the para needs to know of the relay chain's state, and the inbound
// messages. Messages are checked against the heads of the message queue chains in
// the proven state, so that none can be left out, added, changed, moved or given
// twice. They reach the chain's Handlers after the last extrinsic. What the chain
// sends waits in queues in its state until the relay chain has room for it.
//
// When more messages wait than a block should take, it takes the oldest, and of
// the rest only hashes, which show that what was taken comes before them.
//
// It does not decide who may author (package collators does), and what a message
// means is up to the Handlers.
//
// Source: polkadot-sdk cumulus/pallets/parachain-system.
//
//frame:pallet ParachainSystem
package parachainsystem

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen

import (
	"github.com/rampart-chain/rampart/parachain/sdk/relaystate"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// storage of the pallet.
//
//frame:storage
type storage struct {
	// ParachainId is the chain's id on the relay chain.
	ParachainId primitives.ParaID
	// RelayParent is what the present block knows of the relay chain.
	RelayParent Relay
	// HrmpWatermark is the relay-chain block up to which inbound messages of
	// other chains were taken.
	HrmpWatermark primitives.BlockNumber
	// ProcessedDownwardMessages is how many messages of the relay chain the
	// present block takes.
	ProcessedDownwardMessages uint32
	// LastDmqMqcHead is the head of the message queue chain of the relay
	// chain's messages, as far as they were taken.
	LastDmqMqcHead primitives.Hash
	// LastHrmpMqcHeads are the same for each channel, ascending by sender.
	LastHrmpMqcHeads []ChannelHead `scale:"max=128"`
	// Inbound is what the present block took, until it is delivered.
	Inbound Delivery
	// UpwardMessages are what the present block sends to the relay chain.
	UpwardMessages []primitives.UpwardMessage `scale:"max=16384"`
	// HrmpOutboundMessages are what the present block sends to other chains.
	HrmpOutboundMessages []primitives.OutboundHRMPMessage `scale:"max=16384"`
	// PendingUpwardMessages wait for room in the relay chain's queue.
	PendingUpwardMessages []primitives.UpwardMessage `scale:"max=16384"`
	// PendingRecipients are the chains for which messages wait, ascending.
	PendingRecipients []primitives.ParaID `scale:"max=128"`
	// PendingQueues say what waits for room in the channel to a chain.
	PendingQueues map[primitives.ParaID]Pages `frame:"twox_64_concat"`
	// PendingPages are what waits: blobs, the oldest first, each with its
	// length, as a message has them after its format.
	PendingPages map[PageID][]byte `frame:"twox_64_concat"`
	// UnincludedSegment is what the ancestors sent that the relay chain has
	// not included, the oldest first, the parent last.
	UnincludedSegment []Ancestor `scale:"max=64"`
}

// Relay is what a block knows of the relay chain.
//
//frame:codec
type Relay struct {
	Number      primitives.BlockNumber
	StorageRoot primitives.Hash
	// MaxPoVSize bounds the encoded proof of validity, in bytes. It is the
	// author's word: the relay chain checks it, the validation function cannot.
	MaxPoVSize   uint32
	Slot         primitives.Slot
	SlotDuration primitives.Millis
	// IncludedHead is the hash of the chain's included head.
	IncludedHead primitives.Hash
	Limits       relaystate.Limits
	// Egress are the channels from this chain, ascending by recipient.
	Egress []relaystate.Channel `scale:"max=128"`
}

// ChannelHead is the head of the message queue chain of a channel, as far as
// its messages were taken.
//
//frame:codec
type ChannelHead struct {
	Sender primitives.ParaID
	Head   primitives.Hash
}

// Pages says which pages are the queue to a chain: from First up to, without, End.
//
//frame:codec
type Pages struct {
	First uint32
	End   uint32
	// Bytes is the size of all of them.
	Bytes uint32
}

// PageID names a page of the queue to a chain.
//
//frame:codec
type PageID struct {
	Recipient primitives.ParaID
	Number    uint32
}

// Ancestor is a block that the relay chain has not included, with what it sent.
//
//frame:codec
type Ancestor struct {
	// Head is the hash of its header, zero as long as it is the present block.
	Head              primitives.Hash
	DownwardProcessed uint32
	UpwardCount       uint32
	UpwardSize        uint32
	Horizontal        []Sent `scale:"max=128"`
}

// Sent is that a block sent one message of size bytes to a chain.
//
//frame:codec
type Sent struct {
	Recipient primitives.ParaID
	Size      uint32
}

// Delivery is the messages that a block takes: those of the relay chain, then
// those of other chains.
//
//frame:codec
type Delivery struct {
	Downward   []primitives.InboundDownwardMessage `scale:"max=16384"`
	Horizontal []Received                          `scale:"max=16384"`
}

// Received is a message of another chain.
//
//frame:codec
type Received struct {
	Sender primitives.ParaID
	SentAt primitives.BlockNumber
	Data   []byte `scale:"max=1048576"`
}

// Error of the pallet.
//
//frame:errors
type Error uint8

// Errors.
const (
	// ErrSetTwice: the block brings validation data twice.
	ErrSetTwice Error = 0
	// ErrNotSet: the block brings no validation data.
	ErrNotSet Error = 1
	// ErrParentHead: the validation data is for another parent.
	ErrParentHead Error = 2
	// ErrRelayParent: the relay parent is not later than that of the parent.
	ErrRelayParent Error = 3
	// ErrIncludedHead: the included head is neither the parent nor an
	// unincluded ancestor.
	ErrIncludedHead Error = 4
	// ErrDownwardMessages: the messages of the relay chain are not those of
	// its queue.
	ErrDownwardMessages Error = 5
	// ErrHorizontalMessages: the messages of a channel are not those that wait
	// in it.
	ErrHorizontalMessages Error = 6
	// ErrChannels: the messages are not grouped by the open channels.
	ErrChannels Error = 7
	// ErrNoneTaken: messages wait and the block takes none of them, or leaves
	// one that was sent before one that it takes.
	ErrNoneTaken Error = 8
	// ErrNoChannel: there is no channel to the recipient.
	ErrNoChannel Error = 9
	// ErrMessageTooLarge: the message is larger than the relay chain allows.
	ErrMessageTooLarge Error = 10
	// ErrQueueFull: too much waits to be sent already.
	ErrQueueFull Error = 11
	// ErrFormat: the message is in a format that this chain does not read.
	ErrFormat Error = 12
	// ErrNoHandler: the chain takes no such messages.
	ErrNoHandler Error = 13
	// ErrUnincluded: too many ancestors are not included.
	ErrUnincluded Error = 14
)

// HorizontalMessageSent says that a message left for its channel.
//
//frame:event 0
type HorizontalMessageSent struct {
	Recipient primitives.ParaID
	// MessageHash is BLAKE2b-256 of the message, as in the recipient's
	// HorizontalMessageReceived.
	MessageHash primitives.Hash
}

// HorizontalMessageReceived says that a message of another chain was taken.
//
//frame:event 1
type HorizontalMessageReceived struct {
	Sender      primitives.ParaID
	SentAt      primitives.BlockNumber
	MessageHash primitives.Hash
}

// HorizontalMessageFailed says that a message of another chain, or one of the
// blobs in it, had no effect.
//
//frame:event 2
type HorizontalMessageFailed struct {
	Sender primitives.ParaID
	SentAt primitives.BlockNumber
	Error  frame.DispatchError
}

// DownwardMessageReceived says that a message of the relay chain was taken.
//
//frame:event 3
type DownwardMessageReceived struct {
	SentAt      primitives.BlockNumber
	MessageHash primitives.Hash
}

// DownwardMessageFailed says that a message of the relay chain had no effect.
//
//frame:event 4
type DownwardMessageFailed struct {
	SentAt primitives.BlockNumber
	Error  frame.DispatchError
}

// UpwardMessageSent says that a message left for the relay chain.
//
//frame:event 5
type UpwardMessageSent struct{ MessageHash primitives.Hash }

// Initialize begins a block: what the parent sent is no longer in the state.
func Initialize(c *frame.Context) error {
	UpwardMessages.Delete(c.State)
	HrmpOutboundMessages.Delete(c.State)
	ProcessedDownwardMessages.Delete(c.State)
	return nil
}

// Outputs returns what the block sends and how far it read, as parts of a
// ValidationResult without its head. s is the state after the block.
func Outputs(s *frame.State) primitives.ValidationResult {
	return primitives.ValidationResult{
		UpwardMessages:            UpwardMessages.Get(s),
		HorizontalMessages:        HrmpOutboundMessages.Get(s),
		ProcessedDownwardMessages: ProcessedDownwardMessages.Get(s),
		HRMPWatermark:             HrmpWatermark.Get(s),
	}
}
