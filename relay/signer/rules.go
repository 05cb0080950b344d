package signer

import "github.com/rampart-chain/rampart/relay/primitives"

// ledger is what a guard's records say, in the form that the rules ask for.
type ledger struct {
	records    []Record // all, oldest first
	floor      Floor
	sealed     *SealedBlock
	votes      []CastVote // of the last set and round
	session    primitives.SessionIndex
	statements map[primitives.SigningContext][]MadeStatement
	bitfields  map[primitives.SigningContext]SentBitfield
}

func newLedger(records []Record) *ledger {
	l := &ledger{
		statements: make(map[primitives.SigningContext][]MadeStatement),
		bitfields:  make(map[primitives.SigningContext]SentBitfield),
	}
	for _, r := range records {
		l.apply(r)
	}
	return l
}

// apply takes in r, which the rules allowed.
func (l *ledger) apply(r Record) {
	l.records = append(l.records, r)
	switch r := r.(type) {
	case Floor:
		l.floor = l.floor.raised(r)
	case SealedBlock:
		l.sealed = &r
	case CastVote:
		if set, round := l.round(); set != r.Set || round != r.Round {
			l.votes = nil
		}
		l.votes = append(l.votes, r)
	case MadeStatement:
		l.session = max(l.session, r.Context.SessionIndex)
		l.statements[r.Context] = append(l.statements[r.Context], r)
	case SentBitfield:
		l.session = max(l.session, r.Context.SessionIndex)
		l.bitfields[r.Context] = r
	}
}

// raised returns the higher of both floors, field by field.
func (f Floor) raised(g Floor) Floor {
	return Floor{Slot: max(f.Slot, g.Slot), Set: max(f.Set, g.Set), Session: max(f.Session, g.Session)}
}

// round returns the last set and round voted in, 0 and 0 without a vote.
func (l *ledger) round() (primitives.SetID, primitives.Round) {
	if len(l.votes) == 0 {
		return 0, 0
	}
	return l.votes[0].Set, l.votes[0].Round
}

// needed returns the records that later decisions depend on, in their order.
func (l *ledger) needed() []Record {
	set, round := l.round()
	var out []Record
	if l.floor != (Floor{}) {
		out = append(out, l.floor)
	}
	for _, r := range l.records {
		keep := false
		switch r := r.(type) {
		case SealedBlock:
			keep = r.Slot == l.sealed.Slot
		case CastVote:
			keep = r.Set == set && r.Round == round
		case MadeStatement:
			keep = l.open(r.Context.SessionIndex)
		case SentBitfield:
			keep = l.open(r.Context.SessionIndex)
		}
		if keep {
			out = append(out, r)
		}
	}
	return out
}

// open reports whether statements and bitfields of session may still be signed.
// Around a change of session, forks are in two of them.
func (l *ledger) open(session primitives.SessionIndex) bool {
	return uint64(session)+1 >= uint64(l.session)
}

// mayVote returns the stored signature if the very message was signed, or nil
// if the vote is allowed, or ErrConflict, ErrPast, ErrWaiting.
func (l *ledger) mayVote(set primitives.SetID, round primitives.Round, message primitives.GRANDPAMessage) (*primitives.Signature, error) {
	lastSet, lastRound := l.round()
	if set == lastSet && round == lastRound {
		for _, v := range l.votes {
			if v.Message == message {
				return &v.Signature, nil
			}
			if sameKind(v.Message, message) {
				return nil, ErrConflict
			}
		}
	}
	switch {
	case set < l.floor.Set:
		return nil, ErrWaiting
	case len(l.votes) > 0 && (set < lastSet || set == lastSet && round < lastRound):
		return nil, ErrPast
	}
	return nil, nil
}

// sameKind reports whether a and b are both prevotes, precommits or proposals.
func sameKind(a, b primitives.GRANDPAMessage) bool {
	return primitives.AppendGRANDPAMessage(nil, a)[0] == primitives.AppendGRANDPAMessage(nil, b)[0]
}

// maySeal is mayVote for the block with preHash in slot.
func (l *ledger) maySeal(slot primitives.Slot, preHash primitives.Hash) (*primitives.Signature, error) {
	if last := l.sealed; last != nil {
		switch {
		case slot == last.Slot && preHash == last.PreHash:
			return &last.Signature, nil
		case slot == last.Slot:
			return nil, ErrConflict
		case slot < last.Slot:
			return nil, ErrPast
		}
	}
	if slot < l.floor.Slot {
		return nil, ErrWaiting
	}
	return nil, nil
}

// mayState is mayVote for a backing statement. maxSeconded bounds the
// candidates seconded in context: ErrSeconded.
func (l *ledger) mayState(context primitives.SigningContext, s primitives.CompactStatement, maxSeconded int) (*primitives.Signature, error) {
	seconded := 0
	for _, made := range l.statements[context] {
		if made.Statement == s {
			return &made.Signature, nil
		}
		if made.Statement.CandidateHash == s.CandidateHash {
			return nil, ErrConflict
		}
		if made.Statement.Kind == primitives.Seconded {
			seconded++
		}
	}
	if s.Kind == primitives.Seconded && seconded >= maxSeconded {
		return nil, ErrSeconded
	}
	return nil, l.maySign(context)
}

// maySend is mayVote for a bitfield whose encoding has the hash bitsHash.
func (l *ledger) maySend(context primitives.SigningContext, bitsHash primitives.Hash) (*primitives.Signature, error) {
	if sent, ok := l.bitfields[context]; ok {
		if sent.BitsHash == bitsHash {
			return &sent.Signature, nil
		}
		return nil, ErrConflict
	}
	return nil, l.maySign(context)
}

// maySign returns ErrWaiting or ErrPast if the session of context is not open.
func (l *ledger) maySign(context primitives.SigningContext) error {
	switch {
	case context.SessionIndex < l.floor.Session:
		return ErrWaiting
	case !l.open(context.SessionIndex):
		return ErrPast
	}
	return nil
}
