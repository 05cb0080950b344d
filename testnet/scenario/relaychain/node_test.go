package relaychain_test

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/rampart-chain/rampart/relay/babe"
	"github.com/rampart-chain/rampart/relay/forkchoice"
	"github.com/rampart-chain/rampart/relay/grandpa"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

// Gossip topics, and the kinds of messages to one peer.
const (
	topicBlocks   = "blocks"
	topicFinality = "finality"

	kindFinality      = 'm' // a message of the finality gadget
	kindBest          = 'h' // BlockID of the best block
	kindWant          = 'r' // BlockID wanted, and the height above which
	kindBlock         = 'b' // a block that was wanted
	kindWantProof     = 'j' // id of a set
	kindJustification = 'J' // the proof that ended it
)

// node is a validator: the cores, and what stands in for their shells.
type node struct {
	id    engine.NodeID
	world *world
	disk  *engine.Disk

	blocks  map[primitives.Hash]primitives.Block // all on disk
	orphans map[primitives.Hash][]primitives.Block
	states  map[primitives.Hash]*stateView // of the blocks in tree
	tree    *forkchoice.Tree
	epochs  *babe.Epochs
	author  *babe.Core
	builtOn primitives.Hash // what author was told is best
	voter   *grandpa.Core

	running     bool
	stepping    bool
	events      []grandpa.Event
	nextSummary primitives.Millis
	giveUpSync  primitives.Millis
	out         []engine.Output
}

// tapped is a node whose messages the observer sees.
type tapped struct{ *node }

func (t tapped) Handle(now primitives.Millis, in engine.Input) []engine.Output {
	var out []engine.Output
	for _, o := range t.node.Handle(now, in) {
		switch o.(type) {
		case engine.Send, engine.Publish:
			out = append(out, engine.Note{Payload: wireNote{o}})
		}
		out = append(out, o)
	}
	return out
}

func boot(w *world) func(engine.NodeID, *engine.Disk) engine.Node {
	return func(id engine.NodeID, disk *engine.Disk) engine.Node {
		n := &node{
			id: id, world: w, disk: disk,
			blocks:  map[primitives.Hash]primitives.Block{w.genesis.Hash(): {Header: w.genesis}},
			orphans: map[primitives.Hash][]primitives.Block{},
			states:  map[primitives.Hash]*stateView{},
		}
		n.author = babe.New(slotMillis, n.lastSealed())
		return tapped{n}
	}
}

// start takes up what the disk holds.
func (n *node) start(now primitives.Millis) {
	n.running = true
	n.nextSummary, n.giveUpSync = now+slotMillis, now+2*slotMillis
	if n.world.eager {
		n.giveUpSync = now
	}
	n.restoreChain()
	n.restoreVoter(now)
	n.emit(engine.Note{Payload: bootedNote{n.tree.Finalized()}})
	n.claim(now, babe.Keys{Keys: []primitives.SR25519Public{n.keys().Sr25519Public()}})
}

func (n *node) emit(o engine.Output) { n.out = append(n.out, o) }

func (n *node) Next() (primitives.Millis, bool) {
	at := n.nextSummary
	if t, ok := n.author.Next(); ok {
		at = min(at, t)
	}
	if t, ok := n.voter.Next(); ok {
		at = min(at, t)
	}
	return at, true
}

func (n *node) Handle(now primitives.Millis, in engine.Input) []engine.Output {
	n.out = nil
	if !n.running {
		n.start(now)
	}
	switch in := in.(type) {
	case engine.Wake:
		n.wake(now)
	case engine.Connected:
		n.greet(in.Peer)
	case engine.Local:
		n.local(now, in.Payload)
	case engine.Delivered:
		n.delivered(now, in)
	}
	n.refresh(now)
	return n.out
}

func (n *node) wake(now primitives.Millis) {
	if now >= n.nextSummary {
		n.nextSummary = now + slotMillis
		for peer := range n.world.keys {
			n.greet(engine.NodeID(peer))
		}
	}
	if now >= n.giveUpSync {
		n.claim(now, babe.Syncing{})
	}
	n.claim(now, babe.Wake{})
	n.step(now, grandpa.Wake{})
}

// greet tells a peer what this node has.
func (n *node) greet(peer engine.NodeID) {
	n.send(peer, kindFinality, grandpa.Encode(n.voter.Summary()))
	n.send(peer, kindBest, n.tree.Best().AppendSCALE(nil))
}

func (n *node) send(to engine.NodeID, kind byte, data []byte) {
	n.emit(engine.Send{To: to, Data: append([]byte{kind}, data...)})
}

// local handles what this node asked for earlier.
func (n *node) local(now primitives.Millis, payload any) {
	switch payload := payload.(type) {
	case grandpa.Event:
		n.step(now, payload)
	case primitives.Block: // made here
		if n.take(now, payload) {
			n.emit(engine.Publish{Topic: topicBlocks, Data: payload.AppendSCALE(nil)})
		}
	}
}

func (n *node) delivered(now primitives.Millis, in engine.Delivered) {
	switch in.Topic {
	case topicBlocks:
		n.announced(now, in)
	case topicFinality:
		n.finalityMessage(now, in.From, in.Data)
	default:
		n.direct(now, in.From, in.Data[0], in.Data[1:])
	}
}

// announced takes a new block, and passes it on if its header is good.
func (n *node) announced(now primitives.Millis, in engine.Delivered) {
	var b primitives.Block
	must(scale.Unmarshal(in.Data, &b))
	if n.take(now, b) {
		n.emit(engine.Forward{})
	} else if _, orphan := n.orphans[b.Header.ParentHash]; orphan {
		n.want(in.From, primitives.BlockID{Hash: b.Header.ParentHash, Number: b.Header.Number - 1})
	}
}

// want asks a peer for a block and its ancestors above the finalized one.
func (n *node) want(from engine.NodeID, b primitives.BlockID) {
	above := binary.LittleEndian.AppendUint32(nil, uint32(n.tree.Finalized().Number))
	n.send(from, kindWant, append(above, b.AppendSCALE(nil)...))
}

func (n *node) direct(now primitives.Millis, peer engine.NodeID, kind byte, data []byte) {
	switch kind {
	case kindFinality:
		n.finalityMessage(now, peer, data)
	case kindBest:
		var best primitives.BlockID
		must(scale.Unmarshal(data, &best))
		if _, known := n.blocks[best.Hash]; known {
			n.claim(now, babe.Syncing{}) // this node has what its peers have
		} else if best.Number > n.tree.Finalized().Number {
			n.want(peer, best)
		}
	case kindWant:
		var b primitives.BlockID
		must(scale.Unmarshal(data[4:], &b))
		n.serve(peer, b, primitives.BlockNumber(binary.LittleEndian.Uint32(data)))
	case kindBlock:
		var b primitives.Block
		must(scale.Unmarshal(data, &b))
		n.take(now, b)
	case kindWantProof:
		if raw := n.disk.Get(fmt.Sprint("justification ", binary.LittleEndian.Uint64(data))); raw != nil {
			n.send(peer, kindJustification, raw)
		}
	case kindJustification:
		var j primitives.GRANDPAJustification
		must(scale.Unmarshal(data, &j))
		n.step(now, grandpa.JustificationReceived{From: peerName(peer), Justification: j})
	}
}

// serve sends the chain of b above a height, lowest first.
func (n *node) serve(peer engine.NodeID, b primitives.BlockID, above primitives.BlockNumber) {
	var chain []primitives.Block
	for hash := b.Hash; ; {
		block, known := n.blocks[hash]
		if !known || block.Header.Number <= above {
			break
		}
		chain = append(chain, block)
		hash = block.Header.ParentHash
	}
	slices.Reverse(chain)
	for _, block := range chain[:min(len(chain), maxServed)] {
		n.send(peer, kindBlock, block.AppendSCALE(nil))
	}
}
