package relaychain

import (
	"errors"

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
	err := n.guard.HeardSeal(n.guard.keys.babe, verified.Slot, verified.PreHash)
	if errors.Is(err, signer.ErrForeign) && verified.Slot <= n.quiet.started {
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
