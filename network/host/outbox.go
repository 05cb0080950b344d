package host

import (
	"slices"

	"github.com/libp2p/go-libp2p/core/peer"
)

// outbox holds the events that nobody has read yet. It leaves out what the reader
// need not know (a connect and a disconnect unread, a handshake that was repeated),
// so that it stays as small as the set of peers.
type outbox struct {
	pending []Event
	told    map[peer.ID]bool // peers that the reader takes for connected
}

// first returns the next event for the reader; false if there is none.
func (o *outbox) first() (Event, bool) {
	if len(o.pending) == 0 {
		return nil, false
	}
	return o.pending[0], true
}

// taken notes that the reader has read the first event.
func (o *outbox) taken() {
	switch e := o.pending[0].(type) {
	case PeerConnected:
		if o.told == nil {
			o.told = map[peer.ID]bool{}
		}
		o.told[e.ID] = true
	case PeerDisconnected:
		delete(o.told, e.ID)
	}
	o.pending = o.pending[1:]
}

// put adds e, which takes the place of an unread connect of the same peer.
func (o *outbox) put(e Event) {
	var id peer.ID
	switch e := e.(type) {
	case PeerConnected:
		id = e.ID
	case PeerDisconnected:
		id = e.ID
	}
	o.pending = slices.DeleteFunc(o.pending, func(p Event) bool {
		c, connect := p.(PeerConnected)
		return connect && c.ID == id
	})
	if _, disconnect := e.(PeerDisconnected); disconnect {
		if !o.told[id] || slices.Contains(o.pending, e) {
			return
		}
	}
	o.pending = append(o.pending, e)
}
