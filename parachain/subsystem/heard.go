package subsystem

import (
	"context"
	"errors"
	"fmt"

	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/parachain/backing"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/signer"
)

// hearStatement looks whether the guard knows a statement of an own key that came
// from a peer.
func (s *Subsystem) hearStatement(e backing.OwnHeard) error {
	return s.judgeOwn(e.Context.Parent, s.config.Signer.HeardStatement(e.Key, e.Context, e.Statement))
}

// judgeOwn takes what the signer says of something that an own key signed about a
// block and that came from a peer. If the guard does not know it and the block is of
// a slot since this node got its keys, another node signs with the key right now:
// Run ends. If the block is older, the key was in use before, on another machine or
// in a directory that was lost or restored: all keys wait.
func (s *Subsystem) judgeOwn(block primitives.Hash, err error) error {
	if errors.Is(err, signer.ErrForeign) && s.beforeStart(block) {
		if !s.distrusted {
			s.log.Warn("own key signed what this node's guard does not know: all keys wait", zap.Stringer("block", block))
		}
		s.distrusted = true
		err = s.config.Distrust()
	}
	if err != nil {
		return fmt.Errorf("heard about block %s: %w", block, err)
	}
	return nil
}

// beforeStart reports whether what is about the block may have been signed before
// this node got its keys: the block is of a slot up to then, or pruned.
func (s *Subsystem) beforeStart(block primitives.Hash) bool {
	header, err := s.config.Store.Header(block)
	if err != nil {
		return true
	}
	claim, err := header.BABEPreDigest()
	if err != nil {
		return true // genesis has none
	}
	_, slot := claim.Author()
	return slot <= s.started
}

// held is what waits to be signed until the quiet after the start is over.
type held struct {
	statements []backing.Sign
	bitfields  []Bitfield
}

// speak ends the quiet after the start: what waited is signed.
func (s *Subsystem) speak(ctx context.Context) error {
	waited := s.held
	s.quiet, s.held = false, held{}
	for _, request := range waited.statements {
		answer, err := s.signStatement(request)
		if err != nil {
			return err
		}
		if err := s.stepBacking(ctx, answer); err != nil {
			return err
		}
	}
	for _, b := range waited.bitfields {
		if err := s.signBitfield(b); err != nil {
			return err
		}
	}
	return nil
}
