package relaychain

import (
	"fmt"
	"slices"

	"github.com/rampart-chain/rampart/relay/crypto/cryptotest"
	"github.com/rampart-chain/rampart/relay/grandpa"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

// overheard is what the observer knows of messages that were sent.
type overheard struct {
	// sealed are the headers of each author and slot, voted the targets of each
	// vote; headers that were looked at are in seen.
	sealed map[sealKey][]primitives.Hash
	voted  map[voteKey][]primitives.BlockID
	seen   map[primitives.Hash]bool
	// announced are the blocks that a node said it has.
	announced map[engine.NodeID][]primitives.BlockID
	// caught are the keys against which an honest node has evidence, by what
	// they did; guilty those that did it.
	caught, guilty map[offence]bool
}

type sealKey struct {
	author int
	slot   primitives.Slot
}

type voteKey struct {
	id    primitives.ED25519Public
	set   primitives.SetID
	round primitives.Round
	kind  byte
}

// offence is what a node was seen to do.
type offence struct {
	node engine.NodeID
	what string
}

func newOverheard() overheard {
	return overheard{
		sealed: map[sealKey][]primitives.Hash{}, voted: map[voteKey][]primitives.BlockID{}, seen: map[primitives.Hash]bool{},
		announced: map[engine.NodeID][]primitives.BlockID{}, caught: map[offence]bool{}, guilty: map[offence]bool{},
	}
}

// sent reads what a node sends, for I-5. Only byzantine nodes may send what
// cannot be read.
func (o *Observer) sent(id engine.NodeID, out engine.Output) {
	kind, data, published := byte(0), []byte(nil), false
	switch out := out.(type) {
	case engine.Publish:
		kind, data, published = map[string]byte{topicBlocks: kindBlock, topicFinality: kindFinality}[out.Topic], out.Data, true
	case engine.Send:
		kind, data = out.Data[0], out.Data[1:]
	}
	var err error
	switch kind {
	case kindBlock:
		var b primitives.Block
		if err = scale.Unmarshal(data, &b); err == nil {
			err = o.header(b.Header)
		}
		if published {
			o.wire.announced[id] = append(o.wire.announced[id], b.Header.ID())
		}
	case kindFinality:
		var m grandpa.Message
		if m, err = grandpa.Decode(data); err == nil {
			err = o.votes(m)
		}
	}
	if err != nil && !o.Byzantine[id] {
		o.fail("node %d sent a bad message: %v", id, err)
	}
}

// author returns the node whose key sealed a header, -1 if none did.
func (o *Observer) author(h primitives.Header) int {
	unsealed, seal, err := h.Unsealed()
	if err != nil || seal.Engine != primitives.EngineBABE {
		return -1
	}
	preHash := unsealed.Hash()
	return slices.IndexFunc(o.world.keys, func(k cryptotest.Keys) bool {
		s := k.Sr25519(preHash[:])
		return string(s[:]) == string(seal.Data)
	})
}

// header notes a header under the key that sealed it.
func (o *Observer) header(h primitives.Header) error {
	hash := h.Hash()
	if o.wire.seen[hash] {
		return nil
	}
	o.wire.seen[hash] = true
	author := o.author(h)
	if author < 0 {
		return fmt.Errorf("nobody sealed header %d", h.Number)
	}
	claim, err := h.BABEPreDigest()
	if err != nil {
		return err
	}
	_, slot := claim.Author()
	key := sealKey{author, slot}
	o.wire.sealed[key] = append(o.wire.sealed[key], hash)
	if len(o.wire.sealed[key]) > 1 {
		o.equivocated(engine.NodeID(author), "block")
	}
	return nil
}

// equivocated notes that a key signed two conflicting messages.
func (o *Observer) equivocated(id engine.NodeID, what string) {
	o.Sometimes.Add(what + " equivocation")
	o.wire.guilty[offence{id, what}] = true
	if !o.Byzantine[id] && !o.excused[id] {
		o.fail("I-5: equivocation: node %d signed two conflicting messages (%s)", id, what)
	}
}

func (o *Observer) votes(m grandpa.Message) (err error) {
	vote := func(set primitives.SetID, round primitives.Round, v primitives.SignedMessage) {
		if err == nil {
			err = o.vote(set, round, v)
		}
	}
	switch m := m.(type) {
	case grandpa.Vote:
		vote(m.Set, m.Round, m.Signed)
	case grandpa.CatchUp:
		for _, v := range m.Prevotes {
			vote(m.Set, m.Round, primitives.SignedMessage{Message: v.Prevote, Signature: v.Signature, ID: v.ID})
		}
		for _, v := range m.Precommits {
			vote(m.Set, m.Round, primitives.SignedMessage{Message: v.Precommit, Signature: v.Signature, ID: v.ID})
		}
	}
	return err
}

// vote notes a vote under its voter and round.
func (o *Observer) vote(set primitives.SetID, round primitives.Round, v primitives.SignedMessage) error {
	key := voteKey{v.ID, set, round, primitives.AppendGRANDPAMessage(nil, v.Message)[0]}
	target := v.Message.Target()
	if slices.Contains(o.wire.voted[key], target) {
		return nil
	}
	voter := o.voter(v.ID)
	if voter < 0 || !o.world.scheme.Ed25519(v.ID, primitives.GRANDPAPayload(v.Message, round, set), v.Signature) {
		return fmt.Errorf("forged vote of %x", v.ID[:4])
	}
	o.wire.voted[key] = append(o.wire.voted[key], target)
	if len(o.wire.voted[key]) > 1 {
		o.equivocated(voter, "vote")
	}
	return nil
}

// voter returns the node with a GRANDPA key, -1 if there is none.
func (o *Observer) voter(key primitives.ED25519Public) engine.NodeID {
	return engine.NodeID(slices.IndexFunc(o.world.keys, func(k cryptotest.Keys) bool { return k.Ed25519Public() == key }))
}

// promised checks that a node that starts has the blocks it announced, and
// I-22 with them: votes are checked when they are made again.
func (o *Observer) promised(id engine.NodeID, note bootedNote) {
	var open []primitives.BlockID
	for _, b := range o.wire.announced[id] {
		if b.Number <= note.final.Number {
			continue
		}
		open = append(open, b)
		if !note.has(b.Hash) {
			o.fail("I-22: node %d announced block %d and lost it", id, b.Number)
		}
	}
	o.wire.announced[id] = open
}

// evidence notes that a node proved an equivocation.
func (o *Observer) evidence(id, against engine.NodeID, what string) {
	if o.Byzantine[id] {
		return
	}
	if against < 0 || !o.Byzantine[against] && !o.excused[against] {
		o.fail("I-5: node %d has evidence against honest node %d", id, against)
	}
	o.wire.caught[offence{against, what}] = true
	o.Sometimes.Add(what + " evidence")
}

// Caught demands that every byzantine node that signed two conflicting messages
// was proved to have by an honest one, and that some did.
func (o *Observer) Caught() {
	if len(o.wire.guilty) == 0 {
		o.fail("nobody equivocated")
	}
	for did := range o.wire.guilty {
		if !o.wire.caught[did] {
			o.fail("nobody has evidence of the %s equivocations of node %d", did.what, did.node)
		}
	}
}
