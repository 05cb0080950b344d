package engine_test

import (
	"encoding/binary"
	"fmt"

	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/grandpa"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

const (
	slotMillis   = 6000
	sessionSlots = 10
	signMillis   = 5
	writeMillis  = 3
)

// stubVerifier stands in for ed25519: a signature is a keyed hash.
type stubVerifier struct{}

func stubSign(key primitives.ED25519Public, message []byte) (s primitives.Signature) {
	h := primitives.Blake2b256(append(append([]byte("stub"), key[:]...), message...))
	copy(s[:32], h[:])
	copy(s[32:], h[:])
	return s
}

func (v stubVerifier) Ed25519Batch(entries []crypto.Signed) (good []bool) {
	for _, e := range entries {
		good = append(good, v.Ed25519(e.Public, e.Message, e.Signature))
	}
	return good
}

func (stubVerifier) Ed25519(pub [32]byte, message []byte, signature [64]byte) bool {
	return stubSign(pub, message) == signature
}

func keyOf(id int) primitives.ED25519Public {
	return primitives.ED25519Public(primitives.Blake2b256([]byte{byte(id), byte(id >> 8)}))
}

// chain is what the nodes agree on besides the code.
type chain struct {
	n int
	// rotate leaves one node out of each session's authorities, by turns.
	rotate bool
	// delay is that of the authority changes.
	delay primitives.BlockNumber
	// liars is how many of the nodes, the first ones, equivocate.
	liars int
}

func (c chain) authorities(session uint64) []primitives.GRANDPAAuthority {
	var out []primitives.GRANDPAAuthority
	for id := range c.n {
		if !c.rotate || uint64(id) != session%uint64(c.n) {
			out = append(out, primitives.GRANDPAAuthority{Key: keyOf(id), Weight: 1})
		}
	}
	return out
}

// Notes of a finalityNode.
type (
	finalizedNote struct{ grandpa.Finalize }
	votedNote     struct{ grandpa.Vote }
	alarmNote     struct{ grandpa.Alarm }
	setNote       struct{ grandpa.SetChanged }
	evidenceNote  struct{ grandpa.Equivocation }
	importedNote  struct{ header primitives.Header }
	rejectedNote  struct{ reason error }
)

// finalityNode is a validator that makes blocks by turns, follows the longest
// chain and finalizes with a grandpa.Core.
type finalityNode struct {
	id      int
	chain   chain
	disk    *engine.Disk
	core    *grandpa.Core
	running bool

	blocks  map[primitives.Hash]primitives.Header
	orphans map[primitives.Hash][]primitives.Header // by parent
	best    primitives.BlockID
	final   primitives.BlockID
	genesis primitives.BlockID

	nextSlot, nextSummary primitives.Millis
	out                   []engine.Output
}

func genesisHeader() primitives.Header { return primitives.Header{} }

func bootFinalityNode(c chain) func(engine.NodeID, *engine.Disk) engine.Node {
	return func(id engine.NodeID, disk *engine.Disk) engine.Node {
		genesis := genesisHeader()
		node := &finalityNode{
			id: int(id), chain: c, disk: disk, genesis: genesis.ID(),
			blocks:  map[primitives.Hash]primitives.Header{genesis.Hash(): genesis},
			orphans: map[primitives.Hash][]primitives.Header{},
		}
		node.best, node.final = node.genesis, node.genesis
		state := grandpa.Genesis(node.genesis, c.authorities(0))
		if raw := disk.Get("state"); raw != nil {
			must(scale.Unmarshal(raw, &state))
		}
		core, err := grandpa.New(grandpa.Params{
			Period: slotMillis / 6, JustificationPeriod: 64,
			Keys: []primitives.ED25519Public{keyOf(int(id))}, Verifier: stubVerifier{},
		}, state, node.guard())
		must(err)
		node.core = core
		return node
	}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// start replays what the disk holds.
func (f *finalityNode) start(now primitives.Millis) {
	f.running = true
	f.nextSlot = (now/slotMillis + 1) * slotMillis
	f.nextSummary = now + slotMillis
	for i := range f.count("blocks") {
		var h primitives.Header
		must(scale.Unmarshal(f.disk.Get(fmt.Sprint("block ", i)), &h))
		f.enter(now, h)
	}
	if raw := f.disk.Get("final"); raw != nil {
		var final primitives.BlockID
		must(scale.Unmarshal(raw, &final))
		f.final = final
		f.step(now, grandpa.FinalizedElsewhere{Block: final})
		f.chooseBest(now)
	}
}

func (f *finalityNode) count(list string) uint64 {
	if raw := f.disk.Get(list); raw != nil {
		return binary.LittleEndian.Uint64(raw)
	}
	return 0
}

func (f *finalityNode) appendTo(list, item string, value []byte) {
	n := f.count(list)
	f.disk.Put(fmt.Sprint(item, " ", n), value)
	f.disk.Put(list, binary.LittleEndian.AppendUint64(nil, n+1))
	f.disk.Sync()
}

// guard returns the votes signed before.
func (f *finalityNode) guard() []grandpa.Sign {
	var signed []grandpa.Sign
	for i := range f.count("guards") {
		var s grandpa.Sign
		must(scale.Unmarshal(f.disk.Get(fmt.Sprint("guard ", i)), &s))
		signed = append(signed, s)
	}
	return signed
}

func (f *finalityNode) emit(o engine.Output) { f.out = append(f.out, o) }

func (f *finalityNode) Next() (primitives.Millis, bool) {
	at := min(f.nextSlot, f.nextSummary)
	if t, ok := f.core.Next(); ok {
		at = min(at, t)
	}
	return at, true
}

func (f *finalityNode) Handle(now primitives.Millis, in engine.Input) []engine.Output {
	f.out = nil
	if !f.running {
		f.start(now)
	}
	switch in := in.(type) {
	case engine.Wake:
		f.wake(now)
	case engine.Connected:
		f.greet(in.Peer)
	case engine.Local:
		f.step(now, in.Payload.(grandpa.Event))
	case engine.Delivered:
		f.delivered(now, in)
	}
	f.chooseBest(now)
	return f.out
}

func (f *finalityNode) wake(now primitives.Millis) {
	for now >= f.nextSlot {
		f.author(now, uint64(f.nextSlot/slotMillis))
		f.nextSlot += slotMillis
	}
	if now >= f.nextSummary {
		f.nextSummary = now + slotMillis
		for peer := range f.chain.n {
			f.greet(engine.NodeID(peer))
		}
	}
	f.step(now, grandpa.Wake{})
}

// greet tells a peer what this node has.
func (f *finalityNode) greet(peer engine.NodeID) {
	f.emit(engine.Send{To: peer, Data: append([]byte{'m'}, grandpa.Encode(f.core.Summary())...)})
	f.emit(engine.Send{To: peer, Data: append([]byte{'h'}, f.best.Hash[:]...)})
}

// author makes a block if it is this node's turn: every slot has one author,
// every fifth or so a second one.
func (f *finalityNode) author(now primitives.Millis, slot uint64) {
	second := primitives.Blake2b256(binary.LittleEndian.AppendUint64(nil, slot))[0]%5 == 0
	turn := int(slot % uint64(f.chain.n))
	if turn != f.id && !(second && (turn+1)%f.chain.n == f.id) {
		return
	}
	h := primitives.Header{ParentHash: f.best.Hash, Number: f.best.Number + 1}
	binary.LittleEndian.PutUint64(h.StateRoot[:], slot)
	h.StateRoot[8] = byte(f.id)
	last := f.lastChange()
	if session := slot / sessionSlots; session != slotOf(last)/sessionSlots && h.Number > last.Number+f.chain.delay {
		change := primitives.ScheduledChange{NextAuthorities: f.chain.authorities(session), Delay: f.chain.delay}
		h.Digest = append(h.Digest, primitives.Consensus{
			Engine: primitives.EngineGRANDPA, Data: primitives.AppendGRANDPALog(nil, change),
		})
	}
	f.imported(now, h)
	f.emit(engine.Publish{Topic: "blocks", Data: h.AppendSCALE(nil)})
}

// lastChange returns the last block of the best chain that changes the
// authorities, or the first one.
func (f *finalityNode) lastChange() primitives.Header {
	h := f.blocks[f.best.Hash]
	for h.Number > 1 && len(h.Digest) == 0 {
		h = f.blocks[h.ParentHash]
	}
	return h
}

func slotOf(h primitives.Header) uint64 { return binary.LittleEndian.Uint64(h.StateRoot[:8]) }

// imported stores a block and what waited for it. It reports whether h was new.
func (f *finalityNode) imported(now primitives.Millis, h primitives.Header) bool {
	hash := h.Hash()
	if _, known := f.blocks[hash]; known {
		return false
	}
	if _, known := f.blocks[h.ParentHash]; !known {
		f.orphans[h.ParentHash] = append(f.orphans[h.ParentHash], h)
		return true
	}
	f.appendTo("blocks", "block", h.AppendSCALE(nil))
	f.enter(now, h)
	waiting := f.orphans[hash]
	delete(f.orphans, hash)
	for _, child := range waiting {
		f.imported(now, child)
	}
	return true
}

// enter takes up a stored block.
func (f *finalityNode) enter(now primitives.Millis, h primitives.Header) {
	id := h.ID()
	f.blocks[id.Hash] = h
	f.emit(engine.Note{Payload: importedNote{h}})
	f.step(now, grandpa.BlockImported{Hash: id.Hash, Header: h})
	if id.Number > f.best.Number && f.contains(id, f.final) {
		f.best = id
		f.step(now, grandpa.BestBlock{Hash: id.Hash})
	}
}

// contains reports whether ancestor is in the chain with head id.
func (f *finalityNode) contains(id, ancestor primitives.BlockID) bool {
	for id.Number > ancestor.Number {
		id = primitives.BlockID{Hash: f.blocks[id.Hash].ParentHash, Number: id.Number - 1}
	}
	return id == ancestor
}

func (f *finalityNode) chooseBest(now primitives.Millis) {
	if f.contains(f.best, f.final) {
		return
	}
	f.best = f.final
	for i := range f.count("blocks") {
		var h primitives.Header
		must(scale.Unmarshal(f.disk.Get(fmt.Sprint("block ", i)), &h))
		if id := h.ID(); id.Number > f.best.Number && f.contains(id, f.final) {
			f.best = id
		}
	}
	f.step(now, grandpa.BestBlock{Hash: f.best.Hash})
}

// delivered handles gossip and the few requests that stand in for block sync:
// 'm' finality message, 'h' best block's hash, 'r' request for the chain of a
// hash, 'b' block, 'j' request for the justification that ended a set, 'J' it.
func (f *finalityNode) delivered(now primitives.Millis, in engine.Delivered) {
	peer := in.From
	switch {
	case in.Topic == "blocks":
		var h primitives.Header
		must(scale.Unmarshal(in.Data, &h))
		f.block(now, peer, h)
		f.emit(engine.Forward{})
	case in.Topic == "finality":
		m, err := grandpa.Decode(in.Data)
		must(err)
		f.step(now, grandpa.Received{From: peerName(peer), Message: m})
	default:
		f.direct(now, peer, in.Data[0], in.Data[1:])
	}
}

func (f *finalityNode) block(now primitives.Millis, peer engine.NodeID, h primitives.Header) {
	f.imported(now, h)
	if _, known := f.blocks[h.Hash()]; !known {
		f.emit(engine.Send{To: peer, Data: append([]byte{'r'}, h.ParentHash[:]...)})
	}
}

func (f *finalityNode) direct(now primitives.Millis, peer engine.NodeID, kind byte, data []byte) {
	switch kind {
	case 'm':
		m, err := grandpa.Decode(data)
		must(err)
		if s, ok := m.(grandpa.Summary); ok {
			if set, _ := f.core.Authorities(); s.Set > set {
				f.emit(engine.Send{To: peer, Data: binary.LittleEndian.AppendUint64([]byte{'j'}, uint64(set))})
			}
		}
		f.step(now, grandpa.Received{From: peerName(peer), Message: m})
	case 'h':
		if _, known := f.blocks[primitives.Hash(data)]; !known {
			f.emit(engine.Send{To: peer, Data: append([]byte{'r'}, data...)})
		}
	case 'r':
		h, known := f.blocks[primitives.Hash(data)]
		for i := 0; known && h.Number > 0 && i < 64; i++ {
			f.emit(engine.Send{To: peer, Data: append([]byte{'b'}, h.AppendSCALE(nil)...)})
			h, known = f.blocks[h.ParentHash]
		}
	case 'b':
		var h primitives.Header
		must(scale.Unmarshal(data, &h))
		f.imported(now, h)
	case 'j':
		if raw := f.disk.Get(fmt.Sprint("justification ", binary.LittleEndian.Uint64(data))); raw != nil {
			f.emit(engine.Send{To: peer, Data: append([]byte{'J'}, raw...)})
		}
	case 'J':
		var j primitives.GRANDPAJustification
		must(scale.Unmarshal(data, &j))
		f.step(now, grandpa.JustificationReceived{From: peerName(peer), Justification: j})
	}
}

func peerName(id engine.NodeID) grandpa.Peer { return grandpa.Peer(fmt.Sprint(int(id))) }

func peerID(p grandpa.Peer) (id engine.NodeID) {
	_, err := fmt.Sscan(string(p), &id)
	must(err)
	return id
}

// step gives the core an event and performs the effects.
func (f *finalityNode) step(now primitives.Millis, ev grandpa.Event) {
	for _, effect := range f.core.Step(now, ev) {
		switch e := effect.(type) {
		case grandpa.Sign:
			f.sign(e)
		case grandpa.Persist:
			f.disk.Put("state", e.State.AppendSCALE(nil))
			f.disk.Sync()
			f.emit(engine.After{Delay: writeMillis, Payload: grandpa.Persisted{Sequence: e.Sequence}})
		case grandpa.Broadcast:
			if v, ok := e.Message.(grandpa.Vote); ok {
				if f.id < f.chain.liars {
					f.lie(v)
					continue
				}
				f.emit(engine.Note{Payload: votedNote{v}})
			}
			f.emit(engine.Publish{Topic: "finality", Data: grandpa.Encode(e.Message)})
		case grandpa.SendTo:
			for _, m := range e.Messages {
				f.emit(engine.Send{To: peerID(e.To), Data: append([]byte{'m'}, grandpa.Encode(m)...)})
			}
		case grandpa.Fetch:
			for _, b := range e.Blocks {
				f.emit(engine.Send{To: peerID(e.From), Data: append([]byte{'r'}, b.Hash[:]...)})
			}
		case grandpa.SetChanged:
			f.emit(engine.Note{Payload: setNote{e}})
		case grandpa.Finalize:
			f.finalize(e)
		case grandpa.Verdict:
			switch e.Judgment {
			case grandpa.Accept:
				f.emit(engine.Forward{})
			case grandpa.Reject:
				f.emit(engine.Note{Payload: rejectedNote{e.Reason}})
			}
		case grandpa.Equivocation:
			f.emit(engine.Note{Payload: evidenceNote{e}})
		case grandpa.Alarm:
			f.emit(engine.Note{Payload: alarmNote{e}})
		}
	}
}

// lie sends a vote to one half of the nodes, and one for the parent of its target
// to the other.
func (f *finalityNode) lie(v grandpa.Vote) {
	votes := [2]grandpa.Vote{v, v}
	target := v.Signed.Message.Target()
	parent := primitives.BlockID{Hash: f.blocks[target.Hash].ParentHash, Number: target.Number - 1}
	switch v.Signed.Message.(type) {
	case primitives.Prevote:
		votes[1].Signed.Message = primitives.Prevote{TargetBlock: parent}
	case primitives.Precommit:
		votes[1].Signed.Message = primitives.Precommit{TargetBlock: parent}
	}
	votes[1].Signed.Signature = stubSign(v.Signed.ID, primitives.GRANDPAPayload(votes[1].Signed.Message, v.Round, v.Set))
	for peer := range f.chain.n {
		f.emit(engine.Send{To: engine.NodeID(peer), Data: append([]byte{'m'}, grandpa.Encode(votes[peer%2])...)})
	}
}

// sign plays the signer: guard first, and never two votes of a kind in a round.
func (f *finalityNode) sign(s grandpa.Sign) {
	slot := fmt.Sprintf("guard of %d %d %T", s.Set, s.Round, s.Message)
	raw := s.AppendSCALE(nil)
	answer := grandpa.Signed{Request: s}
	switch before := f.disk.Get(slot); {
	case before == nil:
		f.disk.Put(slot, raw)
		f.appendTo("guards", "guard", raw)
	case string(before) != string(raw):
		answer.Refused = true
	}
	if !answer.Refused {
		answer.Signature = stubSign(s.Key, primitives.GRANDPAPayload(s.Message, s.Round, s.Set))
	}
	f.emit(engine.After{Delay: signMillis, Payload: answer})
}

func (f *finalityNode) finalize(e grandpa.Finalize) {
	f.final = e.Block
	f.disk.Put("final", e.Block.AppendSCALE(nil))
	if e.Keep {
		f.disk.Put(fmt.Sprint("justification ", e.Set), e.Justification.AppendSCALE(nil))
	}
	f.disk.Sync()
	f.emit(engine.Note{Payload: finalizedNote{e}})
}
