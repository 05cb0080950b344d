package subsystem

import (
	"errors"
	"slices"

	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/availability/bitfield"
	"github.com/rampart-chain/rampart/availability/distribution/plan"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/relay/failpoint"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/signer"
)

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen

// Bitfield is a bitfield that this node is due to sign.
type Bitfield = plan.Bitfield

// bitfieldMessage is what neighbors tell each other about bitfields.
//
//frame:enum
type bitfieldMessage interface{ bitfieldMessage() }

// signedBitfield is the bitfield of a validator about the block.
//
//frame:variant bitfieldMessage 0
type signedBitfield struct {
	Block    primitives.Hash
	Bitfield primitives.SignedBitfield
}

// bitfieldSummary says whose bitfields about the block a node has: one bit per
// validator.
//
//frame:variant bitfieldMessage 1
type bitfieldSummary struct {
	Block primitives.Hash
	Held  scale.BitVec
}

func (signedBitfield) bitfieldMessage()  {}
func (bitfieldSummary) bitfieldMessage() {}

func decodeBitfieldMessage(data []byte) (bitfieldMessage, error) {
	d := scale.NewDecoder(data)
	m := DecodebitfieldMessage(d)
	return m, d.Finish()
}

// bitfields are those about one block, by validator.
type bitfields struct{ signed []*primitives.SignedBitfield }

// Reasons for which a bitfield is not taken.
const (
	errUnknownBlock = Reason("bitfield is about a block that is not known")
	errTwice        = Reason("validator signed two bitfields about a block")
)

// about returns the bitfields about a block; nil if the block is not known.
func (s *Subsystem) about(block primitives.Hash) *bitfields {
	l := s.leaves[block]
	if l == nil {
		return nil
	}
	if s.bitfields[block] == nil {
		s.bitfields[block] = &bitfields{signed: make([]*primitives.SignedBitfield, len(l.leaf.Validators))}
	}
	return s.bitfields[block]
}

// bitfieldDue is told by distribution what this node is to sign. It does not
// block; a bitfield that finds no room is one vote less.
func (s *Subsystem) bitfieldDue(b Bitfield) { s.offerInput(ownBitfield{b}) }

// signBitfield has the signer sign a bitfield and gossips it. An error means that
// nothing can be signed any more.
func (s *Subsystem) signBitfield(b Bitfield) error {
	if s.quiet {
		s.held.bitfields = append(s.held.bitfields, b)
		return nil
	}
	l, about := s.leaves[b.Block], s.about(b.Block)
	if l == nil || int64(b.Own) >= int64(len(about.signed)) {
		return nil
	}
	context := primitives.SigningContext{SessionIndex: b.Session, Parent: b.Block}
	signature, err := s.config.Signer.SignBitfield(l.leaf.Validators[b.Own], context, b.Bits)
	if errors.Is(err, signer.ErrFatal) {
		return err
	}
	if err != nil {
		s.metrics.refused.WithLabelValues("bitfield").Inc()
		s.log.Warn("bitfield not signed", zap.Stringer("block", b.Block), zap.NamedError("reason", err))
		return nil
	}
	failpoint.Here(failpoint.BitfieldSigned)
	signed := primitives.SignedBitfield{Bitfield: b.Bits, ValidatorIndex: b.Own, Signature: signature}
	about.signed[b.Own] = &signed
	s.metrics.bitfields.Inc()
	s.config.Publish(protocol.Bitfields, AppendbitfieldMessage(nil, signedBitfield{Block: b.Block, Bitfield: signed}))
	failpoint.Here(failpoint.BitfieldHanded)
	return nil
}

// hear takes in a message of a peer. An error means that another node signs with an
// own key.
func (s *Subsystem) hear(from protocol.PeerID, message bitfieldMessage) (verdict, error) {
	switch m := message.(type) {
	case signedBitfield:
		return s.take(m)
	case bitfieldSummary:
		if missing := s.missingBitfields(m); len(missing) > 0 {
			s.config.SendBitfields(from, missing)
		}
	}
	return verdict{judgment: protocol.Accept}, nil
}

// take checks a bitfield and keeps it. One that an own key signed must be in the
// guard, whether it is kept or not.
func (s *Subsystem) take(m signedBitfield) (verdict, error) {
	l, about := s.leaves[m.Block], s.about(m.Block)
	if l == nil {
		return verdict{protocol.Ignore, errUnknownBlock}, nil
	}
	index := m.Bitfield.ValidatorIndex
	if int64(index) >= int64(len(about.signed)) {
		return verdict{protocol.Reject, bitfield.ErrValidator}, nil
	}
	key, kept := l.leaf.Validators[index], about.signed[index]
	own := slices.Contains(s.keys, key)
	switch {
	case kept != nil && string(kept.Bitfield.AppendSCALE(nil)) == string(m.Bitfield.Bitfield.AppendSCALE(nil)):
		return verdict{judgment: protocol.Ignore}, nil
	case kept != nil && !own:
		return verdict{protocol.Ignore, errTwice}, nil
	}
	context := primitives.SigningContext{SessionIndex: l.leaf.Session, Parent: m.Block}
	if err := bitfield.Check(m.Bitfield, len(l.leaf.Cores), l.leaf.Validators, context, s.config.Verifier); err != nil {
		return verdict{protocol.Reject, err}, nil
	}
	if own {
		if err := s.judgeOwn(m.Block, s.config.Signer.HeardBitfield(key, context, m.Bitfield.Bitfield)); err != nil {
			return verdict{judgment: protocol.Ignore}, err
		}
	}
	if kept != nil {
		return verdict{protocol.Ignore, errTwice}, nil
	}
	about.signed[index] = &m.Bitfield
	s.metrics.received.Inc()
	return verdict{judgment: protocol.Accept}, nil
}

// bitfieldsFor returns the bitfields about a block, ascending by validator.
func (s *Subsystem) bitfieldsFor(block primitives.Hash) []primitives.SignedBitfield {
	var out []primitives.SignedBitfield
	if about := s.bitfields[block]; about != nil {
		for _, b := range about.signed {
			if b != nil {
				out = append(out, *b)
			}
		}
	}
	return out
}

// bitfieldSummaries returns, encoded, whose bitfields about active leaves this
// node has.
func (s *Subsystem) bitfieldSummaries() [][]byte {
	var out [][]byte
	for hash, l := range s.leaves {
		if !l.active {
			continue
		}
		about := s.about(hash)
		held := scale.NewBitVec(len(about.signed))
		for i, b := range about.signed {
			held.Set(i, b != nil)
		}
		out = append(out, AppendbitfieldMessage(nil, bitfieldSummary{Block: hash, Held: held}))
	}
	return out
}

// missingBitfields returns, encoded, the bitfields that a peer lacks.
func (s *Subsystem) missingBitfields(theirs bitfieldSummary) [][]byte {
	about := s.bitfields[theirs.Block]
	if about == nil || theirs.Held.Len() != len(about.signed) {
		return nil
	}
	var out [][]byte
	for i, b := range about.signed {
		if b != nil && !theirs.Held.Get(i) {
			out = append(out, AppendbitfieldMessage(nil, signedBitfield{Block: theirs.Block, Bitfield: *b}))
		}
	}
	return out
}
