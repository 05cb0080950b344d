package relaychain

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/rampart-chain/rampart/relay/babe"
	"github.com/rampart-chain/rampart/relay/forkchoice"
	"github.com/rampart-chain/rampart/relay/grandpa"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
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

// Node is a validator: the cores, and what stands in for their shells.
type Node struct {
	id    engine.NodeID
	world *World
	disk  *engine.Disk

	blocks  map[primitives.Hash]primitives.Block // all on disk
	orphans map[primitives.Hash][]orphan
	states  map[primitives.Hash]*stateView // of the blocks in tree
	tree    *forkchoice.Tree
	epochs  *babe.Epochs
	author  *babe.Core
	builtOn primitives.Hash // what author was told is best
	voter   *grandpa.Core
	unkept  int              // justifications to be kept that are not stored
	persist *grandpa.Persist // waits for them
	paras   *parachains
	guard   *guard
	quiet   quiet
	seals   *babe.Detector
	pool    pool

	// reached is the last known block of a peer's answers, as long as they are of
	// one chain: what it is asked for next lies above.
	reached     map[engine.NodeID]primitives.BlockNumber
	running     bool
	judging     engine.NodeID // whose finality message is handled
	stepping    bool
	events      []grandpa.Event
	nextSummary primitives.Millis
	giveUpSync  primitives.Millis
	out         []engine.Output
}

// tapped is a node whose messages the observer sees.
type tapped struct{ engine.Node }

// Tap returns n such that an Observer sees what it sends.
func Tap(n engine.Node) engine.Node { return tapped{n} }

func (t tapped) Handle(now primitives.Millis, in engine.Input) []engine.Output {
	return tap(t.Node.Handle(now, in))
}

// Interrupted is part of engine.Interrupted.
func (t tapped) Interrupted() []engine.Output {
	if i, ok := t.Node.(engine.Interrupted); ok {
		return tap(i.Interrupted())
	}
	return nil
}

func tap(outputs []engine.Output) []engine.Output {
	if !slices.ContainsFunc(outputs, isWire) {
		return outputs
	}
	out := make([]engine.Output, 0, 2*len(outputs))
	for _, o := range outputs {
		if isWire(o) {
			out = append(out, engine.Note{Payload: wireNote{o}})
		}
		out = append(out, o)
	}
	return out
}

// isWire reports whether o goes to other nodes.
func isWire(o engine.Output) bool {
	switch o.(type) {
	case engine.Send, engine.Publish:
		return true
	}
	return false
}

// Boot returns validator id, which takes up what its disk holds with its first
// input.
func Boot(w *World, id engine.NodeID, disk *engine.Disk) *Node {
	n := &Node{
		id: id, world: w, disk: disk,
		blocks:  map[primitives.Hash]primitives.Block{w.genesis.Hash(): {Header: w.genesis}},
		orphans: map[primitives.Hash][]orphan{},
		states:  map[primitives.Hash]*stateView{},
		reached: map[engine.NodeID]primitives.BlockNumber{},
	}
	n.paras = newParachains(n)
	return n
}

// start takes up what the disk holds.
func (n *Node) start(now primitives.Millis) {
	n.running = true
	n.nextSummary, n.giveUpSync = now+SlotMillis, now+2*SlotMillis
	if n.world.Eager {
		n.giveUpSync = now
	}
	n.restoreChain()
	n.guard = openGuard(n.disk, n.world.real[n.id], n.chainState(now))
	n.author = babe.New(SlotMillis, max(n.lastSlot(), n.hush(now)))
	n.restoreVoter(now)
	n.emit(engine.Note{Payload: bootedNote{n.tree.Finalized(), n.stored}})
	n.paras.started()
	n.claim(now, babe.Keys{Keys: []primitives.SR25519Public{n.keys().Sr25519Public()}})
}

// stored reports whether a block is on disk.
func (n *Node) stored(block primitives.Hash) bool {
	_, ok := n.blocks[block]
	return ok
}

// Interrupted is part of engine.Interrupted.
func (n *Node) Interrupted() []engine.Output { return n.out }

func (n *Node) emit(o engine.Output) { n.out = append(n.out, o) }

// Next is part of engine.Node.
func (n *Node) Next() (primitives.Millis, bool) {
	at := n.nextSummary
	if t, ok := n.author.Next(); ok {
		at = min(at, t)
	}
	if t, ok := n.voter.Next(); ok {
		at = min(at, t)
	}
	if t, ok := n.paras.next(); ok {
		at = min(at, t)
	}
	return at, true
}

// Handle is part of engine.Node.
func (n *Node) Handle(now primitives.Millis, in engine.Input) []engine.Output {
	n.out = nil
	if !n.running {
		n.start(now)
	}
	switch in := in.(type) {
	case engine.Wake:
		n.wake(now)
	case engine.Connected:
		n.greet(in.Peer, n.greeting())
	case engine.Local:
		n.local(now, in.Payload)
	case engine.Delivered:
		n.delivered(now, in)
	}
	n.refresh(now)
	return n.out
}

func (n *Node) wake(now primitives.Millis) {
	if now >= n.nextSummary {
		n.nextSummary = now + SlotMillis
		greeting := n.greeting()
		for peer := range n.world.keys {
			n.greet(engine.NodeID(peer), greeting)
		}
		n.paras.activateBest(now)
	}
	if now >= n.giveUpSync {
		n.claim(now, babe.Syncing{})
	}
	n.claim(now, babe.Wake{})
	n.step(now, grandpa.Wake{})
	n.paras.wake(now)
}

// greeting is what this node tells its peers of what it has.
type greeting struct{ paras, chain [][]byte }

func (n *Node) greeting() greeting {
	return greeting{n.paras.summaries(), [][]byte{
		framed(kindFinality, grandpa.Encode(n.voter.Summary())), framed(kindBest, n.tree.Best().AppendSCALE(nil)),
	}}
}

func (n *Node) greet(peer engine.NodeID, g greeting) {
	if int(peer) >= len(n.world.keys) {
		return // a collator follows blocks only
	}
	if peer != n.id {
		for _, data := range g.paras {
			n.emit(engine.Send{To: peer, Data: data})
		}
	}
	for _, data := range g.chain {
		n.emit(engine.Send{To: peer, Data: data})
	}
}

func (n *Node) send(to engine.NodeID, kind byte, data []byte) {
	n.emit(engine.Send{To: to, Data: framed(kind, data)})
}

// framed returns a message of a kind to one peer.
func framed(kind byte, data []byte) []byte {
	return append(append(make([]byte, 0, 1+len(data)), kind), data...)
}

// local handles what this node asked for earlier.
func (n *Node) local(now primitives.Millis, payload any) {
	switch payload := payload.(type) {
	case grandpa.Event:
		n.step(now, payload)
	case grandpa.Finalize:
		if n.finalize(now, payload); payload.Keep {
			n.kept()
		}
	case speak:
		n.speakUp()
	case primitives.Extrinsic: // of a client
		n.submitted(payload)
	case primitives.Block: // made here
		if n.take(now, n.id, payload) {
			n.emit(engine.Publish{Topic: topicBlocks, Data: payload.AppendSCALE(nil)})
		}
	case paraEvent:
		n.paras.local(now, payload)
	}
}

func (n *Node) delivered(now primitives.Millis, in engine.Delivered) {
	switch in.Topic {
	case topicBlocks:
		n.announced(now, in)
	case topicFinality:
		n.finalityMessage(now, in.From, in.Data)
	case topicTransactions:
		n.heardTransaction(in)
	case topicStatements, topicBitfields:
		n.paras.heard(now, in)
	default:
		n.direct(now, in.From, in.Data[0], in.Data[1:])
	}
}

// announced takes a new block, and passes it on if its header is good.
func (n *Node) announced(now primitives.Millis, in engine.Delivered) {
	b, ok := n.readBlock(in.From, in.Data)
	if !ok {
		return
	}
	if n.passes(now, b.Header) {
		n.emit(engine.Forward{})
	}
	n.take(now, in.From, b)
	if _, waits := n.orphans[b.Header.ParentHash]; waits {
		n.want(in.From, primitives.BlockID{Hash: b.Header.ParentHash, Number: b.Header.Number - 1})
	}
}

// readBlock reads a block, whose body must be the one of its header: anybody can
// put another one under it.
func (n *Node) readBlock(from engine.NodeID, data []byte) (b primitives.Block, ok bool) {
	if n.unreadable(from, scale.Unmarshal(data, &b)) {
		return b, false
	}
	if executive.ExtrinsicsRoot(b.Extrinsics) != b.Header.ExtrinsicsRoot {
		n.emit(engine.Note{Payload: rejectedNote{what: "body", from: from, reason: executive.ErrExtrinsicsRoot}})
		return b, false
	}
	return b, true
}

// unreadable reports whether err came of decoding what a peer sent.
func (n *Node) unreadable(from engine.NodeID, err error) bool {
	if err != nil {
		n.emit(engine.Note{Payload: rejectedNote{what: "encoding", from: from, reason: err}})
	}
	return err != nil
}

// want asks a peer for a block and its ancestors above the finalized one, or above
// what it sent already.
func (n *Node) want(from engine.NodeID, b primitives.BlockID) {
	number := n.tree.Finalized().Number
	if reached := n.reached[from]; reached < b.Number {
		number = max(number, reached)
	}
	above := binary.LittleEndian.AppendUint32(nil, uint32(number))
	n.send(from, kindWant, append(above, b.AppendSCALE(nil)...))
}

func (n *Node) direct(now primitives.Millis, peer engine.NodeID, kind byte, data []byte) {
	switch kind {
	case kindFinality:
		n.finalityMessage(now, peer, data)
	case kindBest:
		var best primitives.BlockID
		if n.unreadable(peer, scale.Unmarshal(data, &best)) {
			return
		}
		if _, known := n.blocks[best.Hash]; known {
			n.claim(now, babe.Syncing{}) // this node has what its peers have
		} else if best.Number > n.tree.Finalized().Number {
			n.want(peer, best)
		}
	case kindWant:
		var b primitives.BlockID
		if n.unreadable(peer, scale.Unmarshal(data[min(4, len(data)):], &b)) {
			return
		}
		n.serve(peer, b, primitives.BlockNumber(binary.LittleEndian.Uint32(data)))
	case kindBlock:
		if b, ok := n.readBlock(peer, data); ok {
			n.take(now, peer, b)
			if n.tree.Contains(b.Header.Hash()) {
				n.reached[peer] = b.Header.Number
			} else {
				delete(n.reached, peer)
			}
		}
	case kindWantProof:
		if len(data) != 8 {
			return
		}
		if raw := n.disk.Get(fmt.Sprint("justification ", binary.LittleEndian.Uint64(data))); raw != nil {
			n.send(peer, kindJustification, raw)
		}
	case kindJustification:
		var j primitives.GRANDPAJustification
		if n.unreadable(peer, scale.Unmarshal(data, &j)) {
			return
		}
		n.emit(engine.Note{Payload: countNote("justification asked for")})
		n.judging = peer
		n.step(now, grandpa.JustificationReceived{From: peerName(peer), Justification: j})
	default:
		n.paras.direct(now, peer, kind, data)
	}
}

// serve sends the chain of b above a height, lowest first.
func (n *Node) serve(peer engine.NodeID, b primitives.BlockID, above primitives.BlockNumber) {
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
