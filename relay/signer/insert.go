package signer

import (
	"errors"

	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/relay/crypto/keys"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Keys may come while others sign: made here, inserted, or put into the keystore's
// directory by other means. Each is guarded before it can sign. One that was not made
// here may have been in use elsewhere, so it waits as if its guard had been lost.

// Generate makes a new key of the type, writes its file and returns its public
// key. It can sign at once.
func (s *Signer) Generate(kind KeyType) ([32]byte, error) {
	uri, err := newPhrase()
	if err != nil {
		return [32]byte{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	public, err := s.cfg.Keystore.Insert(kind, uri)
	if err != nil {
		return public, err
	}
	return public, s.guardNew(keyName{kind, public}, ChainState{}, true)
}

// Insert adds the key of a secret URI, of any type, and writes its file. If it signs
// and has no guard here, it waits for what chain, which is that of now, says.
// ErrPublic if its public key is not public; otherwise as Keystore.Insert.
func (s *Signer) Insert(kind KeyType, uri string, public []byte, chain ChainState) error {
	scheme, err := s.cfg.Keystore.match(kind, uri, public)
	if err != nil {
		return err
	}
	if !kind.known() {
		_, _, err := s.cfg.Keystore.InsertFile(kind, scheme, uri)
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	added, err := s.cfg.Keystore.Insert(kind, uri)
	if err != nil {
		return err
	}
	return s.guardNew(keyName{kind, added}, chain, false)
}

// Reload takes up the keys whose files came into the keystore's directory. chain,
// which is called if there are any, returns what those that sign wait for. Files that
// do not hold the key they are named after are left out; the error names them.
func (s *Signer) Reload(chain func() (ChainState, error)) error {
	if missing, err := s.cfg.Keystore.unread(); len(missing) == 0 {
		return err
	}
	state, err := chain()
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	names, err := s.cfg.Keystore.unread() // another one may have come, or be held by now
	faults := []error{err}
	for _, name := range names {
		if err := s.cfg.Keystore.load(name); err != nil {
			faults = append(faults, err)
			continue
		}
		s.log.Info("key found in the keystore", zap.Stringer("key_type", name.kind), zap.Stringer("key", primitives.Hash(name.public)))
		faults = append(faults, s.guardNew(name, state, false))
	}
	return errors.Join(faults...)
}

// Has reports whether the keystore has the key of a type, also of one that nothing
// here signs with.
func (s *Signer) Has(kind KeyType, public []byte) bool { return s.cfg.Keystore.hasFile(kind, public) }

// guardNew opens the guard of a key that was added; s.mu is held.
func (s *Signer) guardNew(name keyName, chain ChainState, fresh bool) error {
	if !name.kind.guarded() || s.guards[name] != nil {
		return nil
	}
	return s.open(name, chain, fresh)
}

// match returns the scheme by which the key of a secret URI has the public key.
// ErrPublic if none has.
func (k *Keystore) match(kind KeyType, uri string, public []byte) (keys.Scheme, error) {
	u, err := k.parse(uri)
	if err != nil {
		return "", err
	}
	schemes := []keys.Scheme{keys.SchemeSr25519, keys.SchemeEd25519, keys.SchemeECDSA}
	if kind.known() {
		schemes = []keys.Scheme{kind.Scheme()}
	}
	err = ErrPublic
	for _, scheme := range schemes {
		pair, fault := u.Pair(scheme)
		if fault == nil && string(pair.Public()) == string(public) {
			return scheme, nil
		}
		if fault != nil && kind.known() {
			err = fault
		}
	}
	return "", err
}
