package relaychain

import (
	"github.com/rampart-chain/rampart/relay/babe"
	"github.com/rampart-chain/rampart/relay/crypto/cryptotest"
	"github.com/rampart-chain/rampart/relay/crypto/vrf"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

func (n *Node) keys() cryptotest.Keys { return n.world.keys[n.id] }

// refresh tells the author core of another best block.
func (n *Node) refresh(now primitives.Millis) {
	if best := n.tree.Best().Hash; best != n.builtOn {
		n.builtOn = best
		view, _ := n.epochs.At(best)
		n.claim(now, babe.Best{View: view})
	}
}

// claim gives the author core an event and performs the effects.
func (n *Node) claim(now primitives.Millis, ev babe.Event) {
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
func (n *Node) build(now primitives.Millis, claim babe.ClaimSlot) {
	state, ok := n.states[claim.Parent.Hash]
	if !ok {
		return // finality moved elsewhere
	}
	bitfields, candidates := n.paras.inherent(claim.Parent.Hash)
	block, _, err := n.world.runtime.Build(state, n.blocks[claim.Parent.Hash].Header, runtime.Proposal{
		Claim: claim.Claim, Now: now, Bitfields: bitfields, Candidates: candidates,
		Next:    n.pool.offer(state),
		Refused: func(_ primitives.Extrinsic, why error) { n.emit(engine.Note{Payload: refusedNote{why}}) },
	})
	must(err)
	preHash := block.Header.Hash()
	if err := n.guard.seal(claim.Slot, preHash); err != nil {
		n.emit(engine.Note{Payload: unsignedNote{"seal", err}})
		return
	}
	block.Header = block.Header.Sealed(primitives.BABESeal(n.keys().Sr25519(preHash[:])))
	n.emit(engine.After{Delay: buildMillis, Payload: block})
}
