package engine

import "github.com/rampart-chain/rampart/relay/primitives"

// NodeID is the number of a node, from 0.
type NodeID int

// Node is one simulated process.
type Node interface {
	// Handle takes one input at virtual time now, by the node's own clock, which
	// never decreases, and returns what the node does, in order.
	Handle(now primitives.Millis, in Input) []Output
	// Next returns when to give Wake; ok is false for never.
	Next() (at primitives.Millis, ok bool)
}

// Interrupted is a Node that can tell what it had put out when its process
// ended in the middle of an input.
type Interrupted interface{ Interrupted() []Output }

// Exited is what the observer is told when a process ends by itself, because of
// a disk that failed or at a named point.
type Exited struct{ Reason string }

// Input is what happens to a node.
type Input interface{ input() }

// Wake says that the time Next named has come. It is the first input after a
// start.
type Wake struct{}

// Delivered is a message: gossip if Topic is not empty, else sent to this node
// alone.
type Delivered struct {
	From  NodeID
	Topic string
	Data  []byte
	id    uint64 // stands for topic and data
}

// Connected says that the connection to Peer was made, or made again.
type Connected struct{ Peer NodeID }

// Local is the Payload of an After that ran out.
type Local struct{ Payload any }

func (Wake) input()      {}
func (Delivered) input() {}
func (Connected) input() {}
func (Local) input()     {}

// Output is what a node does.
type Output interface{ output() }

// Send sends Data to one peer.
type Send struct {
	To   NodeID
	Data []byte
}

// Publish gossips Data under Topic. It is dropped silently if this node saw the
// same data under the topic in the last Config.Seen milliseconds.
type Publish struct {
	Topic string
	Data  []byte
}

// Forward accepts the gossip message being handled: it is passed on.
type Forward struct{}

// After asks for Local{Payload} in Delay milliseconds, unless the node crashes
// before.
type After struct {
	Delay   primitives.Millis
	Payload any
}

// Note tells the observer something.
type Note struct{ Payload any }

func (Send) output()    {}
func (Publish) output() {}
func (Forward) output() {}
func (After) output()   {}
func (Note) output()    {}
