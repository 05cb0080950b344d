// Package mqc is message queue chains: the hash by which both ends of a queue of
// messages know that none was lost, added, changed or moved.
//
// The relay chain keeps the head of the chain of each queue (the downward
// messages of a para, the messages of an HRMP channel) and extends it with every
// message; a parachain extends its own with every message that it takes, and
// compares. The same code runs on both sides.
//
//	head ‖ LE32(sent at) ‖ BLAKE2b-256(SCALE(message)) → BLAKE2b-256 → next head
//
// Source: polkadot-sdk runtime/parachains/src/{dmp,hrmp}.rs.
package mqc

import (
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// Next returns the head after a message that was sent at relay block sentAt.
// The head of an empty chain is the zero Hash. The message is hashed with its
// length prefix.
func Next(head primitives.Hash, sentAt primitives.BlockNumber, message []byte) primitives.Hash {
	digest := primitives.Blake2b256(scale.AppendBytes(nil, message))
	link := scale.AppendU32(head[:len(head):len(head)], uint32(sentAt))
	return primitives.Blake2b256(append(link, digest[:]...))
}

// Downward returns the head after messages.
func Downward(head primitives.Hash, messages []primitives.InboundDownwardMessage) primitives.Hash {
	for _, m := range messages {
		head = Next(head, m.SentAt, m.Message)
	}
	return head
}

// HRMP returns the head after messages of one channel.
func HRMP(head primitives.Hash, messages []primitives.InboundHRMPMessage) primitives.Hash {
	for _, m := range messages {
		head = Next(head, m.SentAt, m.Data)
	}
	return head
}
