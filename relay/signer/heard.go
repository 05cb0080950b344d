package signer

import (
	"fmt"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// A key can be in use in two places: on another machine by mistake, or earlier,
// before this directory was restored from an old copy. Neither is to be seen in
// the guard; but what the key signed there is heard from the network. The shells
// ask about everything an own key signed that comes from outside; they have
// verified the signature.

// HeardSeal says whether the guard of key accounts for a seal that came from the
// network: nil if it was made here, or so long ago that the guard may have dropped
// it. ErrForeign says that it was not made here; the key then waits for the next
// slot, durably.
func (s *Signer) HeardSeal(key primitives.SR25519Public, slot primitives.Slot, preHash primitives.Hash) error {
	return s.heard(keyName{BABE, key}, Floor{Slot: slot + 1}, func(g *guard) bool { return g.ledger.foreignSeal(slot, preHash) })
}

// HeardVote is HeardSeal for a GRANDPA message; the key then waits for the next
// set. While it waits already, votes that it cast earlier may still be about, but
// not of ever later rounds: ErrForeign is returned for those.
func (s *Signer) HeardVote(key primitives.ED25519Public, set primitives.SetID, round primitives.Round, message primitives.GRANDPAMessage) error {
	return s.heard(keyName{GRANDPA, key}, Floor{Set: set + 1}, func(g *guard) bool {
		if !g.ledger.foreignVote(set, round, message) {
			return false
		}
		return set >= g.ledger.floor.Set || g.stray.follows(set, round)
	})
}

// HeardStatement is HeardSeal for a backing statement; the key then waits for the
// next session.
func (s *Signer) HeardStatement(key primitives.SR25519Public, context primitives.SigningContext, statement primitives.CompactStatement) error {
	return s.heard(keyName{ParaValidator, key}, Floor{Session: context.SessionIndex + 1}, func(g *guard) bool {
		return g.ledger.foreignStatement(context, statement)
	})
}

// HeardBitfield is HeardStatement for an availability bitfield.
func (s *Signer) HeardBitfield(key primitives.SR25519Public, context primitives.SigningContext, bits primitives.AvailabilityBitfield) error {
	return s.heard(keyName{ParaValidator, key}, Floor{Session: context.SessionIndex + 1}, func(g *guard) bool {
		return g.ledger.foreignBitfield(context, hashOfBits(bits))
	})
}

// Distrust makes all keys wait for what chain says, as if their guards had been
// lost: they may have signed elsewhere.
func (s *Signer) Distrust(chain ChainState) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range s.cfg.Keystore.guarded() {
		if g := s.guards[name]; g != nil {
			if err := s.note(g.wait(chain.floor())); err != nil {
				return err
			}
		}
	}
	return nil
}

// stray is the first vote heard that was cast before the key's floor.
type stray struct {
	heard bool
	set   primitives.SetID
	round primitives.Round
}

// maxStray is how many rounds later than the first stray vote another one may be:
// the votes of two rounds are on their way at once.
const maxStray = 1

// follows reports whether a vote was cast so much later than the first one that
// somebody is voting now.
func (s *stray) follows(set primitives.SetID, round primitives.Round) bool {
	if !s.heard {
		*s = stray{true, set, round}
	}
	return set > s.set || set == s.set && round > s.round+maxStray
}

func (s *Signer) heard(name keyName, floor Floor, foreign func(*guard) bool) error {
	g := s.guard(name)
	if g == nil {
		return nil
	}
	g.mu.Lock()
	unknown := foreign(g)
	g.mu.Unlock()
	if !unknown {
		return nil
	}
	s.meters.foreign.WithLabelValues(name.kind.String()).Inc()
	if err := s.note(g.wait(floor)); err != nil {
		return err
	}
	return fmt.Errorf("%s key %x: %w", name.kind, name.public, ErrForeign)
}

// wait moves the floor up to f.
func (g *guard) wait(f Floor) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	f = g.ledger.floor.raised(f)
	switch {
	case g.failed != nil:
		return g.failed
	case f == g.ledger.floor:
		return nil
	}
	if err := g.append(f); err != nil {
		g.failed = fmt.Errorf("guard of %s key %x: %w: %w", g.key.kind, g.key.public, ErrFatal, err)
		return g.failed
	}
	return nil
}

// foreignSeal reports whether l shows that the seal was not made under this guard.
// Before the first seal that it still has, it cannot tell.
func (l *ledger) foreignSeal(slot primitives.Slot, preHash primitives.Hash) bool {
	first := true
	for _, r := range l.records {
		made, ok := r.(SealedBlock)
		if !ok {
			continue
		}
		if made.Slot == slot {
			return made.PreHash != preHash
		}
		if first && slot < made.Slot {
			return false
		}
		first = false
	}
	return true
}

// foreignVote is foreignSeal for a vote.
func (l *ledger) foreignVote(set primitives.SetID, round primitives.Round, message primitives.GRANDPAMessage) bool {
	first := true
	for _, r := range l.records {
		cast, ok := r.(CastVote)
		if !ok {
			continue
		}
		if cast.Set == set && cast.Round == round && sameKind(cast.Message, message) {
			return cast.Message != message
		}
		if first && (set < cast.Set || set == cast.Set && round < cast.Round) {
			return false
		}
		first = false
	}
	return true
}

// foreignStatement is foreignSeal for a statement. What was signed in sessions that
// are closed may have been dropped.
func (l *ledger) foreignStatement(context primitives.SigningContext, statement primitives.CompactStatement) bool {
	for _, made := range l.statements[context] {
		if made.Statement == statement {
			return false
		}
	}
	return l.open(context.SessionIndex)
}

// foreignBitfield is foreignStatement for a bitfield whose encoding has the hash
// bitsHash.
func (l *ledger) foreignBitfield(context primitives.SigningContext, bitsHash primitives.Hash) bool {
	if sent, ok := l.bitfields[context]; ok {
		return sent.BitsHash != bitsHash
	}
	return l.open(context.SessionIndex)
}
