package subsystem

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/rampart-chain/rampart/availability/distribution/plan"
	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/parachain/backing"
	"github.com/rampart-chain/rampart/parachain/collation"
	"github.com/rampart-chain/rampart/parachain/prospective"
	"github.com/rampart-chain/rampart/parachain/shared/sessioninfo"
	"github.com/rampart-chain/rampart/relay/babe"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/signer"
	"github.com/rampart-chain/rampart/relay/store"
)

// keptSessions is how many sessions back validators can be looked up.
const keptSessions = 8

// leafState is a relay block that takes part.
type leafState struct {
	leaf   *prospective.Leaf
	active bool // nothing is built on it yet
}

// keptLeaves is how many blocks, from the latest down, bitfields are taken for.
const keptLeaves = 8

// sessionKeys are the discovery keys of the validators of recent sessions. It is
// immutable.
type sessionKeys struct {
	bySession map[primitives.SessionIndex][]primitives.SR25519Public
}

func (k *sessionKeys) key(index primitives.SessionIndex, validator primitives.ValidatorIndex) (primitives.SR25519Public, bool) {
	keys := k.bySession[index]
	if int64(validator) >= int64(len(keys)) {
		return primitives.SR25519Public{}, false
	}
	return keys[validator], true
}

// with returns k with one more session, without those too far back.
func (k *sessionKeys) with(index primitives.SessionIndex, keys []primitives.SR25519Public) *sessionKeys {
	next := maps.Clone(k.bySession)
	if next == nil {
		next = map[primitives.SessionIndex][]primitives.SR25519Public{}
	}
	next[index] = keys
	maps.DeleteFunc(next, func(i primitives.SessionIndex, _ []primitives.SR25519Public) bool { return i+keptSessions < index })
	return &sessionKeys{bySession: next}
}

// activateBest takes up the best block unless it is taken up or the node is
// behind.
func (s *Subsystem) activateBest(ctx context.Context) error {
	if s.config.Syncing() {
		return nil
	}
	best := s.config.Chain.Snapshot().Best
	if s.leaves[best.Hash] != nil {
		return nil
	}
	header, err := s.config.Store.Header(best.Hash)
	if err != nil {
		return nil // pruned meanwhile; the chain tells of the next one
	}
	return s.activate(ctx, best.Hash, header)
}

// activate takes up a block on which others may be built, in place of its
// parent.
func (s *Subsystem) activate(ctx context.Context, hash primitives.Hash, header primitives.Header) error {
	if s.leaves[hash] != nil {
		return nil
	}
	view, err := s.config.Store.View(hash)
	if errors.Is(err, store.ErrUnknownBlock) || errors.Is(err, store.ErrStateDiscarded) {
		return nil
	}
	if err != nil {
		return err
	}
	state := frame.NewState(view)
	leaf := prospective.NewLeaf(state, header)
	s.noteSession(state, leaf)
	if err := state.Err(); err != nil {
		return err
	}
	s.leaves[hash] = &leafState{leaf: leaf, active: true}
	s.metrics.activated.Inc()
	if err := s.takeKeys(ctx); err != nil {
		return err
	}
	_, own := leaf.Own(s.keys)
	s.metrics.parachain.Set(flag(own))
	s.distribution.Block(ctx, s.block(leaf))
	if err := s.stepBacking(ctx, backing.ActiveLeaf{Leaf: leaf}); err != nil {
		return err
	}
	if err := s.stepCollation(ctx, collation.ActiveLeaf{Leaf: leaf}); err != nil {
		return err
	}
	return s.retire(ctx, header)
}

// takeKeys tells the cores of keys that are new.
func (s *Subsystem) takeKeys(ctx context.Context) error {
	keys := s.config.Keys()
	if slices.Equal(keys, s.keys) {
		return nil
	}
	s.keys, s.started = keys, babe.SlotAt(s.config.Now(), s.config.Chain.SlotDuration())
	if err := s.stepBacking(ctx, backing.Keys{Keys: keys}); err != nil {
		return err
	}
	return s.stepCollation(ctx, collation.Keys{Keys: keys})
}

// retire ends the parent of a block as a leaf, and forgets blocks far below.
func (s *Subsystem) retire(ctx context.Context, header primitives.Header) error {
	if err := s.deactivate(ctx, header.ParentHash); err != nil {
		return err
	}
	for hash, l := range s.leaves {
		if l.leaf.Number+keptLeaves >= header.Number {
			continue
		}
		if err := s.deactivate(ctx, hash); err != nil {
			return err
		}
		delete(s.leaves, hash)
		delete(s.bitfields, hash)
	}
	return nil
}

func (s *Subsystem) deactivate(ctx context.Context, hash primitives.Hash) error {
	l := s.leaves[hash]
	if l == nil || !l.active {
		return nil
	}
	l.active = false
	s.metrics.deactivated.Inc()
	if err := s.stepBacking(ctx, backing.LeafGone{Leaf: hash}); err != nil {
		return err
	}
	return s.stepCollation(ctx, collation.LeafGone{Leaf: hash})
}

// noteSession remembers who the validators of the leaf's session are, and tells
// discovery whom to look for.
func (s *Subsystem) noteSession(state *frame.State, leaf *prospective.Leaf) {
	known := s.sessions.Load()
	next := known.noted(state, leaf.Session)
	if next == known {
		return
	}
	s.sessions.Store(next)
	validators := next.bySession[leaf.Session]
	s.metrics.active.Set(flag(slices.ContainsFunc(s.config.Signer.Keys(signer.AuthorityDiscovery), func(own [32]byte) bool {
		return slices.Contains(validators, primitives.SR25519Public(own))
	})))
	keys := slices.Clone(validators)
	for _, v := range session.QueuedKeys.Get(state) {
		keys = append(keys, v.Keys.AuthorityDiscovery)
	}
	s.config.Discovery.Session(leaf.Session, keys)
}

// noted returns k with the validators of a session as the state of its latest
// block says; k itself if it has them. Their order is drawn when the session
// begins, so that forks of the block before it differ.
func (k *sessionKeys) noted(state *frame.State, index primitives.SessionIndex) *sessionKeys {
	info, ok := sessioninfo.Sessions.Lookup(state, index)
	if known, noted := k.bySession[index]; !ok || noted && slices.Equal(known, info.DiscoveryKeys) {
		return k
	}
	return k.with(index, info.DiscoveryKeys)
}

// block is what distribution must know of a leaf.
func (s *Subsystem) block(leaf *prospective.Leaf) plan.Block {
	b := plan.Block{
		Hash: leaf.Hash, Number: leaf.Number, Session: leaf.Session,
		Validators: len(leaf.Validators), Cores: len(leaf.Cores),
	}
	if own, ok := leaf.Own(s.keys); ok {
		b.Own = &own
	}
	for _, para := range leaf.Paras {
		for _, pending := range para.Pending {
			c := plan.Candidate{Core: pending.Core, Hash: pending.Hash, Root: pending.Descriptor.ErasureRoot}
			if int64(pending.Group) < int64(len(leaf.Groups)) {
				c.Backers = leaf.Groups[pending.Group]
			}
			b.Occupied = append(b.Occupied, c)
		}
	}
	return b
}
