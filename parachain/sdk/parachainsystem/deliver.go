package parachainsystem

import (
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// Handlers take the messages of a chain. A message is given once; if its handler
// returns an error, what the handler did is undone, an event tells the error, and
// the message is gone: a handler that must not lose what it was sent keeps it.
type Handlers struct {
	// Blob takes a blob that the chain from sent with Send, through the relay
	// block sentAt. The content is that chain's word and nothing more.
	Blob func(c *frame.Context, from primitives.ParaID, sentAt primitives.BlockNumber, blob []byte) error
	// Downward takes a message of the relay chain.
	Downward func(c *frame.Context, sentAt primitives.BlockNumber, message []byte) error
}

// Deliver gives what the block took to h: messages of the relay chain first, then
// those of other chains in the order in which they were sent, by sender where
// several were sent at once. ErrNotSet if no validation data came.
func (h Handlers) Deliver(c *frame.Context) error {
	taken, ok := Inbound.Lookup(c.State)
	if !ok {
		return ErrNotSet
	}
	Inbound.Delete(c.State)
	for _, m := range taken.Downward {
		c.Deposit(DownwardMessageReceived{SentAt: m.SentAt, MessageHash: primitives.Blake2b256(m.Message)})
		err := c.Transaction(func() error {
			if h.Downward == nil {
				return ErrNoHandler
			}
			return h.Downward(c, m.SentAt, m.Message)
		})
		if err != nil {
			c.Deposit(DownwardMessageFailed{SentAt: m.SentAt, Error: c.Pallets.DispatchError(err)})
		}
	}
	for _, m := range taken.Horizontal {
		c.Deposit(HorizontalMessageReceived{Sender: m.Sender, SentAt: m.SentAt, MessageHash: primitives.Blake2b256(m.Data)})
		if err := h.blobs(c, m); err != nil {
			c.Deposit(HorizontalMessageFailed{Sender: m.Sender, SentAt: m.SentAt, Error: c.Pallets.DispatchError(err)})
		}
	}
	return nil
}

// blobs gives the blobs in a message to the handler. What follows one that does
// not decode is not read.
func (h Handlers) blobs(c *frame.Context, m Received) error {
	d := scale.NewDecoder(m.Data)
	if d.U8() != FormatBlobs {
		return ErrFormat
	}
	if h.Blob == nil {
		return ErrNoHandler
	}
	for d.Remaining() > 0 {
		blob := d.Bytes(len(m.Data))
		if d.Err() != nil {
			return ErrFormat
		}
		err := c.Transaction(func() error { return h.Blob(c, m.Sender, m.SentAt, blob) })
		if err != nil {
			c.Deposit(HorizontalMessageFailed{Sender: m.Sender, SentAt: m.SentAt, Error: c.Pallets.DispatchError(err)})
		}
	}
	return nil
}
