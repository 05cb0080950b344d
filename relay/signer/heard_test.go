package signer

import (
	"errors"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// heard is something that the network has with a signature of an own key.
type heard struct {
	what string
	want error
	ask  func(*Signer) error
}

func (a alice) heardSeal(slot primitives.Slot, block byte) func(*Signer) error {
	return func(s *Signer) error { return s.HeardSeal(a.babe, slot, hashOf(block)) }
}

func (a alice) heardVote(set primitives.SetID, round primitives.Round, m primitives.GRANDPAMessage) func(*Signer) error {
	return func(s *Signer) error { return s.HeardVote(a.gran, set, round, m) }
}

func (a alice) heardStatement(c primitives.SigningContext, st primitives.CompactStatement) func(*Signer) error {
	return func(s *Signer) error { return s.HeardStatement(a.para, c, st) }
}

func (a alice) heardBitfield(c primitives.SigningContext, b byte) func(*Signer) error {
	return func(s *Signer) error { return s.HeardBitfield(a.para, c, bits(b)) }
}

func checkHeard(t *testing.T, s *Signer, all []heard) {
	t.Helper()
	for _, h := range all {
		if err := h.ask(s); !errors.Is(err, h.want) || (err == nil) != (h.want == nil) {
			t.Errorf("%s: %v, want %v", h.what, err, h.want)
		}
	}
}

// TestHeard checks which of what the network has was not signed here, and that the
// key waits from then on (scenarios S09 and S10).
func TestHeard(t *testing.T) {
	t.Parallel()
	prevote, other := primitives.Prevote{TargetBlock: target(1)}, primitives.Prevote{TargetBlock: target(2)}
	precommit := primitives.Precommit{TargetBlock: target(1)}
	for _, c := range []struct {
		name  string
		heard []heard
		then  func(alice) []asked
	}{
		{"own messages", nil, nil},
		{"another block in a signed slot", []heard{{"block", ErrForeign, newAlice(t).heardSeal(6, 9)}}, func(a alice) []asked {
			return []asked{{"next slot", nil, a.seal(7, 1)}}
		}},
		{"block in a slot between", []heard{{"block", ErrForeign, newAlice(t).heardSeal(5, 9)}}, nil},
		{"block in a later slot", []heard{{"block", ErrForeign, newAlice(t).heardSeal(20, 9)}}, func(a alice) []asked {
			return []asked{{"that slot", ErrWaiting, a.seal(20, 1)}}
		}},
		{"another vote in a round", []heard{{"vote", ErrForeign, newAlice(t).heardVote(1, 2, other)}}, nil},
		{"kind that was not signed", []heard{{"vote", ErrForeign, newAlice(t).heardVote(1, 2, precommit)}}, func(a alice) []asked {
			return []asked{{"this set", ErrWaiting, a.vote(1, 3, prevote)}}
		}},
		{"later round", []heard{
			{"vote", ErrForeign, newAlice(t).heardVote(1, 9, prevote)},
			{"another of that set, when the key waits", nil, newAlice(t).heardVote(1, 10, prevote)},
			{"the next round", nil, newAlice(t).heardVote(1, 11, prevote)},
			{"the round after: somebody votes now", ErrForeign, newAlice(t).heardVote(1, 12, prevote)},
			{"next set", ErrForeign, newAlice(t).heardVote(2, 1, prevote)},
		}, nil},
		{"too old to tell", []heard{{"vote", nil, newAlice(t).heardVote(0, 9, prevote)}, {"block", nil, newAlice(t).heardSeal(3, 9)}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a, disk := newAlice(t), NewMemory()
			s := a.open(t, disk, ChainState{})
			check(t, s, []asked{{"slot 4", nil, a.seal(4, 1)}, {"slot 6", nil, a.seal(6, 1)}, {"round 1", nil, a.vote(1, 1, prevote)}, {"round 2", nil, a.vote(1, 2, prevote)}})
			checkHeard(t, s, []heard{
				{"own block", nil, a.heardSeal(4, 1)}, {"own last block", nil, a.heardSeal(6, 1)},
				{"own vote", nil, a.heardVote(1, 1, prevote)}, {"own last vote", nil, a.heardVote(1, 2, prevote)},
			})
			checkHeard(t, s, c.heard)
			foreign := 0.0
			for _, h := range c.heard {
				if h.want != nil {
					foreign++
				}
			}
			if got := counted(s.meters.foreign.WithLabelValues("babe")) + counted(s.meters.foreign.WithLabelValues("gran")); got != foreign {
				t.Errorf("counted %v of another node, want %v", got, foreign)
			}
			if c.then == nil {
				return
			}
			check(t, s, c.then(a))
			check(t, a.open(t, disk, ChainState{}), c.then(a)) // durable
		})
	}
}

func counted(c prometheus.Counter) float64 {
	var m dto.Metric
	c.Write(&m)
	return m.GetCounter().GetValue()
}

// TestDistrust checks that all keys wait, lost or not, also after a restart.
func TestDistrust(t *testing.T) {
	t.Parallel()
	a, disk := newAlice(t), NewMemory()
	s := a.open(t, disk, ChainState{})
	check(t, s, []asked{{"slot 4", nil, a.seal(4, 1)}})
	if err := s.Distrust(ChainState{Slot: 10, Set: 3, Session: 2}); err != nil {
		t.Fatal(err)
	}
	prevote := primitives.Prevote{TargetBlock: target(1)}
	for i := range 2 {
		check(t, s, []asked{
			{"present slot", ErrWaiting, a.seal(10, 1)}, {"present set", ErrWaiting, a.vote(3, 1, prevote)},
			{"present session", ErrWaiting, a.bitfield(context(2, 1), 1)},
		})
		checkHeard(t, s, []heard{{"vote before", nil, a.heardVote(3, 5, prevote)}, {"block", ErrForeign, a.heardSeal(primitives.Slot(11+i), 7)}})
		s = a.open(t, disk, ChainState{})
	}
	check(t, s, []asked{{"next set", nil, a.vote(4, 1, prevote)}, {"next session", nil, a.bitfield(context(3, 1), 1)}})
}

// TestHeardOfParachains is TestHeard for statements and bitfields.
func TestHeardOfParachains(t *testing.T) {
	t.Parallel()
	a := newAlice(t)
	seconded, valid := statement(primitives.Seconded, 1), statement(primitives.Valid, 2)
	waits := []asked{
		{"session of what was heard", ErrWaiting, a.back(context(5, 9), seconded, 3)},
		{"its bitfields", ErrWaiting, a.bitfield(context(5, 9), 1)},
		{"what was signed already", nil, a.back(context(5, 1), valid, 3)},
		{"next session", nil, a.bitfield(context(6, 1), 1)},
		{"other keys", nil, a.seal(4, 1)},
	}
	for _, c := range []struct {
		name  string
		heard heard
		then  []asked
	}{
		{"another candidate", heard{"statement", ErrForeign, a.heardStatement(context(5, 1), statement(primitives.Seconded, 3))}, waits},
		{"another kind", heard{"statement", ErrForeign, a.heardStatement(context(5, 1), statement(primitives.Valid, 1))}, waits},
		{"another relay parent", heard{"statement", ErrForeign, a.heardStatement(context(5, 2), valid)}, waits},
		{"another bitfield", heard{"bitfield", ErrForeign, a.heardBitfield(context(5, 1), 4)}, waits},
		{"bitfield of another block", heard{"bitfield", ErrForeign, a.heardBitfield(context(5, 2), 3)}, waits},
		{"session between", heard{"statement", ErrForeign, a.heardStatement(context(4, 9), valid)}, []asked{{"present session", nil, a.back(context(5, 9), seconded, 3)}}},
		{"later session", heard{"bitfield", ErrForeign, a.heardBitfield(context(7, 1), 3)}, []asked{{"that session", ErrWaiting, a.bitfield(context(7, 1), 3)}}},
		{"too old to tell, statement", heard{"statement", nil, a.heardStatement(context(2, 1), seconded)}, nil},
		{"too old to tell, bitfield", heard{"bitfield", nil, a.heardBitfield(context(2, 1), 9)}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			disk := NewMemory()
			s := a.open(t, disk, ChainState{})
			check(t, s, []asked{
				{"statement before", nil, a.back(context(3, 1), seconded, 3)}, {"bitfield before", nil, a.bitfield(context(3, 1), 3)},
				{"seconded", nil, a.back(context(5, 1), seconded, 3)}, {"valid", nil, a.back(context(5, 1), valid, 3)}, {"bitfield", nil, a.bitfield(context(5, 1), 3)},
			})
			for range 2 { // also after a restart, when what is closed is forgotten
				checkHeard(t, s, []heard{
					{"own seconded", nil, a.heardStatement(context(5, 1), seconded)}, {"own valid", nil, a.heardStatement(context(5, 1), valid)},
					{"own bitfield", nil, a.heardBitfield(context(5, 1), 3)},
					{"of a closed session", nil, a.heardStatement(context(3, 1), seconded)},
				})
				s = a.open(t, disk, ChainState{})
			}
			checkHeard(t, s, []heard{c.heard})
			want := 0.0
			if c.heard.want != nil {
				want = 1
			}
			if got := counted(s.meters.foreign.WithLabelValues("para")); got != want {
				t.Errorf("counted %v, want %v", got, want)
			}
			check(t, s, c.then)
			check(t, a.open(t, disk, ChainState{}), c.then) // durable
		})
	}
}

// TestHeardAfterALostTail checks that a guard which was restored from an old copy
// notices what was signed after it (scenario S09).
func TestHeardAfterALostTail(t *testing.T) {
	t.Parallel()
	a, disk := newAlice(t), NewMemory()
	name := keyName{ParaValidator, a.para}.name()
	seconded, later := statement(primitives.Seconded, 1), statement(primitives.Seconded, 2)
	s := a.open(t, disk, ChainState{})
	check(t, s, []asked{{"kept", nil, a.back(context(5, 1), seconded, 3)}, {"kept bitfield", nil, a.bitfield(context(5, 1), 1)}})
	old, err := disk.Read(name)
	if err != nil {
		t.Fatal(err)
	}
	check(t, s, []asked{{"lost", nil, a.back(context(5, 2), later, 3)}, {"lost bitfield", nil, a.bitfield(context(5, 2), 1)}})
	disk.Damage(name, func([]byte) []byte { return old })
	for _, lost := range []func(*Signer) error{a.heardStatement(context(5, 2), later), a.heardBitfield(context(5, 2), 1)} {
		copied := a.open(t, disk, ChainState{})
		checkHeard(t, copied, []heard{
			{"kept", nil, a.heardStatement(context(5, 1), seconded)}, {"kept bitfield", nil, a.heardBitfield(context(5, 1), 1)},
			{"lost", ErrForeign, lost},
		})
		check(t, copied, []asked{{"in place of the lost one", ErrWaiting, a.back(context(5, 2), seconded, 3)}, {"this session", ErrWaiting, a.bitfield(context(5, 3), 1)}})
	}
}
