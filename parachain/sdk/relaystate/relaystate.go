package relaystate

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen

import (
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/trie"
)

// MaxChannels bounds the channels to a para, and those from it.
const MaxChannels = 128

// MaxProofNodes bounds the nodes of a proof.
const MaxProofNodes = 1 << 14

// State is what a para knows of the relay chain's state.
type State struct {
	// Slot is that of the relay parent, SlotDuration how long slots are.
	Slot         primitives.Slot
	SlotDuration primitives.Millis
	Limits       Limits
	// IncludedHead is the hash of the para's included head.
	IncludedHead primitives.Hash
	// DownwardHead is the head of the message queue chain of the messages to
	// the para, zero before the first.
	DownwardHead primitives.Hash
	// Ingress and Egress are the channels to and from the para, strictly
	// ascending by peer.
	Ingress []Channel
	Egress  []Channel
}

// Limits bound what a candidate of the para may send.
//
//frame:codec
type Limits struct {
	// MaxUpwardMessageSize is in bytes, the other two are in messages.
	MaxUpwardMessageSize            uint32
	MaxUpwardMessageNumPerCandidate uint32
	HrmpMaxMessageNumPerCandidate   uint32
	// UpwardCount messages of UpwardSize bytes together find room in the
	// para's upward queue.
	UpwardCount uint32
	UpwardSize  uint32
}

// Channel is an HRMP channel as its ends see it. Sizes are in bytes.
//
//frame:codec
type Channel struct {
	// Peer is the other end.
	Peer primitives.ParaID
	// MaxCapacity bounds the messages waiting, MaxTotalSize their bytes,
	// MaxMessageSize the bytes of one.
	MaxCapacity    uint32
	MaxTotalSize   uint32
	MaxMessageSize uint32
	// MsgCount messages of TotalSize bytes together wait.
	MsgCount  uint32
	TotalSize uint32
	// Head is the head of the message queue chain, zero before the first
	// message.
	Head primitives.Hash
}

// Reason says why the state of the relay chain, as proven, is not one that a
// para can build on.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons. Those of package trie come besides.
const (
	ErrMissing = Reason("relay chain state lacks a value that every relay chain has")
	ErrValue   = Reason("value in the relay chain state does not decode")
	ErrHead    = Reason("relay chain does not know the para")
)

// Read returns what para needs of the relay chain's state with the storage root.
// It returns a Reason, or an error of src.
func Read(src trie.Source, root primitives.Hash, para primitives.ParaID) (State, error) {
	r := reader{trie: trie.New(src, root, trie.V1), para: para}
	s := r.state()
	return s, r.err
}

// Verify is Read from a proof: a list of node encodings and detached values, all
// of which must be needed.
func Verify(proof [][]byte, root primitives.Hash, para primitives.ParaID) (State, error) {
	p := trie.ProofSource(proof)
	s, err := Read(p, root, para)
	if err != nil {
		return State{}, err
	}
	return s, p.CheckUsed()
}

// reader reads values; the first fault sticks.
type reader struct {
	trie *trie.Trie
	para primitives.ParaID
	err  error
}

func (r *reader) fail(err error) {
	if r.err == nil {
		r.err = err
	}
}

// get returns a decoder of the value at key, and whether there is one.
func (r *reader) get(key []byte) (*scale.Decoder, bool) {
	if r.err != nil {
		return scale.NewDecoder(nil), false
	}
	raw, err := r.trie.Get(key)
	if err != nil {
		r.fail(err)
	}
	return scale.NewDecoder(raw), raw != nil
}

// need is get of a value that must be there.
func (r *reader) need(key []byte, missing Reason) *scale.Decoder {
	d, ok := r.get(key)
	if !ok {
		r.fail(missing)
	}
	return d
}

// check fails if what was read of a value did not decode.
func (r *reader) check(d *scale.Decoder) {
	if d.Err() != nil {
		r.fail(ErrValue)
	}
}

func (r *reader) state() State {
	var s State
	d := r.need([]byte(CurrentSlot), ErrMissing)
	s.Slot = primitives.Slot(d.U64())
	r.check(d)
	d = r.need([]byte(SlotDuration), ErrMissing)
	s.SlotDuration = primitives.Millis(d.U64())
	r.check(d)
	if s.SlotDuration == 0 {
		r.fail(ErrValue)
	}
	s.Limits = r.limits()
	d = r.need(Head(r.para), ErrHead)
	s.IncludedHead = primitives.HeadData(d.Bytes(1 << 20)).Hash()
	r.check(d)
	if d, ok := r.get(DownwardHead(r.para)); ok {
		d.Fixed(s.DownwardHead[:])
		r.check(d)
	}
	for _, peer := range r.peers(Ingress(r.para)) {
		s.Ingress = append(s.Ingress, r.channel(HRMPChannel(peer, r.para), peer))
	}
	for _, peer := range r.peers(Egress(r.para)) {
		s.Egress = append(s.Egress, r.channel(HRMPChannel(r.para, peer), peer))
	}
	return s
}

// limits reads the head of Configuration.ActiveConfig, whose order of fields is
// fixed for parachains, and the room for upward messages, which is none if the
// relay chain does not say.
func (r *reader) limits() Limits {
	var l Limits
	d := r.need([]byte(ActiveConfig), ErrMissing)
	for range 4 { // max_code_size, max_head_data_size, max_upward_queue_count, max_upward_queue_size
		d.U32()
	}
	l.MaxUpwardMessageSize = d.U32()
	l.MaxUpwardMessageNumPerCandidate = d.U32()
	l.HrmpMaxMessageNumPerCandidate = d.U32()
	r.check(d)
	if d, ok := r.get(UpwardCapacity(r.para)); ok {
		l.UpwardCount, l.UpwardSize = d.U32(), d.U32()
		r.check(d)
	}
	return l
}

// peers reads an index of channels, empty if there is none.
func (r *reader) peers(key []byte) []primitives.ParaID {
	d, ok := r.get(key)
	if !ok {
		return nil
	}
	peers := scale.Slice(d, MaxChannels, 4, 4, func(p *primitives.ParaID) { *p = primitives.ParaID(d.U32()) })
	r.check(d)
	for i := 1; i < len(peers); i++ {
		if peers[i] <= peers[i-1] {
			r.fail(ErrValue)
		}
	}
	return peers
}

// channel reads a channel up to its deposits.
func (r *reader) channel(key []byte, peer primitives.ParaID) Channel {
	d := r.need(key, ErrMissing)
	c := Channel{Peer: peer, MaxCapacity: d.U32(), MaxTotalSize: d.U32(), MaxMessageSize: d.U32(), MsgCount: d.U32(), TotalSize: d.U32()}
	if d.Option() {
		d.Fixed(c.Head[:])
	}
	r.check(d)
	return c
}
