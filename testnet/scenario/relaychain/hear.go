package relaychain

import (
	"errors"

	"github.com/rampart-chain/rampart/parachain/backing"
	"github.com/rampart-chain/rampart/relay/babe"
	"github.com/rampart-chain/rampart/relay/grandpa"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/signer"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

// quietSlots is for how many slots after its start a node signs nothing, as in
// relay/node: if another one uses its keys, that is heard first.
const quietSlots = 2

// speak ends the quiet after a start.
type speak struct{}

// quiet is what a node does with own votes after a start.
type quiet struct {
	on      bool
	held    []grandpa.Sign
	started primitives.Slot
}

// hush begins the quiet.
func (n *Node) hush(now primitives.Millis) primitives.Slot {
	n.quiet.started = babe.SlotAt(now, SlotMillis)
	if n.world.Eager {
		return 0
	}
	n.quiet.on = true
	n.emit(engine.After{Delay: quietSlots * SlotMillis, Payload: speak{}})
	return n.quiet.started + quietSlots - 1
}

// speakUp signs the votes that were held back.
func (n *Node) speakUp() {
	held := n.quiet.held
	n.quiet.on, n.quiet.held = false, nil
	for _, s := range held {
		n.sign(s)
	}
}

// heardSeal looks whether a block that came from outside has an own seal that
// the guard does not know: as relay/author does, the keys wait if it is older than
// this process, else the process ends.
func (n *Node) heardSeal(now primitives.Millis, verified babe.Verified) {
	if verified.Key != n.keys().Sr25519Public() {
		return
	}
	n.judgeOwn(now, verified.Slot, n.guard.HeardSeal(n.guard.keys.babe, verified.Slot, verified.PreHash))
}

// heardStatement and heardBitfield look whether the guard knows what the own para key
// signed about a block, as parachain/subsystem does.
func (n *Node) heardStatement(now primitives.Millis, e backing.OwnHeard) {
	n.judgeOwn(now, n.slotOf(e.Context.Parent), n.guard.HeardStatement(n.guard.keys.para, e.Context, e.Statement))
}

func (n *Node) heardBitfield(now primitives.Millis, context primitives.SigningContext, bits primitives.AvailabilityBitfield) {
	n.judgeOwn(now, n.slotOf(context.Parent), n.guard.HeardBitfield(n.guard.keys.para, context, bits))
}

// slotOf returns the slot of a stored block, 0 of genesis.
func (n *Node) slotOf(block primitives.Hash) primitives.Slot {
	claim, err := n.blocks[block].Header.BABEPreDigest()
	if err != nil {
		return 0
	}
	_, slot := claim.Author()
	return slot
}

// judgeOwn takes what the guard says of something of a slot that an own key signed.
func (n *Node) judgeOwn(now primitives.Millis, slot primitives.Slot, err error) {
	if errors.Is(err, signer.ErrForeign) && slot <= n.quiet.started {
		state := n.chainState(now)
		state.Slot += EpochSlots
		n.emit(engine.Note{Payload: countNote("own past heard of")})
		err = n.guard.Distrust(state)
	}
	if err != nil {
		engine.Exit(err.Error())
	}
}

// heardVote looks whether a message carries a vote of the own key that the guard
// does not know; the process ends then.
func (n *Node) heardVote(m grandpa.Message) {
	for _, v := range grandpa.VotesOf(m, []primitives.ED25519Public{n.keys().Ed25519Public()}) {
		if !n.world.scheme.Ed25519(v.Signed.ID, primitives.GRANDPAPayload(v.Signed.Message, v.Round, v.Set), v.Signed.Signature) {
			continue
		}
		if err := n.guard.HeardVote(n.guard.keys.gran, v.Set, v.Round, v.Signed.Message); err != nil {
			n.emit(engine.Note{Payload: countNote("own vote heard")})
			engine.Exit(err.Error())
		}
	}
}

// hold reports whether a vote is held back, and keeps it.
func (n *Node) hold(s grandpa.Sign) bool {
	if n.quiet.on {
		n.quiet.held = append(n.quiet.held, s)
	}
	return n.quiet.on
}
