package relaychain

import (
	"encoding/binary"
	"fmt"

	"github.com/rampart-chain/rampart/relay/grandpa"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

// restoreVoter makes the finality gadget from disk, and gives it the chain.
func (n *Node) restoreVoter(now primitives.Millis) {
	authorities, _ := runtime.NewQuery(n.world.state).GRANDPA()
	state := grandpa.Genesis(n.world.genesis.ID(), authorities)
	if raw := n.disk.Get("grandpa"); raw != nil {
		must(scale.Unmarshal(raw, &state))
	}
	var err error
	n.voter, err = grandpa.New(grandpa.Params{
		Period: SlotMillis / 6, JustificationPeriod: 64,
		Keys: []primitives.ED25519Public{n.keys().Ed25519Public()}, Verifier: n.world.scheme,
	}, state, n.votes())
	must(err)
	final := n.tree.Finalized()
	for _, b := range n.path(state.Base.Number, final) {
		n.step(now, grandpa.BlockImported{Hash: b.Header.Hash(), Header: b.Header})
	}
	for i := range n.count("blocks") {
		b := n.world.read(n.disk.Get(fmt.Sprint("block ", i)))
		if hash := b.Header.Hash(); hash != final.Hash && n.tree.Contains(hash) {
			n.step(now, grandpa.BlockImported{Hash: hash, Header: b.Header})
		}
	}
	n.step(now, grandpa.BestBlock{Hash: n.tree.Best().Hash})
	n.step(now, grandpa.FinalizedElsewhere{Block: final})
}

func peerName(id engine.NodeID) grandpa.Peer { return grandpa.Peer(fmt.Sprint(int(id))) }

func peerID(p grandpa.Peer) (id engine.NodeID) {
	_, err := fmt.Sscan(string(p), &id)
	must(err)
	return id
}

func (n *Node) finalityMessage(now primitives.Millis, peer engine.NodeID, data []byte) {
	m, err := grandpa.Decode(data)
	if n.unreadable(peer, err) {
		return
	}
	if s, ok := m.(grandpa.Summary); ok {
		if set, _ := n.voter.Authorities(); s.Set > set {
			n.send(peer, kindWantProof, binary.LittleEndian.AppendUint64(nil, uint64(set)))
		}
	}
	if _, ok := m.(grandpa.CatchUp); ok {
		n.emit(engine.Note{Payload: countNote("catch-up used")})
	}
	n.heardVote(m)
	n.judging = peer
	n.step(now, grandpa.Received{From: peerName(peer), Message: m})
}

// step gives the finality gadget an event, after those that wait already, and
// performs the effects.
func (n *Node) step(now primitives.Millis, ev grandpa.Event) {
	n.events = append(n.events, ev)
	if n.stepping {
		return
	}
	n.stepping = true
	for i := 0; i < len(n.events); i++ { // it grows
		for _, effect := range n.voter.Step(now, n.events[i]) {
			n.perform(now, effect)
		}
	}
	clear(n.events)
	n.events, n.stepping = n.events[:0], false
}

func (n *Node) perform(now primitives.Millis, effect grandpa.Effect) {
	switch e := effect.(type) {
	case grandpa.Sign:
		n.sign(e)
	case grandpa.Persist:
		if n.unkept > 0 {
			n.persist = &e
			return
		}
		n.write(e)
	case grandpa.Broadcast:
		n.emit(engine.Publish{Topic: topicFinality, Data: grandpa.Encode(e.Message)})
	case grandpa.SendTo:
		for _, m := range e.Messages {
			n.send(peerID(e.To), kindFinality, grandpa.Encode(m))
		}
	case grandpa.Fetch:
		for _, b := range e.Blocks {
			n.want(peerID(e.From), b)
		}
	case grandpa.Finalize:
		// As in relay/finality, another goroutine does it, and a crash may come first.
		n.emit(engine.After{Delay: writeMillis, Payload: e})
		if e.Keep {
			n.unkept++
		}
	case grandpa.SetChanged:
		n.emit(engine.Note{Payload: setNote{e}})
	case grandpa.Verdict:
		switch e.Judgment {
		case grandpa.Accept:
			n.emit(engine.Forward{})
		case grandpa.Reject:
			n.emit(engine.Note{Payload: rejectedNote{what: "finality message", from: n.judging, reason: e.Reason}})
		}
	case grandpa.Equivocation:
		n.emit(engine.Note{Payload: evidenceNote{e}})
	case grandpa.Alarm:
		n.emit(engine.Note{Payload: alarmNote{e}})
	}
}

// write makes a state durable.
func (n *Node) write(e grandpa.Persist) {
	n.disk.Put("grandpa", e.State.AppendSCALE(nil))
	n.disk.Sync()
	n.emit(engine.After{Delay: writeMillis, Payload: grandpa.Persisted{Sequence: e.Sequence}})
}

// kept goes on after a justification was stored: as in relay/finality, the state of
// the next set waits for the proof that ended the last one.
func (n *Node) kept() {
	n.unkept--
	if n.unkept == 0 && n.persist != nil {
		e := *n.persist
		n.persist = nil
		n.write(e)
	}
}

func (n *Node) sign(s grandpa.Sign) {
	if n.hold(s) {
		return
	}
	answer := grandpa.Signed{Request: s}
	if err := n.guard.vote(s); err != nil {
		answer.Refused = true
		n.emit(engine.Note{Payload: unsignedNote{"vote", err}})
	} else {
		answer.Signature = n.keys().Ed25519(primitives.GRANDPAPayload(s.Message, s.Round, s.Set))
	}
	n.emit(engine.After{Delay: signMillis, Payload: answer})
}
