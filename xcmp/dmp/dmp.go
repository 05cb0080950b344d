// Package dmp is the pallet of downward messages, from the relay chain to a
// parachain: one queue for each para, with the head of its message queue chain
// (package mqc), which the para reads by proof.
//
// A candidate says how many messages it processed; they leave the queue when it
// is included. Who sends is not decided here.
//
// Source: polkadot-sdk runtime/parachains/src/dmp.rs.
//
//frame:pallet Dmp
package dmp

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen

import (
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/xcmp/mqc"
)

// maxQueueBytes bounds a queue that is full of messages of the largest size, in
// bytes.
const maxQueueBytes = 32 << 20

// storage of the pallet.
//
//frame:storage
type storage struct {
	// DownwardMessageQueues holds the messages that a para did not process,
	// the oldest first.
	DownwardMessageQueues map[primitives.ParaID][]primitives.InboundDownwardMessage `frame:"twox_64_concat"`
	// DownwardMessageQueueHeads holds the head of the message queue chain of
	// every message ever sent to a para.
	DownwardMessageQueueHeads map[primitives.ParaID]primitives.Hash `frame:"twox_64_concat"`
}

// Reason says why a message cannot be sent, or why a candidate breaks the rules
// of downward messages.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons.
const (
	ErrMessageSize = Reason("downward message is too large")
	ErrQueueFull   = Reason("queue of downward messages is full")
	ErrNotAdvanced = Reason("candidate processes no downward message though one waits")
	ErrUnderflow   = Reason("candidate processes more downward messages than wait")
)

// Send puts message at the end of the queue of para in block now. maxSize is
// the largest size of a message, in bytes.
func Send(s *frame.State, para primitives.ParaID, now primitives.BlockNumber, message []byte, maxSize uint32) error {
	if uint64(len(message)) > uint64(maxSize) {
		return ErrMessageSize
	}
	queue := DownwardMessageQueues.Get(s, para)
	if len(queue) >= maxQueueBytes/int(max(maxSize, 1)) {
		return ErrQueueFull
	}
	DownwardMessageQueues.Put(s, para, append(queue, primitives.InboundDownwardMessage{SentAt: now, Message: message}))
	head := DownwardMessageQueueHeads.Get(s, para)
	DownwardMessageQueueHeads.Put(s, para, mqc.Next(head, now, message))
	return nil
}

// SentAt returns when the messages in the queue of para were sent, in order.
func SentAt(s *frame.State, para primitives.ParaID) []primitives.BlockNumber {
	queue := DownwardMessageQueues.Get(s, para)
	sent := make([]primitives.BlockNumber, len(queue))
	for i, m := range queue {
		sent[i] = m.SentAt
	}
	return sent
}

// Check returns the Reason for which a candidate built at relayParent cannot
// claim to have processed the first messages of a queue; sentAt is when those
// were sent. It must take at least one if one was there at its relay parent.
func Check(sentAt []primitives.BlockNumber, relayParent primitives.BlockNumber, processed uint32) error {
	if uint64(processed) > uint64(len(sentAt)) {
		return ErrUnderflow
	}
	if processed == 0 && len(sentAt) > 0 && sentAt[0] <= relayParent {
		return ErrNotAdvanced
	}
	return nil
}

// Prune takes the first processed messages, which Check accepted, from the queue
// of para.
func Prune(s *frame.State, para primitives.ParaID, processed uint32) {
	if processed == 0 {
		return
	}
	queue := DownwardMessageQueues.Get(s, para)
	if rest := queue[min(int(processed), len(queue)):]; len(rest) > 0 {
		DownwardMessageQueues.Put(s, para, rest)
	} else {
		DownwardMessageQueues.Delete(s, para)
	}
}
