package relaychain

import (
	"encoding/binary"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

// Kinds of messages to one peer that carry requests of a protocol and answers.
const (
	kindAsk    = '?' // number of the call, protocol, request
	kindAnswer = '!' // number of the call, answer
)

// Protocols of requests.
const (
	askOffer     = 'o' // collation.Offer; collation.OfferAnswer
	askCollation = 'c' // collation.Request; collation.Answer
	askPoV       = 'p' // wire.PoVRequest; wire.PoVResponse
	askChunk     = 'k' // wire.ChunkRequest; wire.ChunkResponse
	askData      = 'd' // wire.DataRequest; wire.DataResponse
)

// patience is how long an answer is waited for, as network/protocol says: half a
// slot.
const patience = SlotMillis / 2

// calls are the requests of a node that are not answered yet.
type calls struct {
	emit func(engine.Output)
	last uint64
	open map[uint64]call
}

type call struct {
	to   engine.NodeID
	done func(now primitives.Millis, answer []byte, ok bool)
}

// callExpired is the end of a call's patience.
type callExpired struct{ id uint64 }

func (callExpired) paraEvent() {}

// ask sends a request; done is called once, with ok false if no answer comes.
func (c *calls) ask(now primitives.Millis, to engine.NodeID, protocol byte, request []byte, done func(now primitives.Millis, answer []byte, ok bool)) {
	if c.last == 0 {
		c.last = uint64(now) << 20 // answers to an earlier life of the node are for other numbers
	}
	c.last++
	c.open[c.last] = call{to, done}
	data := append(binary.LittleEndian.AppendUint64([]byte{kindAsk}, c.last), protocol)
	c.emit(engine.Send{To: to, Data: append(data, request...)})
	c.emit(engine.After{Delay: patience, Payload: callExpired{c.last}})
}

// answered takes in an answer.
func (c *calls) answered(now primitives.Millis, from engine.NodeID, data []byte) {
	if len(data) < 8 {
		return
	}
	id := binary.LittleEndian.Uint64(data)
	if open, ok := c.open[id]; ok && open.to == from {
		delete(c.open, id)
		open.done(now, data[8:], true)
	}
}

func (c *calls) expired(now primitives.Millis, e callExpired) {
	if open, ok := c.open[e.id]; ok {
		delete(c.open, e.id)
		open.done(now, nil, false)
	}
}

// asked is a request of a peer.
type asked struct {
	from     engine.NodeID
	protocol byte
	request  []byte
	number   []byte
}

// read takes a request apart; false if it is none.
func readAsked(from engine.NodeID, data []byte) (asked, bool) {
	if len(data) < 9 {
		return asked{}, false
	}
	return asked{from: from, number: data[:8], protocol: data[8], request: data[9:]}, true
}

// answer answers a request; nil is no answer at all.
func (c *calls) answer(a asked, data []byte) {
	if data != nil {
		c.emit(engine.Send{To: a.from, Data: append(append([]byte{kindAnswer}, a.number...), data...)})
	}
}
