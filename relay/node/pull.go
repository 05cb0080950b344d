package node

import (
	"context"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/relay/scale"
)

// pullSubject says which part of the node messages of the pull path are for.
type pullSubject uint8

// Subjects.
const (
	pullGRANDPA      pullSubject = 0
	pullAuthorities  pullSubject = 1
	pullStatements   pullSubject = 2
	pullBitfields    pullSubject = 3
	pullTransactions pullSubject = 4
)

// maxPull bounds one request of the pull path, in bytes of messages. A single
// message may be larger.
const maxPull = 48 << 10

// packPull returns requests that carry the messages, in order:
// subject u8 ‖ Vec<Vec<u8>>.
func packPull(subject pullSubject, messages [][]byte) [][]byte {
	var payloads [][]byte
	for len(messages) > 0 {
		n, size := 0, 0
		for n < len(messages) && (n == 0 || size+len(messages[n]) <= maxPull) {
			size += len(messages[n])
			n++
		}
		payload := scale.AppendCompact([]byte{byte(subject)}, uint64(n))
		for _, m := range messages[:n] {
			payload = scale.AppendBytes(payload, m)
		}
		payloads, messages = append(payloads, payload), messages[n:]
	}
	return payloads
}

// unpackPull reads what packPull wrote.
func unpackPull(payload []byte) (pullSubject, [][]byte, error) {
	d := scale.NewDecoder(payload)
	subject := pullSubject(d.U8())
	messages := scale.Slice(d, 4096, 1, 24, func(m *[]byte) { *m = d.Bytes(len(payload)) })
	return subject, messages, d.Finish()
}

// receiver returns what takes messages about a subject; nil if this node takes
// none.
func (n *Node) receiver(subject pullSubject) func(context.Context, protocol.PeerID, []byte) (protocol.Verdict, error) {
	switch {
	case subject == pullGRANDPA:
		return n.finality.Receive
	case subject == pullAuthorities:
		return func(_ context.Context, from protocol.PeerID, data []byte) (protocol.Verdict, error) {
			return n.discovery.Receive(from, data)
		}
	case subject == pullTransactions:
		return n.transactions.Receive
	case subject == pullStatements && n.parachains != nil:
		return n.parachains.ReceiveStatement
	case subject == pullBitfields && n.parachains != nil:
		return n.parachains.ReceiveBitfield
	}
	return nil
}

// pulled hands messages that a peer sent to this node to the part they are for.
func (n *Node) pulled(ctx context.Context, from peer.ID, payload []byte) ([]byte, error) {
	subject, messages, err := unpackPull(payload)
	if err != nil {
		n.host.Report(from, reputation.Malformed)
		return nil, reputation.Malformed
	}
	receive := n.receiver(subject)
	if receive == nil {
		return nil, nil
	}
	for _, m := range messages {
		if verdict, reason := receive(ctx, protocol.PeerID(from), m); verdict == protocol.Reject {
			n.host.Report(from, reputation.InvalidMessage)
			return nil, reason
		}
	}
	return nil, nil
}
