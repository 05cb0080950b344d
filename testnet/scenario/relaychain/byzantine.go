package relaychain

import (
	"slices"

	"github.com/rampart-chain/rampart/relay/grandpa"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

// Behavior is what a byzantine validator does besides what an honest one would.
// Chances are per message sent, in millionths.
type Behavior struct {
	// Drop loses messages, Delay holds them back for up to DelayBy
	// milliseconds, Replay sends an old one besides, Mutate changes bytes.
	Drop, Delay, Replay, Mutate uint64
	DelayBy                     primitives.Millis
	// Blocks is how many blocks are made in an own slot, from 2.
	Blocks int
	// Votes are signed for two targets, and sent to different halves.
	Votes bool
	// Silent keeps own votes and blocks back.
	Silent bool
	// BadRoot makes blocks with a wrong state root, BadClaim with a wrong VRF
	// proof.
	BadRoot, BadClaim bool
}

// Brain is what byzantine nodes share: all tell one half of the network the same
// and the other half something else.
type Brain struct {
	// other is the second target of the votes for a first one.
	other map[primitives.BlockID]primitives.BlockID
}

// NewBrain returns an empty one.
func NewBrain() *Brain { return &Brain{map[primitives.BlockID]primitives.BlockID{}} }

// byzantine stands between an honest node and the network.
type byzantine struct {
	*Node
	behavior Behavior
	brain    *Brain
	random   *engine.Rand
	old      []engine.Send // the last messages sent, to be sent again
}

// held is a message that was held back.
type held struct{ engine.Output }

// maxOld bounds the messages remembered for being sent again.
const maxOld = 256

func newByzantine(n *Node, b Behavior, brain *Brain, random *engine.Rand) *byzantine {
	return &byzantine{Node: n, behavior: b, brain: brain, random: random}
}

// Handle is part of engine.Node.
func (z *byzantine) Handle(now primitives.Millis, in engine.Input) []engine.Output {
	if local, ok := in.(engine.Local); ok {
		if h, ok := local.Payload.(held); ok {
			return []engine.Output{h.Output}
		}
	}
	return z.twisted(z.Node.Handle(now, in))
}

// Interrupted is part of engine.Interrupted.
func (z *byzantine) Interrupted() []engine.Output { return z.twisted(z.Node.Interrupted()) }

func (z *byzantine) twisted(outputs []engine.Output) (out []engine.Output) {
	for _, o := range outputs {
		switch o := o.(type) {
		case engine.After:
			if b, ok := o.Payload.(primitives.Block); ok {
				out = append(out, z.authored(o, b)...)
				continue
			}
			out = append(out, o)
		case engine.Publish:
			for _, p := range z.published(o) {
				out = append(out, z.disturbed(p)...)
			}
		case engine.Send:
			out = append(out, z.disturbed(o)...)
		default:
			out = append(out, o)
		}
	}
	return out
}

// authored makes more blocks of one slot, or bad ones.
func (z *byzantine) authored(o engine.After, b primitives.Block) []engine.Output {
	switch {
	case z.behavior.BadRoot || z.behavior.BadClaim:
		bad := z.spoiled(b)
		out := []engine.Output{o}
		for peer := range z.world.keys {
			out = append(out, engine.After{Delay: o.Delay, Payload: held{engine.Send{To: engine.NodeID(peer), Data: message(kindBlock, bad)}}})
		}
		return out
	case z.behavior.Blocks < 2:
		return []engine.Output{o}
	}
	out := []engine.Output{o}
	for i := 1; i < z.behavior.Blocks; i++ {
		other, ok := z.variant(b, primitives.Millis(i))
		if !ok {
			continue
		}
		out = append(out, engine.After{Delay: o.Delay + primitives.Millis(i), Payload: other})
	}
	return out
}

func message(kind byte, b primitives.Block) []byte {
	return append([]byte{kind}, b.AppendSCALE(nil)...)
}

// resealed returns b with a new seal over h.
func (z *byzantine) resealed(b primitives.Block, h primitives.Header) primitives.Block {
	preHash := h.Hash()
	return primitives.Block{Header: h.Sealed(primitives.BABESeal(z.keys().Sr25519(preHash[:]))), Extrinsics: b.Extrinsics}
}

// spoiled returns b with one thing wrong, and a good seal over it.
func (z *byzantine) spoiled(b primitives.Block) primitives.Block {
	h, _, err := b.Header.Unsealed()
	must(err)
	if z.behavior.BadRoot {
		h.StateRoot[0] ^= 1
		return z.resealed(b, h)
	}
	claim, err := b.Header.BABEPreDigest()
	must(err)
	switch c := claim.(type) {
	case primitives.PrimaryClaim:
		c.VRF.Proof[0] ^= 1
		claim = c
	case primitives.SecondaryVRFClaim:
		c.VRF.Proof[0] ^= 1
		claim = c
	}
	h.Digest = slices.Clone(h.Digest)
	h.Digest[0] = primitives.PreRuntime{Engine: primitives.EngineBABE, Data: primitives.AppendBABEPreDigest(nil, claim)}
	return z.resealed(b, h)
}

// variant returns another block of the same slot on the same parent.
func (z *byzantine) variant(b primitives.Block, later primitives.Millis) (primitives.Block, bool) {
	state, ok := z.states[b.Header.ParentHash]
	if !ok {
		return primitives.Block{}, false
	}
	claim, err := b.Header.BABEPreDigest()
	must(err)
	_, slot := claim.Author()
	other, _, err := z.world.runtime.Build(state, z.blocks[b.Header.ParentHash].Header, runtime.Proposal{
		Claim: claim, Now: primitives.Millis(slot)*SlotMillis + SlotMillis/2 + later,
		Next:    func() (primitives.Extrinsic, bool) { return nil, false },
		Refused: func(primitives.Extrinsic, error) {},
	})
	must(err)
	return z.resealed(other, other.Header), true
}

// published turns what is gossiped into what is sent to whom.
func (z *byzantine) published(p engine.Publish) []engine.Output {
	own := p.Topic == topicBlocks || p.Topic == topicFinality
	if z.behavior.Silent && own {
		return nil
	}
	if p.Topic == topicBlocks && z.behavior.Blocks > 1 {
		// Some peers get it at once, gossip brings it to the others.
		half := int(z.random.Below(2))
		var out []engine.Output
		for peer := range z.world.keys {
			if peer%2 == half {
				out = append(out, engine.Send{To: engine.NodeID(peer), Data: append([]byte{kindBlock}, p.Data...)})
			}
		}
		return append(out, p)
	}
	if p.Topic != topicFinality || !z.behavior.Votes {
		return []engine.Output{p}
	}
	m, err := grandpa.Decode(p.Data)
	must(err)
	v, ok := m.(grandpa.Vote)
	if !ok {
		return []engine.Output{p}
	}
	votes := [2][]byte{grandpa.Encode(v), grandpa.Encode(z.otherVote(v))}
	var out []engine.Output
	for peer := range z.world.keys {
		out = append(out, engine.Send{To: engine.NodeID(peer), Data: append([]byte{kindFinality}, votes[peer%2]...)})
	}
	return out
}

// otherVote returns a vote of the same kind for another block: a leaf of another
// fork, or the parent, as all byzantine nodes choose it.
func (z *byzantine) otherVote(v grandpa.Vote) grandpa.Vote {
	target := v.Signed.Message.Target()
	other, ok := z.brain.other[target]
	if !ok {
		other = target
		if parent, ok := z.tree.Parent(target.Hash); ok {
			other = parent
		}
		for _, leaf := range z.tree.Leaves() {
			if !z.tree.IsDescendent(target.Hash, leaf.Hash) && !z.tree.IsDescendent(leaf.Hash, target.Hash) {
				other = leaf
				break
			}
		}
		z.brain.other[target] = other
	}
	switch v.Signed.Message.(type) {
	case primitives.Prevote:
		v.Signed.Message = primitives.Prevote{TargetBlock: other}
	case primitives.Precommit:
		v.Signed.Message = primitives.Precommit{TargetBlock: other}
	case primitives.PrimaryPropose:
		v.Signed.Message = primitives.PrimaryPropose{TargetBlock: other}
	}
	v.Signed.Signature = z.keys().Ed25519(primitives.GRANDPAPayload(v.Signed.Message, v.Round, v.Set))
	return v
}

// disturbed drops, holds back, repeats or changes a message.
func (z *byzantine) disturbed(o engine.Output) (out []engine.Output) {
	b := z.behavior
	if z.random.Chance(b.Drop) {
		return nil
	}
	if z.random.Chance(b.Mutate) {
		o = z.mutated(o)
	}
	if len(z.old) > 0 && z.random.Chance(b.Replay) {
		again := z.old[z.random.Below(uint64(len(z.old)))]
		again.To = engine.NodeID(z.random.Below(uint64(len(z.world.keys))))
		out = append(out, again)
	}
	if s, ok := o.(engine.Send); ok && b.Replay > 0 {
		if len(z.old) >= maxOld {
			z.old = z.old[1:]
		}
		z.old = append(z.old, s)
	}
	if z.random.Chance(b.Delay) {
		return append(out, engine.After{Delay: primitives.Millis(z.random.Below(uint64(b.DelayBy) + 1)), Payload: held{o}})
	}
	return append(out, o)
}

// mutated returns o with one byte changed, or cut off somewhere.
func (z *byzantine) mutated(o engine.Output) engine.Output {
	change := func(data []byte) []byte {
		data = slices.Clone(data)
		at := z.random.Below(uint64(len(data)))
		if z.random.Chance(300_000) {
			return data[:max(at, 1)]
		}
		data[at] ^= byte(1 + z.random.Below(255))
		return data
	}
	switch o := o.(type) {
	case engine.Publish:
		o.Data = change(o.Data)
		return o
	case engine.Send:
		o.Data = change(o.Data)
		return o
	}
	return o
}
