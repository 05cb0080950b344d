package backing

import "github.com/rampart-chain/rampart/relay/primitives"

const (
	// maxEarly bounds the messages that wait for their relay parent, and
	// maxEarlyOfPeer those of one peer.
	maxEarly, maxEarlyOfPeer = 256, 32
	// maxEarlyBytes bounds them together, in bytes.
	maxEarlyBytes = 2 * MaxMessage
)

// early are messages at a relay parent that may be a block still to come.
type early struct {
	messages []earlyMessage
	bytes    int
}

type earlyMessage struct {
	Received
	relayParent primitives.Hash
	size        int
}

// add keeps a statement if there is room.
func (e *early) add(ev Received) bool {
	m := earlyMessage{Received: ev}
	switch message := ev.Message.(type) {
	case Seconded:
		m.relayParent = message.Candidate.Descriptor.RelayParent
	case Valid:
		m.relayParent = message.RelayParent
	default:
		return false
	}
	ofPeer := 0
	for _, other := range e.messages {
		if other.From == ev.From {
			ofPeer++
		}
	}
	m.size = len(Encode(ev.Message))
	if ofPeer >= maxEarlyOfPeer || len(e.messages) >= maxEarly || e.bytes+m.size > maxEarlyBytes {
		return false
	}
	e.messages = append(e.messages, m)
	e.bytes += m.size
	return true
}

// take returns the messages whose relay parent is known now, in the order in which
// they came, and drops the others: summaries bring them again.
func (e *early) take(known func(primitives.Hash) bool) (out []Received) {
	for _, m := range e.messages {
		if known(m.relayParent) {
			out = append(out, m.Received)
		}
	}
	*e = early{}
	return out
}
