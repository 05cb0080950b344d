package backing_test

import (
	"slices"
	"strconv"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/parachain/backing"
	"github.com/rampart-chain/rampart/parachain/collation"
	"github.com/rampart-chain/rampart/parachain/prospective"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

const (
	slotMillis     = 2000
	validateMillis = 100
	signMillis     = 5
	storeMillis    = 5
	fetchMillis    = slotMillis * 3 / 4 // until a request is given up
)

// Notes of nodes.
type (
	signedNote   struct{ backing.Sign }
	evidenceNote struct{ backing.Equivocation }
	refutedNote  struct{ backing.Refuted }
	alarmNote    struct{ backing.Alarm }
	rejectedNote struct {
		reason error
		from   engine.NodeID
	}
	fetchNote   struct{ collation.Fetch }
	reportNote  struct{ collation.Report }
	refusedNote struct{ reason error } // by the chain, of an author's candidate
)

// validator is a node with the two cores, and the lines that stand in for its
// shell.
type validator struct {
	id         int
	world      *world
	disk       *engine.Disk
	chains     *prospective.Chains
	backing    *backing.Core
	collation  *collation.Core
	leaf       *prospective.Leaf
	povs       map[primitives.Hash]primitives.PoV
	pending    map[string]bool // requests under way
	evil       evil
	nextSlot   primitives.Millis
	nextPull   primitives.Millis
	now        primitives.Millis
	out        []engine.Output
	wrongLocal int // validations that fail for a local reason
}

// evil is what a byzantine validator does besides, or instead.
type evil interface {
	// imported is called on a new leaf.
	imported(v *validator)
	// broadcast is called instead of gossiping; it reports whether it took over.
	broadcast(v *validator, m backing.Message) bool
}

func bootValidator(w *world, id int, disk *engine.Disk) engine.Node {
	v := &validator{
		id: id, world: w, disk: disk, chains: prospective.New(), povs: map[primitives.Hash]primitives.PoV{},
		pending: map[string]bool{}, evil: w.evil[id],
	}
	keys := []primitives.SR25519Public{keyOf(id)}
	v.backing = backing.New(backing.Params{Keys: keys, Slot: slotMillis, Verifier: stub}, v.chains)
	v.collation = collation.New(collation.Params{Keys: keys, Slot: slotMillis}, v.chains)
	return v
}

func peerName(id engine.NodeID) protocol.PeerID { return protocol.PeerID(strconv.Itoa(int(id))) }

func peerID(p protocol.PeerID) engine.NodeID {
	id, err := strconv.Atoi(string(p))
	if err != nil {
		panic(err)
	}
	return engine.NodeID(id)
}

func (v *validator) emit(o engine.Output) { v.out = append(v.out, o) }

func (v *validator) note(n any) { v.emit(engine.Note{Payload: n}) }

func (v *validator) Next() (primitives.Millis, bool) {
	at := min(v.nextSlot, v.nextPull)
	if t, ok := v.backing.Next(); ok {
		at = min(at, t)
	}
	if t, ok := v.collation.Next(); ok {
		at = min(at, t)
	}
	return at, true
}

func (v *validator) Handle(now primitives.Millis, in engine.Input) []engine.Output {
	v.out, v.now = nil, now
	if v.nextSlot == 0 {
		v.nextSlot = (now/slotMillis + 1) * slotMillis
		v.nextPull = v.nextSlot + slotMillis/2
		v.imported()
	}
	switch in := in.(type) {
	case engine.Wake:
		v.wake()
	case engine.Connected:
		v.greet(in.Peer)
	case engine.Local:
		v.local(in.Payload)
	case engine.Delivered:
		v.delivered(in)
	}
	return v.out
}

func (v *validator) wake() {
	for v.now >= v.nextSlot {
		if int(v.nextSlot/slotMillis)%v.world.validators == v.id {
			v.author()
		}
		v.nextSlot += slotMillis
	}
	if v.now >= v.nextPull {
		v.nextPull += slotMillis
		for peer := range v.world.validators {
			v.greet(engine.NodeID(peer))
		}
	}
	v.stepBacking(backing.Wake{})
	v.stepCollation(collation.Wake{})
}

func (v *validator) greet(peer engine.NodeID) {
	if int(peer) < v.world.validators && int(peer) != v.id {
		v.emit(engine.Send{To: peer, Data: append([]byte{'s'}, backing.Encode(v.backing.Summary())...)})
	}
}

// author makes a relay-chain block of what the core offers.
func (v *validator) author() {
	v.imported()
	for _, refused := range v.world.chain.grow(v.backing.BackedCandidates(v.leaf.Hash)) {
		v.note(refusedNote{refused})
	}
	v.emit(engine.Publish{Topic: "blocks", Data: scale.AppendU32(nil, uint32(v.world.chain.head.Number))})
	v.imported()
}

// imported takes up the head of the chain.
func (v *validator) imported() {
	if v.leaf != nil && v.leaf.Hash == v.world.chain.leaf.Hash {
		return
	}
	old := v.leaf
	v.leaf = v.world.chain.leaf
	v.stepBacking(backing.ActiveLeaf{Leaf: v.leaf})
	v.stepCollation(collation.ActiveLeaf{Leaf: v.leaf})
	if old != nil {
		v.stepBacking(backing.LeafGone{Leaf: old.Hash})
		v.stepCollation(collation.LeafGone{Leaf: old.Hash})
	}
	if v.evil != nil {
		v.evil.imported(v)
	}
}

// delivered handles gossip and requests: 's' backing message, 'o' offer, 'C'
// collation, 'p' request for a PoV, 'P' the PoV.
func (v *validator) delivered(in engine.Delivered) {
	switch in.Topic {
	case "blocks":
		v.imported()
		v.emit(engine.Forward{})
		return
	case "statements":
		v.message(in.From, in.Data)
		return
	}
	kind, data := in.Data[0], in.Data[1:]
	switch kind {
	case 's':
		v.message(in.From, data)
	case 'o':
		var o collation.Offer
		must(scale.Unmarshal(data, &o))
		v.stepCollation(collation.Offered{From: peerName(in.From), Offer: o})
	case 'C':
		v.collationCame(in.From, data)
	case 'p':
		request := backing.PoVRequest{}
		must(scale.Unmarshal(data, &request))
		if pov, ok := v.povs[request.Candidate]; ok {
			answer := backing.PoVAnswer{PoV: &pov}
			v.emit(engine.Send{To: in.From, Data: answer.AppendSCALE(append([]byte{'P'}, data...))})
		}
	case 'P':
		request, answer := backing.PoVRequest{}, backing.PoVAnswer{}
		must(scale.Unmarshal(data[:32], &request))
		must(scale.Unmarshal(data[32:], &answer))
		if fetch := (backing.FetchPoV{Candidate: request.Candidate}); v.answered("pov " + request.Candidate.String() + peerString(in.From)) {
			v.stepBacking(backing.PoVFetched{Fetch: fetch, Peer: peerName(in.From), PoV: *answer.PoV, PoVHash: answer.PoV.Hash()})
		}
	}
}

func peerString(id engine.NodeID) string { return " " + strconv.Itoa(int(id)) }

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// answered ends the wait for an answer, and reports whether there was one.
func (v *validator) answered(key string) bool {
	waited := v.pending[key]
	delete(v.pending, key)
	return waited
}

func (v *validator) message(from engine.NodeID, data []byte) {
	m, err := backing.Decode(data)
	must(err)
	v.stepBacking(backing.Received{From: peerName(from), Message: m})
}

// collationCame takes the answer of a collator: its request, then the answer.
func (v *validator) collationCame(from engine.NodeID, data []byte) {
	d := scale.NewDecoder(data)
	var request collation.Request
	var answer collation.Answer
	request.DecodeSCALE(d)
	answer.DecodeSCALE(d)
	fetch := collation.Fetch{From: peerName(from), Request: request}
	if d.Finish() != nil || !v.answered("collation "+request.Candidate.String()+peerString(from)) {
		return
	}
	if answer.Collation == nil {
		v.stepCollation(collation.FetchFailed{Fetch: fetch})
		return
	}
	v.stepCollation(collation.Fetched{
		Fetch: fetch, Receipt: answer.Collation.Receipt, PoV: answer.Collation.PoV, PoVHash: answer.Collation.PoV.Hash(),
	})
}

// timeout is the deadline of a request.
type timeout struct {
	key     string
	backing backing.Event
	fetch   collation.Event
}

func (v *validator) local(payload any) {
	switch p := payload.(type) {
	case backing.Event:
		v.stepBacking(p)
	case timeout:
		if !v.answered(p.key) {
			return
		}
		if p.backing != nil {
			v.stepBacking(p.backing)
		} else {
			v.stepCollation(p.fetch)
		}
	}
}

// stepCollation gives the core an event and performs the effects.
func (v *validator) stepCollation(ev collation.Event) {
	for _, effect := range v.collation.Step(v.now, ev) {
		switch e := effect.(type) {
		case collation.Fetch:
			v.note(fetchNote{e})
			peer := peerID(e.From)
			key := "collation " + e.Request.Candidate.String() + peerString(peer)
			v.pending[key] = true
			v.emit(engine.Send{To: peer, Data: e.Request.AppendSCALE([]byte{'c'})})
			v.emit(engine.After{Delay: fetchMillis, Payload: timeout{key: key, fetch: collation.FetchFailed{Fetch: e}}})
		case collation.Second:
			v.stepBacking(backing.CollationReady{Receipt: e.Receipt, ValidationData: e.ValidationData, PoV: e.PoV})
		case collation.Verdict:
			if e.Judgment == protocol.Reject {
				v.note(rejectedNote{e.Reason, peerID(e.From)})
			}
			offer := ev.(collation.Offered).Offer // the answer to a request names it
			v.emit(engine.Send{To: peerID(e.From), Data: offer.AppendSCALE([]byte{'O'})})
		case collation.Report:
			v.note(reportNote{e})
		}
	}
}

// stepBacking gives the core an event and performs the effects.
func (v *validator) stepBacking(ev backing.Event) {
	for _, effect := range v.backing.Step(v.now, ev) {
		switch e := effect.(type) {
		case backing.Validate:
			v.emit(engine.After{Delay: validateMillis, Payload: v.validate(e)})
		case backing.FetchPoV:
			v.fetchPoV(e)
		case backing.StoreAvailableData:
			v.povs[e.Candidate] = e.Data.PoV
			v.emit(engine.After{Delay: storeMillis, Payload: backing.Stored{Candidate: e.Candidate}})
		case backing.Sign:
			v.note(signedNote{e})
			v.emit(engine.After{Delay: signMillis, Payload: v.sign(e)})
		case backing.Broadcast:
			if v.evil == nil || !v.evil.broadcast(v, e.Message) {
				v.emit(engine.Publish{Topic: "statements", Data: backing.Encode(e.Message)})
			}
		case backing.SendTo:
			for _, m := range e.Messages {
				v.emit(engine.Send{To: peerID(e.To), Data: append([]byte{'s'}, backing.Encode(m)...)})
			}
		case backing.Extended:
			v.stepCollation(collation.Extended{})
		case backing.Judged:
			v.stepCollation(collation.Judged{Candidate: e.Candidate, Reason: e.Reason, Fault: e.Fault})
		case backing.Refuted:
			v.note(refutedNote{e})
		case backing.Alarm:
			v.note(alarmNote{e})
		case backing.Equivocation:
			v.note(evidenceNote{e})
		case backing.OwnHeard:
			if v.evil == nil && !v.made(e.Context, e.Statement) {
				v.world.t.Fatalf("validator %d heard a statement of its own that it did not make", v.id)
			}
			v.world.heard++
		case backing.Verdict:
			switch e.Judgment {
			case protocol.Accept:
				v.emit(engine.Forward{})
			case protocol.Reject:
				v.note(rejectedNote{e.Reason, peerID(e.From)})
			}
		}
	}
}

// validate asks the oracle, or fails for a local reason if that is due.
func (v *validator) validate(e backing.Validate) backing.Event {
	if v.wrongLocal > 0 {
		v.wrongLocal--
		return backing.Validated{Candidate: e.Candidate, Reason: errLocal}
	}
	ev := backing.Validated{Candidate: e.Candidate, Outcome: backing.Invalid, Reason: errGuest}
	if commitments, valid := execute(e.ValidationData, e.PoV); valid {
		ev.Outcome, ev.Reason, ev.Commitments = backing.Executed, nil, commitments
		ev.ErasureRoot = erasureRoot(e.ValidationData, e.PoV, e.Validators)
	}
	return ev
}

func (v *validator) fetchPoV(e backing.FetchPoV) {
	peer := engine.NodeID(slices.IndexFunc(v.world.chain.validators, func(s sessionValidator) bool { return s.Keys.ParaValidator == e.Key }))
	key := "pov " + e.Candidate.String() + peerString(peer)
	v.pending[key] = true
	v.emit(engine.Send{To: peer, Data: append([]byte{'p'}, e.Candidate[:]...)})
	v.emit(engine.After{Delay: fetchMillis, Payload: timeout{key: key, backing: backing.PoVFailed{Fetch: e}}})
}

// made reports whether the guard knows the statement.
func (v *validator) made(context primitives.SigningContext, s primitives.CompactStatement) bool {
	statement := s.AppendSCALE(nil)
	for m := range slices.Chunk(v.disk.Get(guardOf(context)), len(statement)) {
		if string(m) == string(statement) {
			return true
		}
	}
	return false
}

func guardOf(context primitives.SigningContext) string {
	return "guard " + strconv.Itoa(int(context.SessionIndex)) + context.Parent.String()
}

// sign plays the signer with its guard: one kind per candidate, and at most as
// many seconded as allowed.
func (v *validator) sign(e backing.Sign) backing.Event {
	slot := guardOf(e.Context)
	made := v.disk.Get(slot)
	statement := e.Statement.AppendSCALE(nil)
	seconded, known := 0, false
	for m := range slices.Chunk(made, len(statement)) {
		if string(m) == string(statement) {
			known = true
		} else if string(m[5:]) == string(statement[5:]) {
			return backing.Signed{Request: e, Refused: true}
		}
		if primitives.StatementKind(m[4]) == primitives.Seconded {
			seconded++
		}
	}
	if !known {
		if e.Statement.Kind == primitives.Seconded && seconded >= e.MaxSeconded {
			return backing.Signed{Request: e, Refused: true}
		}
		v.disk.Put(slot, append(slices.Clone(made), statement...))
		v.disk.Sync()
	}
	return backing.Signed{Request: e, Signature: primitives.Signature(keysOf(v.id).Sr25519(e.Statement.SigningPayload(e.Context)))}
}

// seconded returns b seconded by this validator, whatever it is, and keeps its PoV.
func (v *validator) seconded(b built) backing.Message {
	v.povs[b.candidate.Hash()] = b.pov
	own, _ := v.leaf.Own([]primitives.SR25519Public{keyOf(v.id)})
	return statement(v.world.chain, v.leaf, primitives.Seconded, own, b)
}
