package parachainsystem

import (
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/xcmp/mqc"
)

// Queue is the messages that wait in a queue, in order: those that the block
// takes, then hashes of those that it leaves for later.
//
//frame:codec
type Queue struct {
	Taken []primitives.InboundHRMPMessage `scale:"max=16384"`
	Later []Later                         `scale:"max=65536"`
}

// Later is a message that the block does not take.
//
//frame:codec
type Later struct {
	SentAt primitives.BlockNumber
	// Hash is BLAKE2b-256 of the encoded message.
	Hash primitives.Hash
}

// ChannelQueue is the Queue of the channel from Sender.
//
//frame:codec
type ChannelQueue struct {
	Sender primitives.ParaID
	Queue  Queue
}

// fold returns the heads of a message queue chain after the messages that are
// taken, and after all of them.
func (q Queue) fold(head primitives.Hash) (taken, all primitives.Hash) {
	taken = mqc.HRMP(head, q.Taken)
	all = taken
	for _, m := range q.Later {
		// As mqc.Next, from the hash of the message.
		link := scale.AppendU32(append([]byte(nil), all[:]...), uint32(m.SentAt))
		all = primitives.Blake2b256(append(link, m.Hash[:]...))
	}
	return taken, all
}

// split returns the Queue that takes the first n messages.
func split(messages []primitives.InboundHRMPMessage, n int) Queue {
	q := Queue{Taken: messages[:n:n]}
	for _, m := range messages[n:] {
		q.Later = append(q.Later, Later{SentAt: m.SentAt, Hash: primitives.Blake2b256(scale.AppendBytes(nil, m.Data))})
	}
	return q
}
