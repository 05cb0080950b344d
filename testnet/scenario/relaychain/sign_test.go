package relaychain_test

import (
	"encoding/binary"
	"fmt"

	"github.com/rampart-chain/rampart/relay/babe"
	"github.com/rampart-chain/rampart/relay/crypto/cryptotest"
	"github.com/rampart-chain/rampart/relay/crypto/vrf"
	"github.com/rampart-chain/rampart/relay/grandpa"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

func (n *node) keys() cryptotest.Keys { return n.world.keys[n.id] }

// refresh tells the author core of another best block.
func (n *node) refresh(now primitives.Millis) {
	if best := n.tree.Best().Hash; best != n.builtOn {
		n.builtOn = best
		view, _ := n.epochs.At(best)
		n.claim(now, babe.Best{View: view})
	}
}

// claim gives the author core an event and performs the effects.
func (n *node) claim(now primitives.Millis, ev babe.Event) {
	for events := []babe.Event{ev}; len(events) > 0; events = events[1:] {
		for _, effect := range n.author.Step(now, events[0]) {
			switch e := effect.(type) {
			case babe.EvaluateVRF:
				output, proof := n.keys().VRF(e.Input)
				ticket := n.world.scheme.VRFBytes(e.Key, e.Input, output, vrf.ContextBabe, babe.TicketSize)
				events = append(events, babe.VRFEvaluated{
					Key: e.Key, Slot: e.Slot, VRF: primitives.VRFSignature{PreOutput: output, Proof: proof},
					Ticket: [babe.TicketSize]byte(ticket),
				})
			case babe.ClaimSlot:
				n.build(now, e)
			}
		}
	}
}

// build makes the block of a claimed slot; it is ready after a while.
func (n *node) build(now primitives.Millis, claim babe.ClaimSlot) {
	state, ok := n.states[claim.Parent.Hash]
	if !ok {
		return // finality moved elsewhere
	}
	block, _, err := n.world.runtime.Build(state, n.blocks[claim.Parent.Hash].Header, runtime.Proposal{
		Claim: claim.Claim, Now: now,
		Next:    func() (primitives.Extrinsic, bool) { return nil, false },
		Refused: func(_ primitives.Extrinsic, why error) { must(why) },
	})
	must(err)
	preHash := block.Header.Hash()
	if !n.guardSeal(claim.Slot, preHash) {
		return
	}
	block.Header = block.Header.Sealed(primitives.BABESeal(n.keys().Sr25519(preHash[:])))
	n.emit(engine.After{Delay: buildMillis, Payload: block})
}

// guardSeal reports whether the header with preHash may be signed, and if so
// makes that durable: slots increase strictly.
func (n *node) guardSeal(slot primitives.Slot, preHash primitives.Hash) bool {
	record := append(binary.LittleEndian.AppendUint64(nil, uint64(slot)), preHash[:]...)
	if string(n.disk.Get("sealed")) == string(record) {
		return true
	}
	if slot <= n.lastSealed() {
		return false
	}
	n.disk.Put("sealed", record)
	n.disk.Sync()
	return true
}

// lastSealed returns the last slot that a header was signed for.
func (n *node) lastSealed() primitives.Slot {
	if raw := n.disk.Get("sealed"); raw != nil {
		return primitives.Slot(binary.LittleEndian.Uint64(raw))
	}
	return 0
}

// guardVote is guardSeal for a vote: sets and rounds do not decrease, and a
// round has one vote of a kind.
func (n *node) guardVote(s grandpa.Sign) bool {
	votes := n.votes()
	for _, before := range votes {
		if before.Set != s.Set || before.Round != s.Round {
			continue
		}
		if fmt.Sprintf("%T", before.Message) == fmt.Sprintf("%T", s.Message) {
			return before == s
		}
	}
	if len(votes) > 0 {
		last := votes[len(votes)-1]
		if s.Set < last.Set || s.Set == last.Set && s.Round < last.Round {
			return false
		}
		if s.Set != last.Set || s.Round != last.Round {
			votes = nil
		}
	}
	n.disk.Put("votes", binary.LittleEndian.AppendUint64(nil, uint64(len(votes)+1)))
	n.disk.Put(fmt.Sprint("vote ", len(votes)), s.AppendSCALE(nil))
	n.disk.Sync()
	return true
}

// votes returns what was signed in the last round voted in, in order.
func (n *node) votes() []grandpa.Sign {
	var votes []grandpa.Sign
	for i := range n.count("votes") {
		var s grandpa.Sign
		must(scale.Unmarshal(n.disk.Get(fmt.Sprint("vote ", i)), &s))
		votes = append(votes, s)
	}
	return votes
}
