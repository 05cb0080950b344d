package relaychain

import (
	"fmt"
	"slices"

	"github.com/rampart-chain/rampart/availability/distribution/plan"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/parachain/backing"
	"github.com/rampart-chain/rampart/parachain/collation"
	"github.com/rampart-chain/rampart/parachain/prospective"
	"github.com/rampart-chain/rampart/parachain/shared"
	"github.com/rampart-chain/rampart/relay/babe"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

// Gossip topics of parachains, and the kinds of the same messages to one peer.
const (
	topicStatements = "statements"
	topicBitfields  = "bitfields"

	kindStatement = 'S'
	kindBitfield  = 'B'
)

// keptLeaves is how many blocks, from the latest down, bitfields are taken for.
const keptLeaves = 8

// parachains is a validator's part in parachains: the cores, and what stands in
// for parachain/subsystem and availability/distribution. It is nil in a node
// without: then all its methods do nothing.
type parachains struct {
	node *Node
	calls
	misbehavior Misbehavior
	own         primitives.SR25519Public

	chains    *prospective.Chains
	backing   *backing.Core
	collation *collation.Core
	plan      *plan.Core
	leaves    map[primitives.Hash]*paraLeaf
	bitfields map[primitives.Hash][]*primitives.SignedBitfield // by the block they speak of
	sessions  map[primitives.SessionIndex][]engine.NodeID      // their validators, by the latest leaf
	verdict   verdict                                          // of the message being handled
}

type paraLeaf struct {
	leaf   *prospective.Leaf
	active bool // nothing is built on it yet
}

type verdict struct {
	judgment protocol.Verdict
	reason   error
}

// paraEvent is what a node asked to be told later.
type paraEvent interface{ paraEvent() }

type (
	backingAnswer struct{ backing.Event }
	planAnswer    struct{ plan.Event }
)

func (backingAnswer) paraEvent() {}
func (planAnswer) paraEvent()    {}

func newParachains(n *Node) *parachains {
	w := n.world.paras
	if w.Count == 0 {
		return nil
	}
	own := primitives.SR25519Public(w.keys[n.id].Sr25519Public())
	chains := prospective.New()
	return &parachains{
		node: n, calls: calls{emit: n.emit, open: map[uint64]call{}}, misbehavior: w.Misbehavior[n.id], own: own, chains: chains,
		backing:   backing.New(backing.Params{Keys: []primitives.SR25519Public{own}, Slot: SlotMillis, Verifier: n.world.scheme}, chains),
		collation: collation.New(collation.Params{Keys: []primitives.SR25519Public{own}, Slot: SlotMillis}, chains),
		plan:      plan.New(plan.Params{Slot: SlotMillis}, [32]byte{byte(n.id)}),
		leaves:    map[primitives.Hash]*paraLeaf{}, bitfields: map[primitives.Hash][]*primitives.SignedBitfield{},
		sessions: map[primitives.SessionIndex][]engine.NodeID{},
	}
}

// validator returns the node that is a validator of a session.
func (p *parachains) validator(session primitives.SessionIndex, v primitives.ValidatorIndex) (engine.NodeID, bool) {
	nodes := p.sessions[session]
	if int64(v) >= int64(len(nodes)) {
		return 0, false
	}
	return nodes[v], true
}

func paraPeer(id engine.NodeID) protocol.PeerID { return protocol.PeerID(fmt.Sprint(int(id))) }

func paraNode(p protocol.PeerID) (id engine.NodeID) {
	_, err := fmt.Sscan(string(p), &id)
	must(err)
	return id
}

// next returns when the first core wants to be woken.
func (p *parachains) next() (at primitives.Millis, ok bool) {
	if p == nil {
		return 0, false
	}
	for _, next := range []func() (primitives.Millis, bool){p.backing.Next, p.collation.Next, p.plan.Next} {
		if t, any := next(); any && (!ok || t < at) {
			at, ok = t, true
		}
	}
	return at, ok
}

func (p *parachains) wake(now primitives.Millis) {
	if p == nil {
		return
	}
	p.stepBacking(now, backing.Wake{})
	p.stepCollation(now, collation.Wake{})
	p.stepPlan(now, plan.Wake{})
}

// local takes what was asked for earlier.
func (p *parachains) local(now primitives.Millis, ev paraEvent) {
	switch ev := ev.(type) {
	case backingAnswer:
		p.stepBacking(now, ev.Event)
	case planAnswer:
		p.stepPlan(now, ev.Event)
	case callExpired:
		p.expired(now, ev)
	}
}

// imported takes up a new block, unless the node is behind.
func (p *parachains) imported(now primitives.Millis, header primitives.Header) {
	if p == nil {
		return
	}
	claim, err := header.BABEPreDigest()
	must(err)
	if _, slot := claim.Author(); slot+2 >= babe.SlotAt(now, SlotMillis) {
		p.activate(now, header)
	}
}

// activateBest takes up the best block unless it is taken up.
func (p *parachains) activateBest(now primitives.Millis) {
	if p == nil {
		return
	}
	if best := p.node.tree.Best(); best.Number > 0 && p.leaves[best.Hash] == nil {
		p.imported(now, p.node.blocks[best.Hash].Header)
	}
}

// activate takes up a block on which others may be built, in place of its parent.
func (p *parachains) activate(now primitives.Millis, header primitives.Header) {
	hash := header.Hash()
	if p.leaves[hash] != nil {
		return
	}
	leaf := p.node.world.leaf(hash)
	if leaf == nil {
		return
	}
	p.leaves[hash] = &paraLeaf{leaf: leaf, active: true}
	p.sessions[leaf.Session] = p.node.world.paras.nodesOf(leaf.Validators)
	p.stepPlan(now, p.block(leaf))
	p.stepBacking(now, backing.ActiveLeaf{Leaf: leaf})
	p.stepCollation(now, collation.ActiveLeaf{Leaf: leaf})
	p.deactivate(now, header.ParentHash)
	for _, hash := range p.oldLeaves(header.Number) {
		p.deactivate(now, hash)
		delete(p.leaves, hash)
		delete(p.bitfields, hash)
	}
}

// oldLeaves returns the leaves far below a height, in an order that does not
// depend on the map.
func (p *parachains) oldLeaves(height primitives.BlockNumber) (out []primitives.Hash) {
	for hash, l := range p.leaves {
		if l.leaf.Number+keptLeaves < height {
			out = append(out, hash)
		}
	}
	slices.SortFunc(out, func(a, b primitives.Hash) int { return slices.Compare(a[:], b[:]) })
	return out
}

func (p *parachains) deactivate(now primitives.Millis, hash primitives.Hash) {
	l := p.leaves[hash]
	if l == nil || !l.active {
		return
	}
	l.active = false
	p.stepBacking(now, backing.LeafGone{Leaf: hash})
	p.stepCollation(now, collation.LeafGone{Leaf: hash})
}

// finalized ends leaves that can never be built on.
func (p *parachains) finalized(now primitives.Millis, block primitives.BlockID) {
	if p == nil {
		return
	}
	for _, leaf := range p.chains.Leaves() {
		if !p.node.tree.Contains(leaf.Hash) {
			p.deactivate(now, leaf.Hash)
		}
	}
	state := frame.NewState(p.node.states[block.Hash])
	p.stepPlan(now, plan.Finalized{Number: block.Number, Session: shared.CurrentSessionIndex.Get(state)})
}

// inherent returns what this node has for a child of parent.
func (p *parachains) inherent(parent primitives.Hash) (bitfields []primitives.SignedBitfield, candidates []primitives.BackedCandidate) {
	if p == nil {
		return nil, nil
	}
	for _, b := range p.bitfields[parent] {
		if b != nil {
			bitfields = append(bitfields, *b)
		}
	}
	return bitfields, p.backing.BackedCandidates(parent)
}

// heard judges a gossip message, and passes it on if it is good.
func (p *parachains) heard(now primitives.Millis, in engine.Delivered) {
	if p == nil {
		return
	}
	v := p.take(now, in.From, in.Topic == topicBitfields, in.Data)
	switch v.judgment {
	case protocol.Accept:
		p.emit(engine.Forward{})
	case protocol.Reject:
		p.emit(engine.Note{Payload: rejectedNote{what: in.Topic, from: in.From, reason: v.reason}})
	}
}

// direct handles a message to this node alone.
func (p *parachains) direct(now primitives.Millis, peer engine.NodeID, kind byte, data []byte) {
	if p == nil {
		return
	}
	switch kind {
	case kindStatement, kindBitfield:
		if v := p.take(now, peer, kind == kindBitfield, data); v.judgment == protocol.Reject {
			p.emit(engine.Note{Payload: rejectedNote{what: "message", from: peer, reason: v.reason}})
		}
	case kindAsk:
		if a, ok := readAsked(peer, data); ok {
			p.serve(now, a)
		}
	case kindAnswer:
		p.answered(now, peer, data)
	}
}

// take takes in a statement or a bitfield.
func (p *parachains) take(now primitives.Millis, from engine.NodeID, bitfield bool, data []byte) verdict {
	if bitfield {
		return p.hear(now, from, data)
	}
	message, err := backing.Decode(data)
	if err != nil {
		return verdict{protocol.Reject, err}
	}
	p.verdict = verdict{judgment: protocol.Ignore}
	p.stepBacking(now, backing.Received{From: paraPeer(from), Message: message})
	return p.verdict
}

// summaries say which statements and bitfields this node has.
func (p *parachains) summaries() (out [][]byte) {
	if p == nil {
		return nil
	}
	out = append(out, framed(kindStatement, backing.Encode(p.backing.Summary())))
	for _, summary := range p.bitfieldSummaries() {
		out = append(out, framed(kindBitfield, summary))
	}
	return out
}
