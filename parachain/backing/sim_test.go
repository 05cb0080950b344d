package backing_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/parachain/backing"
	"github.com/rampart-chain/rampart/parachain/collation"
	"github.com/rampart-chain/rampart/parachain/inclusion/inherent"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

type sessionValidator = session.Validator

var (
	errLocal = errors.New("worker died")
	errDisk  = errors.New("disk is full")
	errGuest = errors.New("validation function trapped")
)

type collatorConfig struct {
	para primitives.ParaID
	kind collatorKind
}

// world is a network of validators and collators around one relay chain, and
// what an observer knows of it. The chain does not fork: its authors take turns,
// and every node knows a block once it hears of it.
type world struct {
	t          *testing.T
	chain      *chain
	engine     *engine.Engine
	validators int
	evil       map[int]evil
	// valid is what the oracle says of every candidate ever made.
	valid map[primitives.Hash]bool
	seen
}

// seen is what the observer saw.
type seen struct {
	votes, refuted, alarms, equivocations, rejected, heard int
	reports                                                map[error]int
	fetches                                                map[engine.NodeID][]fetchAt
	statements                                             map[primitives.SR25519Public]map[primitives.Hash]primitives.StatementKind
	accused                                                map[primitives.SR25519Public]bool
}

type fetchAt struct {
	collation.Fetch
	at primitives.Millis
}

func (w *world) register(b built, valid bool) { w.valid[b.candidate.Hash()] = valid }

var simParas = [][]primitives.ParaID{{2000}, {2001}}

// newWorld starts n validators, and the collators.
func newWorld(t *testing.T, config engine.Config, n int, evils map[int]evil, collators ...collatorConfig) *world {
	w := &world{t: t, chain: newChain(t, n, simParas...), validators: n, evil: evils, valid: map[primitives.Hash]bool{}}
	w.statements, w.accused, w.reports = map[primitives.SR25519Public]map[primitives.Hash]primitives.StatementKind{}, map[primitives.SR25519Public]bool{}, map[error]int{}
	w.fetches = map[engine.NodeID][]fetchAt{}
	config.Nodes = n + len(collators)
	config.Start = 1_000_000
	config.Boot = func(id engine.NodeID, disk *engine.Disk) engine.Node {
		if int(id) < n {
			return bootValidator(w, int(id), disk)
		}
		return bootCollator(w, int(id), collators[int(id)-n])
	}
	config.Observe = w.observe
	w.engine = engine.New(config)
	return w
}

// run lets slots pass.
func (w *world) run(slots int) {
	w.engine.Run(w.engine.Now() + primitives.Millis(slots)*slotMillis)
}

// observe checks what must hold at every moment.
func (w *world) observe(now primitives.Millis, id engine.NodeID, note any) {
	byzantine := w.evil[int(id)] != nil
	switch n := note.(type) {
	case signedNote:
		if byzantine {
			return
		}
		w.votes++
		hash := n.Statement.CandidateHash
		if valid, known := w.valid[hash]; !known || !valid {
			w.t.Fatalf("honest validator %d signs for an invalid candidate", id)
		}
		if w.statements[n.Key] == nil {
			w.statements[n.Key] = map[primitives.Hash]primitives.StatementKind{}
		}
		if before := w.statements[n.Key][hash]; before != 0 && before != n.Statement.Kind {
			w.t.Fatalf("honest validator %d asks for both statements about a candidate", id)
		}
		w.statements[n.Key][hash] = n.Statement.Kind
	case evidenceNote:
		w.equivocations++
		w.accused[n.Key] = true
		for i := range w.validators {
			if keyOf(i) == n.Key && w.evil[i] == nil {
				w.t.Fatalf("evidence against honest validator %d: %v", i, n.Reason)
			}
		}
		w.checkEvidence(n.Equivocation)
	case refusedNote:
		if !errors.Is(n.reason, inherent.ErrSessionEnds) {
			w.t.Fatalf("chain refuses what validator %d backs: %v", id, n.reason)
		}
	case refutedNote:
		w.refuted++
		if w.valid[n.Candidate] {
			w.t.Fatalf("validator %d refutes a valid candidate: %v", id, n.Reason)
		}
	case alarmNote:
		w.alarms++
	case fetchNote:
		w.fetches[id] = append(w.fetches[id], fetchAt{n.Fetch, now})
	case reportNote:
		w.reports[n.Reason]++
	case rejectedNote:
		w.rejected++
		if int(n.from) < w.validators && w.evil[int(n.from)] == nil && !byzantine {
			w.t.Fatalf("%d rejects a message of honest validator %d: %v", id, n.from, n.reason)
		}
	}
}

// checkEvidence checks that evidence convinces whoever knows the keys.
func (w *world) checkEvidence(e backing.Equivocation) {
	if len(e.Statements) < 2 {
		w.t.Fatal("evidence of one statement")
	}
	for i, s := range e.Statements {
		payload := primitives.CompactStatement{Kind: s.Kind, CandidateHash: s.Receipt.Hash()}.SigningPayload(e.Context)
		if !stub.Sr25519(e.Key, payload, s.Signature) || i > 0 && s == e.Statements[0] {
			w.t.Fatalf("evidence does not verify: %v", e.Reason)
		}
	}
}

// mustInclude checks that each para got at least so many candidates included, none
// of them invalid unless a whole group lies.
func (w *world) mustInclude(least int, invalidAllowed bool) {
	w.t.Helper()
	for _, core := range simParas {
		hashes := w.chain.included[core[0]]
		w.t.Logf("para %d: %d candidates included in %d blocks", core[0], len(hashes), w.chain.head.Number)
		if len(hashes) < least {
			w.t.Errorf("para %d: %d candidates included in %d blocks, want at least %d", core[0], len(hashes), w.chain.head.Number, least)
		}
		for _, hash := range hashes {
			if !w.valid[hash] && !invalidAllowed {
				w.t.Errorf("para %d: invalid candidate included", core[0])
			}
		}
	}
}

func bothParas(kind collatorKind) []collatorConfig {
	return []collatorConfig{{2000, kind}, {2001, kind}}
}

// faulty is a network that loses 10 % of all messages and doubles 5 %.
func faulty(seed uint64) engine.Config {
	return engine.Config{Seed: seed, Loss: 100_000, Duplicate: 50_000}
}

// TestSimEveryBlockBacks: without faults each para has a candidate in nearly
// every block, over changes of groups and sessions.
func TestSimEveryBlockBacks(t *testing.T) {
	t.Parallel()
	for _, n := range []int{4, 7} {
		w := newWorld(t, engine.Config{Seed: uint64(n)}, n, nil, bothParas(honest)...)
		w.chain.sessionBlocks = 12
		w.run(30)
		// One block is lost to the start, three to the two ends of sessions: their
		// last block takes nothing, and what is pending then is dropped.
		w.mustInclude(22, false)
		if w.equivocations+w.alarms+w.rejected+w.refuted > 0 || len(w.reports) > 0 {
			t.Errorf("n=%d: faults seen where there are none: %+v %v", n, w.seen, w.reports)
		}
	}
}

// TestSimLossyNetwork: loss, duplication and long delays slow backing down; they
// do not stop it, and nobody honest is blamed.
func TestSimLossyNetwork(t *testing.T) {
	t.Parallel()
	for _, n := range []int{4, 7} {
		for seed := range uint64(3) {
			if testing.Short() && seed > 0 {
				continue
			}
			config := faulty(seed)
			config.MaxLatency, config.MinLatency = 150, 20
			w := newWorld(t, config, n, nil, bothParas(honest)...)
			w.run(40)
			w.mustInclude(16, false)
			if w.equivocations+w.rejected > 0 {
				t.Errorf("%+v", w.seen)
			}
		}
	}
}

// TestSimReplay: one seed is one run.
func TestSimReplay(t *testing.T) {
	t.Parallel()
	trace := func(seed uint64) uint64 {
		w := newWorld(t, faulty(seed), 4, map[int]evil{1: &twoFaced{}}, bothParas(honest)...)
		w.run(15)
		return w.engine.Trace()
	}
	if first := trace(7); first != trace(7) {
		t.Error("two runs of a seed differ")
	} else if first == trace(8) {
		t.Error("two seeds give the same run")
	}
}

// TestSimCrash: a validator that starts again, with nothing but its guard, makes
// no contradicting statement and takes part again. What it hears of its own is in
// its guard.
func TestSimCrash(t *testing.T) {
	t.Parallel()
	// With two collators for each para there are two candidates on each head.
	w := newWorld(t, engine.Config{Seed: 5}, 4, nil, append(bothParas(honest), bothParas(honest)...)...)
	for i := range 24 {
		at := w.engine.Now() + primitives.Millis(4000+i*2711)
		id := engine.NodeID(i % 4)
		w.engine.At(at, func() { w.engine.Crash(id) })
		w.engine.At(at+primitives.Millis(10+i*40), func() { w.engine.Restart(id) })
	}
	w.run(40)
	w.mustInclude(15, false)
	if w.equivocations > 0 || w.heard == 0 {
		t.Errorf("%d equivocations, %d own statements heard", w.equivocations, w.heard)
	}
}

// TestSimLocalFailures: a validator whose machine fails abstains after one more
// attempt, with an alarm; the others go on.
func TestSimLocalFailures(t *testing.T) {
	t.Parallel()
	w := newWorld(t, engine.Config{Seed: 6}, 7, nil, bothParas(honest)...)
	w.run(3)
	w.engine.Node(2).(*validator).wrongLocal = 1_000_000
	w.engine.Node(5).(*validator).wrongLocal = 1
	votes := len(w.statements[keyOf(2)])
	w.run(27)
	w.mustInclude(22, false)
	if len(w.statements[keyOf(2)]) > votes+1 {
		t.Error("a validator votes that cannot execute")
	}
	if w.alarms == 0 || w.refuted > 0 {
		t.Errorf("%d alarms, %d refuted", w.alarms, w.refuted)
	}
}

// twoFaced seconds its candidate before one half of the validators, and another
// one on the same head before the other half.
type twoFaced struct{ done int }

func (*twoFaced) imported(*validator) {}

func (e *twoFaced) broadcast(v *validator, m backing.Message) bool {
	first, ok := m.(backing.Seconded)
	if !ok {
		return false
	}
	d := first.Candidate.Descriptor
	other, ok := build(v.leaf, d.ParaID, primitives.CoreIndex(d.CoreIndex), 1_000_000, true)
	if !ok || other.candidate.Descriptor.PersistedValidationDataHash != d.PersistedValidationDataHash {
		return false
	}
	e.done++
	v.world.register(other, true)
	messages := []backing.Message{m, v.seconded(other)}
	for peer := range v.world.validators {
		data := backing.Encode(messages[peer%2])
		v.emit(engine.Send{To: engine.NodeID(peer), Data: append([]byte{'s'}, data...)})
	}
	return true
}

// TestSimDoubleSeconding: who shows each half of the network another candidate is
// found out, and holds nobody up.
func TestSimDoubleSeconding(t *testing.T) {
	t.Parallel()
	for _, config := range []engine.Config{{Seed: 1}, faulty(2)} {
		liar := &twoFaced{}
		w := newWorld(t, config, 7, map[int]evil{3: liar}, bothParas(honest)...)
		w.run(30)
		w.mustInclude(10, false)
		if liar.done == 0 || w.equivocations == 0 || !w.accused[keyOf(3)] {
			t.Errorf("lied %d times, %d pieces of evidence", liar.done, w.equivocations)
		}
	}
}

// garbage seconds an invalid candidate at every leaf.
type garbage struct{ done int }

func (e *garbage) imported(v *validator) {
	own, ok := v.leaf.Own([]primitives.SR25519Public{keyOf(v.id)})
	if !ok {
		return
	}
	for i := range v.leaf.Cores {
		core := primitives.CoreIndex(i)
		if !slices.Contains(v.leaf.Group(core, v.leaf.Number), own) {
			continue
		}
		b, ok := build(v.leaf, simParas[i][0], core, uint64(v.id)<<32, false)
		if ok {
			e.done++
			v.world.register(b, false)
			v.emit(engine.Publish{Topic: "statements", Data: backing.Encode(v.seconded(b))})
		}
	}
}

func (*garbage) broadcast(*validator, backing.Message) bool { return false }

// TestSimSuggestGarbage: nobody honest votes for an invalid candidate, so it is
// never backed.
func TestSimSuggestGarbage(t *testing.T) {
	t.Parallel()
	suggester := &garbage{}
	w := newWorld(t, faulty(3), 7, map[int]evil{0: suggester}, bothParas(honest)...)
	w.run(30)
	w.mustInclude(12, false)
	if suggester.done == 0 || w.refuted == 0 {
		t.Errorf("suggested %d, refuted %d", suggester.done, w.refuted)
	}
}

// TestSimBackGarbage: two of a group agree
// on invalid candidates, which is enough for the chain; no honest member votes
// for one, and the honest ones of the group refute it.
func TestSimBackGarbage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, engine.Config{Seed: 4}, 7, nil, bothParas(honest)...)
	// Who is in a group is known once the chain is.
	members := w.chain.leaf.Groups[0]
	pair := &pact{}
	for _, m := range members[:2] {
		id := slices.IndexFunc(w.chain.validators, func(s sessionValidator) bool {
			return s.Keys.ParaValidator == w.chain.leaf.Validators[m]
		})
		w.evil = mapWith(w.evil, id, pair)
		w.engine.Node(engine.NodeID(id)).(*validator).evil = pair
	}
	w.run(30)
	w.mustInclude(15, true)
	invalid := 0
	for _, core := range simParas {
		for _, hash := range w.chain.included[core[0]] {
			if !w.valid[hash] {
				invalid++
			}
		}
	}
	if invalid == 0 || w.refuted == 0 {
		t.Errorf("%d invalid candidates backed, %d refuted", invalid, w.refuted)
	}
}

func mapWith(m map[int]evil, id int, e evil) map[int]evil {
	if m == nil {
		m = map[int]evil{}
	}
	m[id] = e
	return m
}

// pact is two members of a group that put invalid candidates forward together.
type pact struct{ members []*validator }

func (*pact) broadcast(*validator, backing.Message) bool { return false }

// imported has the first member second an invalid candidate, and both vote.
func (e *pact) imported(v *validator) {
	if !slices.Contains(e.members, v) {
		e.members = append(e.members, v)
	}
	if len(e.members) < 2 || v != e.members[0] || v.leaf.Number%3 != 1 {
		return
	}
	own, _ := v.leaf.Own([]primitives.SR25519Public{keyOf(v.id)})
	other, _ := v.leaf.Own([]primitives.SR25519Public{keyOf(e.members[1].id)})
	for i := range v.leaf.Cores {
		core := primitives.CoreIndex(i)
		if !slices.Contains(v.leaf.Group(core, v.leaf.Number), own) {
			continue
		}
		if b, ok := build(v.leaf, simParas[i][0], core, 0, false); ok {
			v.world.register(b, false)
			v.emit(engine.Publish{Topic: "statements", Data: backing.Encode(v.seconded(b))})
			agree := statement(v.world.chain, v.leaf, primitives.Valid, other, b)
			v.emit(engine.Publish{Topic: "statements", Data: backing.Encode(agree)})
		}
	}
}

// TestSimCollatorSpam: three collators offer a thousand candidates
// a second each for one para. The other para loses nothing, and the one under
// attack goes on.
func TestSimCollatorSpam(t *testing.T) {
	t.Parallel()
	spammers := []collatorConfig{{2000, spamming}, {2000, spamming}, {2000, spamming}}
	w := newWorld(t, engine.Config{Seed: 8}, 4, nil, append(bothParas(honest), spammers...)...)
	slots := 10
	if testing.Short() {
		slots = 5
	}
	w.run(slots)
	w.mustInclude(slots/2-1, false)
	calm := newWorld(t, engine.Config{Seed: 8}, 4, nil, bothParas(honest)...)
	calm.run(slots)
	got, want := len(w.chain.included[2001]), len(calm.chain.included[2001])
	if got*100 < want*95 {
		t.Errorf("other para: %d candidates under attack, %d without", got, want)
	}
	if w.rejected == 0 {
		t.Error("no offer was rejected")
	}
}

// TestSimWithholdingCollator: a collator that offers and does not
// deliver is followed by the next one within the deadline.
func TestSimWithholdingCollator(t *testing.T) {
	t.Parallel()
	w := newWorld(t, engine.Config{Seed: 9}, 4, nil, append([]collatorConfig{{2000, withholding}, {2001, withholding}}, bothParas(honest)...)...)
	w.run(20)
	w.mustInclude(13, false)
	late := 0
	for _, fetches := range w.fetches {
		for i, f := range fetches {
			if peerID(f.From) != 4 && peerID(f.From) != 5 {
				continue
			}
			for _, next := range fetches[i+1:] {
				if next.Request.RelayParent == f.Request.RelayParent && next.Request.Para == f.Request.Para {
					late++
					if next.at-f.at > collation.Deadline(slotMillis)+10 {
						t.Errorf("next collator asked after %d ms", next.at-f.at)
					}
					break
				}
			}
		}
	}
	if late == 0 || w.reports[collation.ErrDeadline] == 0 {
		t.Errorf("%d fetches followed by another, reports %v", late, w.reports)
	}
}

// TestSimInvalidCollations: a collator whose candidates are invalid is reported,
// and the next one is taken.
func TestSimInvalidCollations(t *testing.T) {
	t.Parallel()
	w := newWorld(t, engine.Config{Seed: 10}, 4, nil, append([]collatorConfig{{2000, garbling}, {2001, garbling}}, bothParas(honest)...)...)
	w.run(20)
	w.mustInclude(10, false)
	if w.refuted == 0 || w.reports[errGuest] == 0 {
		t.Errorf("%d refuted, reports %v", w.refuted, w.reports)
	}
}
