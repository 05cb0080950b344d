package signer

import (
	"errors"
	"io/fs"
	"sync"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// alice is a keystore in memory with all keys of //Alice.
type alice struct {
	store *Keystore
	babe  primitives.SR25519Public
	gran  primitives.ED25519Public
	para  primitives.SR25519Public
}

func newAlice(t testing.TB) alice {
	t.Helper()
	store, err := OpenKeystore(KeystoreConfig{})
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range KeyTypes() {
		if _, err := store.InsertMemory(kind, "//Alice"); err != nil {
			t.Fatal(err)
		}
	}
	return alice{
		store: store,
		babe:  store.Public(BABE)[0],
		gran:  store.Public(GRANDPA)[0],
		para:  store.Public(ParaValidator)[0],
	}
}

func (a alice) names() []keyName {
	return []keyName{{BABE, a.babe}, {GRANDPA, a.gran}, {ParaValidator, a.para}}
}

// open opens a Signer, which closes with the test.
func (a alice) open(t testing.TB, disk Disk, chain ChainState) *Signer {
	t.Helper()
	s, err := Open(Config{Keystore: a.store, Disk: disk, Chain: chain})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func hashOf(b byte) primitives.Hash { return primitives.Hash{b} }

func target(b byte) primitives.BlockID { return primitives.BlockID{Hash: hashOf(b), Number: 7} }

func context(session primitives.SessionIndex, parent byte) primitives.SigningContext {
	return primitives.SigningContext{SessionIndex: session, Parent: hashOf(parent)}
}

func statement(kind primitives.StatementKind, candidate byte) primitives.CompactStatement {
	return primitives.CompactStatement{Kind: kind, CandidateHash: hashOf(candidate)}
}

func bits(b byte) primitives.AvailabilityBitfield {
	v := scale.NewBitVec(8)
	for i := range 8 {
		v.Set(i, b>>i&1 == 1)
	}
	return v
}

// asked is one request to a Signer.
type asked struct {
	what string
	want error
	sign func(*Signer) (primitives.Signature, error)
}

// check makes the requests in order, each twice: the second time a signature
// must come from the guard.
func check(t *testing.T, s *Signer, requests []asked) {
	t.Helper()
	for _, r := range requests {
		first, err := r.sign(s)
		if !errors.Is(err, r.want) || (err == nil) != (r.want == nil) {
			t.Errorf("%s: %v, want %v", r.what, err, r.want)
		}
		if again, err := r.sign(s); r.want == nil && (err != nil || again != first) {
			t.Errorf("%s, again: another signature, %v", r.what, err)
		}
	}
}

func (a alice) seal(slot primitives.Slot, block byte) func(*Signer) (primitives.Signature, error) {
	return func(s *Signer) (primitives.Signature, error) { return s.SignBABESeal(a.babe, slot, hashOf(block)) }
}

func (a alice) vote(set primitives.SetID, round primitives.Round, m primitives.GRANDPAMessage) func(*Signer) (primitives.Signature, error) {
	return func(s *Signer) (primitives.Signature, error) {
		signed, err := s.SignGRANDPA(a.gran, set, round, m)
		return signed.Signature, err
	}
}

func (a alice) back(c primitives.SigningContext, st primitives.CompactStatement, n int) func(*Signer) (primitives.Signature, error) {
	return func(s *Signer) (primitives.Signature, error) { return s.SignBacking(a.para, c, st, n) }
}

func (a alice) bitfield(c primitives.SigningContext, b byte) func(*Signer) (primitives.Signature, error) {
	return func(s *Signer) (primitives.Signature, error) { return s.SignBitfield(a.para, c, bits(b)) }
}

func TestRules(t *testing.T) {
	t.Parallel()
	a := newAlice(t)
	prevote, precommit, propose := primitives.Prevote{TargetBlock: target(1)}, primitives.Precommit{TargetBlock: target(1)}, primitives.PrimaryPropose{TargetBlock: target(1)}
	check(t, a.open(t, NewMemory(), ChainState{}), []asked{
		{"first slot", nil, a.seal(10, 1)},
		{"same slot, other block", ErrConflict, a.seal(10, 2)},
		{"earlier slot", ErrPast, a.seal(9, 1)},
		{"later slot", nil, a.seal(12, 2)},
		{"slot in between", ErrPast, a.seal(11, 2)},
		{"slot before the last", ErrPast, a.seal(10, 1)},

		{"proposal", nil, a.vote(3, 5, propose)},
		{"prevote", nil, a.vote(3, 5, prevote)},
		{"precommit", nil, a.vote(3, 5, precommit)},
		{"another prevote", ErrConflict, a.vote(3, 5, primitives.Prevote{TargetBlock: target(2)})},
		{"another precommit", ErrConflict, a.vote(3, 5, primitives.Precommit{TargetBlock: primitives.BlockID{Hash: hashOf(1), Number: 8}})},
		{"another proposal", ErrConflict, a.vote(3, 5, primitives.PrimaryPropose{TargetBlock: target(2)})},
		{"no message", ErrMessage, a.vote(3, 5, nil)},
		{"earlier round", ErrPast, a.vote(3, 4, prevote)},
		{"earlier set", ErrPast, a.vote(2, 9, prevote)},
		{"next round", nil, a.vote(3, 6, prevote)},
		{"back a round", ErrPast, a.vote(3, 5, prevote)},
		{"next set", nil, a.vote(4, 1, precommit)},
		{"back a set", ErrPast, a.vote(3, 7, prevote)},

		{"second a candidate", nil, a.back(context(1, 1), statement(primitives.Seconded, 1), 2)},
		{"valid, own candidate", ErrConflict, a.back(context(1, 1), statement(primitives.Valid, 1), 2)},
		{"second another", nil, a.back(context(1, 1), statement(primitives.Seconded, 2), 2)},
		{"second a third", ErrSeconded, a.back(context(1, 1), statement(primitives.Seconded, 3), 2)},
		{"valid does not count", nil, a.back(context(1, 1), statement(primitives.Valid, 3), 2)},
		{"second what is valid", ErrConflict, a.back(context(1, 1), statement(primitives.Seconded, 3), 9)},
		{"another relay parent", nil, a.back(context(1, 2), statement(primitives.Seconded, 3), 1)},
		{"no such statement", ErrMessage, a.back(context(1, 2), statement(3, 3), 1)},
		{"bitfield", nil, a.bitfield(context(1, 1), 5)},
		{"another bitfield", ErrConflict, a.bitfield(context(1, 1), 6)},
		{"bitfield of another relay parent", nil, a.bitfield(context(1, 2), 6)},
		{"next session", nil, a.back(context(2, 9), statement(primitives.Valid, 1), 1)},
		{"session before it is open", nil, a.bitfield(context(1, 3), 5)},
		{"session after that", nil, a.bitfield(context(3, 9), 5)},
		{"now closed", ErrPast, a.bitfield(context(1, 4), 5)},
		{"now closed for statements", ErrPast, a.back(context(1, 4), statement(primitives.Valid, 4), 1)},

		{"unknown key", ErrNoKey, func(s *Signer) (primitives.Signature, error) {
			return s.SignBABESeal(primitives.SR25519Public{1}, 99, hashOf(1))
		}},
	})
}

// TestSignatures checks that what is signed verifies as the protocol says.
func TestSignatures(t *testing.T) {
	t.Parallel()
	a := newAlice(t)
	s := a.open(t, NewMemory(), ChainState{})
	var real crypto.Real
	seal, err := a.seal(5, 1)(s)
	if h := hashOf(1); err != nil || !real.Sr25519(a.babe, h[:], seal) {
		t.Errorf("seal does not verify: %v", err)
	}
	vote, err := s.SignGRANDPA(a.gran, 2, 3, primitives.Precommit{TargetBlock: target(4)})
	if err != nil || vote.ID != a.gran || !real.Ed25519(a.gran, primitives.GRANDPAPayload(vote.Message, 3, 2), vote.Signature) {
		t.Errorf("vote does not verify: %v", err)
	}
	st := statement(primitives.Seconded, 1)
	sig, err := a.back(context(1, 1), st, 1)(s)
	if err != nil || !real.Sr25519(a.para, st.SigningPayload(context(1, 1)), sig) {
		t.Errorf("statement does not verify: %v", err)
	}
	sig, err = a.bitfield(context(1, 1), 3)(s)
	if err != nil || !real.Sr25519(a.para, primitives.BitfieldPayload(bits(3), context(1, 1)), sig) {
		t.Errorf("bitfield does not verify: %v", err)
	}
	in := crypto.VRFInput{Slot: 4, Epoch: 2}
	out, ticket, err := s.EvaluateVRF(a.babe, in)
	if err != nil || !real.VRF(a.babe, in, out.PreOutput, out.Proof) ||
		string(real.VRFBytes(a.babe, in, out.PreOutput, "substrate-babe-vrf", 16)) != string(ticket[:]) {
		t.Errorf("VRF does not verify: %v", err)
	}
	if _, _, err := s.EvaluateVRF(a.para, in); err != nil { // Alice has one sr25519 key
		t.Error(err)
	}
	if _, _, err := s.EvaluateVRF(primitives.SR25519Public{1}, in); err != ErrNoKey {
		t.Errorf("VRF of an unknown key: %v, want %v", err, ErrNoKey)
	}
}

// TestRestart checks that a Signer opened again knows everything.
func TestRestart(t *testing.T) {
	t.Parallel()
	a, disk := newAlice(t), NewMemory()
	first := a.open(t, disk, ChainState{})
	kept := []asked{
		{"seal", nil, a.seal(10, 1)},
		{"prevote", nil, a.vote(1, 4, primitives.Prevote{TargetBlock: target(1)})},
		{"precommit", nil, a.vote(1, 4, primitives.Precommit{TargetBlock: target(1)})},
		{"seconded", nil, a.back(context(1, 1), statement(primitives.Seconded, 1), 1)},
		{"valid", nil, a.back(context(1, 1), statement(primitives.Valid, 2), 1)},
		{"bitfield", nil, a.bitfield(context(1, 1), 5)},
	}
	check(t, first, kept)
	disk.PowerLoss(func(n int) int { return n - 1 })
	second := a.open(t, disk, ChainState{Exists: true, Slot: 99, Set: 99, Session: 99})
	for _, r := range kept {
		before, err1 := r.sign(first)
		after, err2 := r.sign(second)
		if err1 != nil || err2 != nil || before != after {
			t.Errorf("%s: another signature after the restart, %v, %v", r.what, err1, err2)
		}
	}
	check(t, second, []asked{
		{"same slot", ErrConflict, a.seal(10, 2)},
		{"another vote", ErrConflict, a.vote(1, 4, primitives.Precommit{TargetBlock: target(2)})},
		{"another seconded", ErrSeconded, a.back(context(1, 1), statement(primitives.Seconded, 3), 1)},
		{"another bitfield", ErrConflict, a.bitfield(context(1, 1), 6)},
		{"next slot", nil, a.seal(11, 2)},
	})
	if got := second.LastSlot(); got != 11 {
		t.Errorf("last slot %d, want 11", got)
	}
	set, round, votes := second.RestoredVotes(a.gran)
	if set != 1 || round != 4 || len(votes) != 2 || votes[0].Message != (primitives.Prevote{TargetBlock: target(1)}) || votes[1].Message != (primitives.Precommit{TargetBlock: target(1)}) {
		t.Errorf("restored votes of set %d, round %d: %v", set, round, votes)
	}
}

// TestLost checks the policy for guards that are missing or
// corrupt beside chain data.
func TestLost(t *testing.T) {
	t.Parallel()
	present := ChainState{Exists: true, Slot: 50, Set: 5, Session: 9}
	prevote := primitives.Prevote{TargetBlock: target(1)}
	for what, lose := range map[string]func(*Memory, string){
		"missing": func(m *Memory, name string) { m.Remove(name) },
		"corrupt": func(m *Memory, name string) {
			m.Damage(name, func(b []byte) []byte { b[cellSize+20] ^= 1; return b })
		},
		"emptied": func(m *Memory, name string) { m.Damage(name, func([]byte) []byte { return nil }) },
	} {
		a, disk := newAlice(t), NewMemory()
		a.open(t, disk, ChainState{})
		check(t, a.open(t, disk, ChainState{}), []asked{
			{"seal", nil, a.seal(50, 1)}, {"vote", nil, a.vote(5, 1, prevote)}, {"bitfield", nil, a.bitfield(context(9, 1), 1)},
		})
		for _, name := range a.names() {
			lose(disk, name.name())
		}
		waits := []asked{
			{what + ": present slot", ErrWaiting, a.seal(50, 2)},
			{what + ": present set", ErrWaiting, a.vote(5, 2, prevote)},
			{what + ": present session", ErrWaiting, a.bitfield(context(9, 1), 2)},
			{what + ": present session, statement", ErrWaiting, a.back(context(9, 1), statement(primitives.Seconded, 1), 1)},
		}
		check(t, a.open(t, disk, present), waits)
		s := a.open(t, disk, ChainState{}) // the floor is remembered
		check(t, s, waits)
		if got := s.LastSlot(); got != 50 {
			t.Errorf("%s: last slot %d, want 50", what, got)
		}
		check(t, s, []asked{
			{what + ": next slot", nil, a.seal(51, 2)},
			{what + ": next set", nil, a.vote(6, 1, prevote)},
			{what + ": next session", nil, a.bitfield(context(10, 1), 2)},
		})
	}
}

// TestRaise checks that a lost key can be made to wait longer, and that others
// are not.
func TestRaise(t *testing.T) {
	t.Parallel()
	a, disk := newAlice(t), NewMemory()
	s := a.open(t, disk, ChainState{})
	check(t, s, []asked{{"seal", nil, a.seal(5, 1)}})
	disk.Remove(a.names()[1].name())
	s = a.open(t, disk, ChainState{Exists: true, Slot: 10, Set: 2, Session: 2})
	if err := s.Raise(ChainState{Slot: 20, Set: 4, Session: 3}); err != nil {
		t.Fatal(err)
	}
	prevote := primitives.Prevote{TargetBlock: target(1)}
	for range 2 {
		check(t, s, []asked{
			{"set after the old data", ErrWaiting, a.vote(3, 1, prevote)},
			{"present set", ErrWaiting, a.vote(4, 1, prevote)},
		})
		s = a.open(t, disk, ChainState{})
	}
	check(t, s, []asked{{"next set", nil, a.vote(5, 1, prevote)}, {"key that was not lost", nil, a.seal(6, 1)}})
}

// TestRefuseToOpen checks what cannot be opened at all, and Reset.
func TestRefuseToOpen(t *testing.T) {
	t.Parallel()
	a, disk := newAlice(t), NewMemory()
	check(t, a.open(t, disk, ChainState{}), []asked{{"seal", nil, a.seal(50, 1)}})
	name := keyName{BABE, a.babe}
	open := func() error {
		s, err := Open(Config{Keystore: a.store, Disk: disk})
		if err == nil {
			err = s.Close()
		}
		return err
	}
	intact, err := disk.Read(name.name())
	if err != nil {
		t.Fatal(err)
	}
	disk.Damage(name.name(), func(b []byte) []byte { b[300] ^= 4; return b })
	if err := open(); !errors.Is(err, ErrCorrupt) {
		t.Errorf("corrupt without chain data: %v, want %v", err, ErrCorrupt)
	}
	newer := func(payload []byte, at int) func([]byte) []byte {
		return func([]byte) []byte {
			raw, found := encodeGuard(name, nil)
			var c cell
			if at == 0 {
				c = makeCell([8]byte{}, payload)
			} else {
				c = makeCell(found.check, payload)
			}
			copy(raw[at*cellSize:], c[:])
			return raw
		}
	}
	disk.Damage(name.name(), newer([]byte{9, 1, 2, 3}, 1))
	s, err := Open(Config{Keystore: a.store, Disk: disk, Chain: ChainState{Exists: true}})
	if !errors.Is(err, ErrNewer) || s != nil {
		t.Errorf("unknown record: %v, want %v", err, ErrNewer)
	}
	disk.Damage(name.name(), newer(append([]byte(magic), 2, 0), 0))
	if err := open(); !errors.Is(err, ErrNewer) {
		t.Errorf("newer preamble: %v, want %v", err, ErrNewer)
	}
	other := keyName{BABE, [32]byte{1}}
	disk.Damage(name.name(), func([]byte) []byte { raw, _ := encodeGuard(other, nil); return raw })
	if err := open(); !errors.Is(err, ErrCorrupt) {
		t.Errorf("guard of another key: %v, want %v", err, ErrCorrupt)
	}
	disk.Damage(name.name(), func([]byte) []byte { return intact })
	if err := Reset(disk, BABE, a.babe); err != nil {
		t.Fatal(err)
	}
	check(t, a.open(t, disk, ChainState{Exists: true, Slot: 50}), []asked{{"slot signed before the reset", nil, a.seal(50, 2)}})
	if kept, err := disk.Read(name.name() + ".reset"); err != nil || string(kept) != string(intact) {
		t.Errorf("reset did not keep the old guard: %v", err)
	}
	if err := Reset(disk, ParaAssignment, a.para); err != ErrKeyType {
		t.Errorf("reset of a key without guard: %v, want %v", err, ErrKeyType)
	}
}

// TestHammer signs from many goroutines: of the blocks of a slot one is sealed.
func TestHammer(t *testing.T) {
	t.Parallel()
	a := newAlice(t)
	s := a.open(t, NewMemory(), ChainState{})
	const workers, slots = 8, 40
	sealed := make([][slots]bool, workers)
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			for slot := range slots {
				_, err := a.seal(primitives.Slot(slot+1), byte(w))(s)
				sealed[w][slot] = err == nil
				if _, err := a.bitfield(context(1, byte(slot)), 1)(s); err != nil {
					t.Errorf("bitfield that all agree on: %v", err)
				}
				s.LastSlot()
			}
		})
	}
	wait.Wait()
	for slot := range slots {
		n := 0
		for w := range workers {
			if sealed[w][slot] {
				n++
			}
		}
		if n > 1 {
			t.Errorf("slot %d: %d blocks sealed", slot+1, n)
		}
	}
}

func TestClosed(t *testing.T) {
	t.Parallel()
	a := newAlice(t)
	s, err := Open(Config{Keystore: a.store, Disk: NewMemory()})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	check(t, s, []asked{{"closed", ErrClosed, a.seal(1, 1)}})
}

// TestCompact checks that a guard stays small and forgets nothing it needs.
func TestCompact(t *testing.T) {
	t.Parallel()
	a, disk := newAlice(t), NewMemory()
	open := func() *Signer {
		s, err := Open(Config{Keystore: a.store, Disk: disk, CompactAt: 40})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := open()
	for i := range 300 {
		session := primitives.SessionIndex(i / 10)
		check(t, s, []asked{
			{"seal", nil, a.seal(primitives.Slot(i+1), 1)},
			{"vote", nil, a.vote(1, primitives.Round(i+1), primitives.Prevote{TargetBlock: target(1)})},
			{"statement", nil, a.back(context(session, byte(i)), statement(primitives.Seconded, 1), 1)},
			{"bitfield", nil, a.bitfield(context(session, byte(i)), 1)},
		})
		if i%50 == 49 {
			s = open()
			check(t, s, []asked{
				{"seal", ErrConflict, a.seal(primitives.Slot(i+1), 2)},
				{"vote", ErrConflict, a.vote(1, primitives.Round(i+1), primitives.Prevote{TargetBlock: target(2)})},
				{"statement", ErrSeconded, a.back(context(session, byte(i)), statement(primitives.Seconded, 2), 1)},
				{"bitfield of the session before", ErrConflict, a.bitfield(context(session-1, byte(i-10)), 2)},
			})
		}
	}
	for _, name := range a.names() {
		raw, err := disk.Read(name.name())
		if err != nil {
			t.Fatal(err)
		}
		found, err := decodeGuard(name, raw)
		if err != nil || found.used > 100 {
			t.Errorf("%s: %d records, %v", name.kind, found.used, err)
		}
	}
}

func TestNoGuardForOthers(t *testing.T) {
	t.Parallel()
	a, disk := newAlice(t), NewMemory()
	a.open(t, disk, ChainState{})
	for _, kind := range []KeyType{ParaAssignment, AuthorityDiscovery} {
		if _, err := disk.Read((keyName{kind, a.para}).name()); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s key has a guard: %v", kind, err)
		}
	}
}
