package grandpa

import (
	"math"
	"slices"

	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Verifier checks ed25519 signatures by ZIP-215 rules. The batch form returns a
// verdict for each entry. Every crypto.Signatures is one.
type Verifier interface {
	Ed25519(pub [32]byte, message []byte, signature [64]byte) bool
	Ed25519Batch(entries []crypto.Signed) []bool
}

// Params are a node's parameters of finality.
type Params struct {
	// Period is the time a message takes to reach all neighbors, in
	// milliseconds: slot/6. Prevotes are due two periods after a round began,
	// precommits four; commits are delayed by up to one.
	Period primitives.Millis
	// JustificationPeriod is how many blocks apart justifications are kept
	// besides those of set changes; 0 keeps only those.
	JustificationPeriod primitives.BlockNumber
	// Keys are the public keys this node votes with; the event Keys replaces them.
	Keys []primitives.ED25519Public
	// Observe forbids voting until the set after the restored one: for a node
	// whose guard is missing or corrupt beside existing chain data.
	Observe  bool
	Verifier Verifier
}

// State is what a Core needs to know after a restart. A State is made by
// Genesis or was part of a Persist effect.
//
//frame:codec
type State struct {
	// Base is a final block. After New, BlockImported must be given for every
	// known descendant of it, then FinalizedElsewhere for the finalized head.
	Base primitives.BlockID
	// Set is the id of the set in force after Base, and Authorities its members.
	Set         primitives.SetID
	Authorities []primitives.GRANDPAAuthority `scale:"max=10000"`
	// Pending are the changes signalled at or below Base and not enacted.
	Pending []PendingChange `scale:"max=64"`
	// Previous is the state of the round before Votes.Round + 1, in which to go
	// on, and Votes are its votes; Votes.Round is 0 at the start of a set.
	Previous RoundState
	Votes    CatchUp
}

// Genesis returns the state of a chain of which only block 0 is final.
func Genesis(block primitives.BlockID, authorities []primitives.GRANDPAAuthority) State {
	return State{Base: block, Authorities: authorities, Previous: settled(block)}
}

// Core is the finality gadget of one node. It has one owner.
type Core struct {
	params Params
	tree   *tree
	set    primitives.SetID
	voters *VoterSet
	own    []ownKey
	heads
	rounds  rounds
	commits commits
	disk    disk
	request catchUpRequest
	alarmed Alarm // the last one
	out     []Effect
}

// heads are the blocks of the tree that matter most.
type heads struct {
	// best may be voted for; it need not be known.
	best primitives.Hash
	// final is the last finalized block, finalRound the last one finalized by
	// votes of a round that was followed here: the base of the next round.
	final, finalRound *node
}

// rounds are the rounds followed: votes are counted in the previous and the
// current one, and collected for the next.
type rounds struct {
	previous, current, next *round
	// inherited is the state of the previous round as far as known without its
	// votes; nil if not known, then nothing can be voted for.
	inherited *RoundState
	started   primitives.Millis
	now       primitives.Millis // of the last Step
	running   bool              // false until the first Step
	// prevoteDue and precommitDue say that the time of the current round's votes
	// has come.
	prevoteDue, precommitDue bool
}

// disk follows Persist effects.
type disk struct {
	asked, done uint64
}

// New returns the core of a node that starts from state. signed are the votes
// its guard says it made, in any order: they are made again where they matter
// and never contradicted. ErrVoterSet if the state's authorities are none.
func New(p Params, state State, signed []Sign) (*Core, error) {
	voters, err := NewVoterSet(state.Authorities)
	if err != nil {
		return nil, err
	}
	c := &Core{params: p, tree: newTree(state.Base, state.Pending)}
	c.final, c.finalRound, c.best = c.tree.root, c.tree.root, state.Base.Hash
	c.enter(state.Set, voters)
	if p.Observe {
		c.own = nil
	}
	c.restore(state, signed)
	return c, nil
}

// enter takes up round 1 of a set whose base is the root.
func (c *Core) enter(set primitives.SetID, voters *VoterSet) {
	c.set, c.voters = set, voters
	c.own = c.own[:0]
	for _, key := range c.params.Keys {
		if i, ok := voters.Index(key); ok {
			c.own = append(c.own, ownKey{voter: i})
		}
	}
	slices.SortFunc(c.own, func(a, b ownKey) int { return a.voter - b.voter })
	c.own = slices.CompactFunc(c.own, func(a, b ownKey) bool { return a.voter == b.voter })
	inherited := settled(c.tree.root.id)
	c.rounds = rounds{
		current: newRound(1, voters, c.tree.root), inherited: &inherited,
		started: c.rounds.started, now: c.rounds.now, running: c.rounds.running,
	}
	c.request = catchUpRequest{}
}

// restore takes up the round after the completed one of state, or the last one
// in which a vote was signed if that is later; then the state of the round
// before it is unknown.
func (c *Core) restore(state State, signed []Sign) {
	number := state.Votes.Round + 1
	for _, s := range signed {
		if s.Set == c.set {
			number = max(number, s.Round)
		}
	}
	r := &c.rounds
	r.current = newRound(number, c.voters, c.tree.root)
	if number > 1 {
		r.previous = newRound(number-1, c.voters, c.tree.root)
	}
	r.inherited = nil
	if number == state.Votes.Round+1 {
		r.inherited = &state.Previous
		if r.previous != nil {
			state.Votes.each(func(p phase, s primitives.SignedMessage) { c.restoreVote(r.previous, p, s) })
		}
	}
	for i := range c.own {
		for _, s := range signed {
			if s.Set == c.set && s.Key == c.voters.At(c.own[i].voter).Key {
				c.own[i].resign = append(c.own[i].resign, s)
			}
		}
	}
}

// restoreVote counts a vote that was verified before the restart.
func (c *Core) restoreVote(r *round, p phase, s primitives.SignedMessage) {
	voter, ok := c.voters.Index(s.ID)
	target := s.Message.Target()
	at, err := c.tree.find(target)
	if !ok || err == ErrWrongNumber || r.votes[p].known(voter, target) != nil {
		return
	}
	r.add(p, voter, &ballot{target: target, signature: s.Signature, at: r.locate(at)})
}

// Step takes an event at time now, which must never decrease, and returns what
// is to be done, in order.
func (c *Core) Step(now primitives.Millis, ev Event) []Effect {
	c.out = nil
	if !c.rounds.running {
		c.rounds.running, c.rounds.started = true, now
		c.signAgain()
	}
	c.rounds.now = now
	switch ev := ev.(type) {
	case BlockImported:
		c.imported(ev)
	case BestBlock:
		c.best = ev.Hash
	case Keys:
		c.params.Keys = slices.Clone(ev.Keys)
	case Received:
		c.received(now, ev)
	case JustificationReceived:
		c.justified(now, ev)
	case FinalizedElsewhere:
		c.finalizedElsewhere(now, ev.Block)
	case Signed:
		c.signed(ev)
	case Persisted:
		c.disk.done = max(c.disk.done, ev.Sequence)
	case Wake:
	}
	c.advance(now)
	return c.out
}

func (c *Core) emit(e Effect) { c.out = append(c.out, e) }

// alarm emits an Alarm unless it is the one emitted last.
func (c *Core) alarm(reason error, block primitives.BlockID) {
	if a := (Alarm{Reason: reason, Block: block}); a != c.alarmed {
		c.alarmed = a
		c.emit(a)
	}
}

// imported adds a block and counts the votes that waited for it.
func (c *Core) imported(ev BlockImported) {
	if ev.Header.Number <= c.tree.root.id.Number {
		return
	}
	n, err := c.tree.insert(ev.Hash, ev.Header)
	if err != nil {
		c.alarm(err, primitives.BlockID{Hash: ev.Hash, Number: ev.Header.Number})
	}
	if n == nil {
		return
	}
	for _, r := range c.live() {
		r.place(n)
	}
}

// live returns the rounds followed, ascending.
func (c *Core) live() []*round {
	var live []*round
	for _, r := range []*round{c.rounds.previous, c.rounds.current, c.rounds.next} {
		if r != nil {
			live = append(live, r)
		}
	}
	return live
}

// round returns the followed round of that number, beginning the next one if
// need be, or nil with the reason.
func (c *Core) round(number primitives.Round) (*round, error) {
	r := &c.rounds
	switch current := r.current.number; {
	case number == current:
		return r.current, nil
	case number+1 == current && r.previous != nil:
		return r.previous, nil
	case number < current:
		return nil, ErrOldRound
	case number-1 > current:
		return nil, ErrFutureRound
	}
	if r.next == nil {
		r.next = newRound(number, c.voters, r.current.base)
	}
	return r.next, nil
}

// Next returns when to give Wake, if no other event comes before. ok is false if
// only another event can change anything.
func (c *Core) Next() (at primitives.Millis, ok bool) {
	if !c.rounds.running {
		return 0, true
	}
	at = math.MaxUint64
	if c.commits.due {
		at = c.commits.at
	}
	if t, due := c.voteTime(); due {
		at = min(at, t)
	}
	return at, at != math.MaxUint64
}

// Authorities returns the set in force for the children of the finalized block.
func (c *Core) Authorities() (primitives.SetID, *VoterSet) { return c.set, c.voters }

// Finalized returns the last finalized block.
func (c *Core) Finalized() primitives.BlockID { return c.final.id }

// Round returns the current round and the state of its votes.
func (c *Core) Round() (primitives.Round, RoundState) {
	return c.rounds.current.number, c.rounds.current.state()
}
