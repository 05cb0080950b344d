package signer

import (
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/network/discovery/book"
	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/crypto/vrf"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Config is what a Signer works with.
type Config struct {
	// Keystore holds the keys; required.
	Keystore *Keystore
	// Disk holds the guards; required. The Signer closes it.
	Disk Disk
	// Chain is what the chain data say.
	Chain ChainState
	// CompactAt is how many cells of 256 bytes a guard has before records that
	// no rule needs are dropped. Default 4096.
	CompactAt int
	// Logger and Registerer may be nil.
	Logger     *zap.Logger
	Registerer prometheus.Registerer
}

func (c Config) withDefaults() Config {
	if c.CompactAt == 0 {
		c.CompactAt = 4096
	}
	if c.Logger == nil {
		c.Logger = zap.NewNop()
	}
	return c
}

// Signer signs with the keys of a keystore, under their guards. It is safe for
// concurrent use; keys do not wait for each other.
type Signer struct {
	cfg    Config
	log    *zap.Logger
	failed atomic.Bool // set once, by the first guard that is not durable
	meters meters

	mu     sync.Mutex // guards is added to when keys are
	guards map[keyName]*guard
}

// Open opens the guard of every key, or makes it. It returns an error, and no
// Signer, if a guard cannot be read or written, is corrupt with no chain data to
// start from (ErrCorrupt), or was written by a newer version (ErrNewer).
func Open(cfg Config) (*Signer, error) {
	cfg = cfg.withDefaults()
	s := &Signer{cfg: cfg, log: cfg.Logger.Named("signer"), guards: make(map[keyName]*guard), meters: newMeters(cfg.Registerer)}
	for _, name := range cfg.Keystore.guarded() {
		if err := s.open(name, cfg.Chain, false); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	return s, nil
}

// open opens the guard of name.
func (s *Signer) open(name keyName, chain ChainState, fresh bool) error {
	g, found, err := openGuard(s.cfg.Disk, name, chain, fresh, s.cfg.CompactAt)
	if err != nil {
		return err
	}
	fields := []zap.Field{zap.Stringer("key_type", name.kind), zap.Stringer("key", primitives.Hash(name.public))}
	if found.torn {
		s.log.Info("dropped a record that was not written completely", fields...)
	}
	if found.lost != nil {
		f := g.ledger.floor
		s.log.Warn("no guard says what the key signed, it waits", append(fields, zap.Error(found.lost),
			zap.Uint64("slot", uint64(f.Slot)), zap.Uint64("set", uint64(f.Set)), zap.Uint32("session", uint32(f.Session)))...)
	}
	s.guards[name] = g
	return nil
}

// Close closes all guards and gives the directory free. Nothing can be signed
// after it.
func (s *Signer) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, g := range s.guards {
		errs = append(errs, g.close())
	}
	return errors.Join(append(errs, s.cfg.Disk.Close())...)
}

// Raise makes keys whose guards were lost when s was opened wait for what chain
// says, if that is later. A node whose chain data may be older than the lost
// guard, for example restored from a backup, calls it once it is synced.
func (s *Signer) Raise(chain ChainState) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range s.cfg.Keystore.guarded() {
		if g := s.guards[name]; g != nil {
			if err := s.note(g.raise(chain)); err != nil {
				return err
			}
		}
	}
	return nil
}

// Keys returns the public keys of a type, ascending.
func (s *Signer) Keys(kind KeyType) [][32]byte { return s.cfg.Keystore.Public(kind) }

// SignBABESeal signs the header with preHash, made in slot. ErrPast,
// ErrConflict, ErrWaiting, ErrNoKey, or ErrFatal.
func (s *Signer) SignBABESeal(key primitives.SR25519Public, slot primitives.Slot, preHash primitives.Hash) (primitives.Signature, error) {
	name := keyName{BABE, key}
	return s.sign(name, preHash[:],
		func(l *ledger) (*primitives.Signature, error) { return l.maySeal(slot, preHash) },
		func(sig primitives.Signature) Record {
			return SealedBlock{Slot: slot, PreHash: preHash, Signature: sig}
		})
}

// SignGRANDPA signs a vote of a round. ErrPast, ErrConflict, ErrWaiting,
// ErrNoKey, ErrMessage for nil, or ErrFatal.
func (s *Signer) SignGRANDPA(key primitives.ED25519Public, set primitives.SetID, round primitives.Round, message primitives.GRANDPAMessage) (primitives.SignedMessage, error) {
	switch message.(type) {
	case primitives.Prevote, primitives.Precommit, primitives.PrimaryPropose:
	default:
		return primitives.SignedMessage{}, ErrMessage
	}
	name := keyName{GRANDPA, key}
	sig, err := s.sign(name, primitives.GRANDPAPayload(message, round, set),
		func(l *ledger) (*primitives.Signature, error) { return l.mayVote(set, round, message) },
		func(sig primitives.Signature) Record {
			return CastVote{Set: set, Round: round, Message: message, Signature: sig}
		})
	if err != nil {
		return primitives.SignedMessage{}, err
	}
	return primitives.SignedMessage{Message: message, Signature: sig, ID: key}, nil
}

// SignBacking signs a backing statement for context. At most maxSeconded
// candidates are seconded in one context: ErrSeconded. Otherwise ErrPast,
// ErrConflict, ErrWaiting, ErrFull, ErrNoKey, ErrMessage for another kind than
// Seconded and Valid, or ErrFatal.
func (s *Signer) SignBacking(key primitives.SR25519Public, context primitives.SigningContext, statement primitives.CompactStatement, maxSeconded int) (primitives.Signature, error) {
	if statement.Kind != primitives.Seconded && statement.Kind != primitives.Valid {
		return primitives.Signature{}, ErrMessage
	}
	return s.sign(keyName{ParaValidator, key}, statement.SigningPayload(context),
		func(l *ledger) (*primitives.Signature, error) { return l.mayState(context, statement, maxSeconded) },
		func(sig primitives.Signature) Record {
			return MadeStatement{Context: context, Statement: statement, Signature: sig}
		})
}

// SignBitfield signs the one availability bitfield of a context. ErrPast,
// ErrConflict, ErrWaiting, ErrFull, ErrNoKey, or ErrFatal.
func (s *Signer) SignBitfield(key primitives.SR25519Public, context primitives.SigningContext, bits primitives.AvailabilityBitfield) (primitives.Signature, error) {
	bitsHash := hashOfBits(bits)
	return s.sign(keyName{ParaValidator, key}, primitives.BitfieldPayload(bits, context),
		func(l *ledger) (*primitives.Signature, error) { return l.maySend(context, bitsHash) },
		func(sig primitives.Signature) Record {
			return SentBitfield{Context: context, BitsHash: bitsHash, Signature: sig}
		})
}

// hashOfBits returns what the guard keeps of a bitfield.
func hashOfBits(bits primitives.AvailabilityBitfield) primitives.Hash {
	return primitives.Blake2b256(bits.AppendSCALE(nil))
}

// SignAuthorityRecord signs, for the chain with this genesis, which node the
// authority named in record runs. It is not guarded: of two records the later one
// counts. ErrNoKey.
func (s *Signer) SignAuthorityRecord(genesis primitives.Hash, record book.Record) (primitives.Signature, error) {
	own, ok := s.cfg.Keystore.secret(keyName{AuthorityDiscovery, record.Authority})
	if !ok {
		return primitives.Signature{}, ErrNoKey
	}
	return own.sign(record.SigningPayload(genesis)), nil
}

// EvaluateVRF evaluates the VRF of a slot claim, with its proof, and returns the
// 16 bytes that are compared with the threshold (vrf.ContextBabe). It is not
// guarded: a key has one output for an input. ErrNoKey.
func (s *Signer) EvaluateVRF(key primitives.SR25519Public, in crypto.VRFInput) (primitives.VRFSignature, [16]byte, error) {
	own, ok := s.cfg.Keystore.secret(keyName{BABE, key})
	if !ok {
		return primitives.VRFSignature{}, [16]byte{}, ErrNoKey
	}
	io := vrf.Evaluate(own.sr, in.Transcript())
	proof := vrf.Prove(own.sr, io, vrf.DefaultExtra(), entropy())
	ticket := [16]byte(io.MakeBytes(vrf.ContextBabe, 16))
	return primitives.VRFSignature{PreOutput: io.PreOutput(), Proof: proof}, ticket, nil
}

// LastSlot returns the last slot in which one of the BABE keys signed or may
// not sign: what babe.New must not claim again.
func (s *Signer) LastSlot() primitives.Slot {
	s.mu.Lock()
	defer s.mu.Unlock()
	var last primitives.Slot
	for _, g := range s.guards {
		if g.key.kind != BABE {
			continue
		}
		g.mu.Lock()
		if first := g.ledger.beyond().Slot; first > 0 {
			last = max(last, first-1)
		}
		g.mu.Unlock()
	}
	return last
}

// RestoredVotes returns the messages that key signed in the last round it took
// part in, in order, for the GRANDPA core to take up again.
func (s *Signer) RestoredVotes(key primitives.ED25519Public) (primitives.SetID, primitives.Round, []primitives.SignedMessage) {
	g := s.guard(keyName{GRANDPA, key})
	if g == nil {
		return 0, 0, nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	set, round := g.ledger.round()
	var out []primitives.SignedMessage
	for _, v := range g.ledger.votes {
		out = append(out, primitives.SignedMessage{Message: v.Message, Signature: v.Signature, ID: key})
	}
	return set, round, out
}

func (s *Signer) guard(name keyName) *guard {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.guards[name]
}

// sign signs payload with the key name if rule allows it.
func (s *Signer) sign(name keyName, payload []byte, rule func(*ledger) (*primitives.Signature, error), record func(primitives.Signature) Record) (primitives.Signature, error) {
	own, ok := s.cfg.Keystore.secret(name)
	g := s.guard(name)
	if !ok || g == nil {
		return primitives.Signature{}, fmt.Errorf("%s key %x: %w", name.kind, name.public, ErrNoKey)
	}
	if s.failed.Load() {
		return primitives.Signature{}, ErrFatal
	}
	begin := time.Now()
	sig, err := g.sign(rule, func() (primitives.Signature, Record) {
		sig := own.sign(payload)
		return sig, record(sig)
	})
	s.meters.signed(name.kind, err, time.Since(begin))
	return sig, s.note(err)
}

// note remembers that a guard failed, so that no other key signs either.
func (s *Signer) note(err error) error {
	if errors.Is(err, ErrFatal) && !s.failed.Swap(true) {
		s.log.Error("guard is not durable, nothing is signed any more", zap.Error(err))
	}
	return err
}

func (own secret) sign(payload []byte) primitives.Signature {
	if own.ed != nil {
		return primitives.Signature(own.ed.Sign(payload))
	}
	return primitives.Signature(own.sr.Sign(payload, entropy()))
}

// entropy returns 32 random bytes.
func entropy() (b [32]byte) {
	rand.Read(b[:]) // never fails
	return b
}
