package node

import (
	"context"
	"time"

	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/relay/rpc/backend"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/signer"
	"github.com/rampart-chain/rampart/relay/supervise"
)

// publicKeys returns what tells the keys of a type that the signer holds. Keys may be
// added while the node runs, so it is asked again and again.
func publicKeys[T ~[32]byte](s *signer.Signer, kind signer.KeyType) func() []T {
	return func() []T {
		raw := s.Keys(kind)
		keys := make([]T, len(raw))
		for i, k := range raw {
			keys[i] = T(k)
		}
		return keys
	}
}

// followKeys takes up keys whose files come into the keystore, once per slot.
func (n *Node) followKeys(ctx context.Context, beat supervise.Beat) error {
	tick := time.NewTicker(min(time.Duration(n.chain.SlotDuration())*time.Millisecond, supervise.Idle))
	defer tick.Stop()
	said := ""
	for {
		beat.Alive()
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		fault := ""
		if err := n.disk.reloadKeys(); err != nil {
			fault = err.Error()
		}
		if fault != said && fault != "" {
			n.log.Warn("keystore cannot be read", zap.String("reason", fault))
		}
		said = fault
	}
}

// reloadKeys takes up keys whose files came into the keystore.
func (d disk) reloadKeys() error {
	return d.signer.Reload(func() (signer.ChainState, error) { return chainState(d.store) })
}

// keys is the keystore as wallets and tools reach it; none of a node that is no
// validator.
func (n *Node) keys() backend.Keys {
	if !n.config.Validator {
		return nil
	}
	return keystore{n.disk}
}

// keystore are the keys of a running validator.
type keystore struct{ disk }

// Insert keeps the key of a secret URI. If it signs, it does from the next slot, set
// and session on: it may have been in use elsewhere.
func (k keystore) Insert(_ context.Context, kind, uri string, public []byte) error {
	keyType, err := signer.ParseKeyType(kind)
	if err != nil {
		return err
	}
	state, err := chainState(k.store)
	if err != nil {
		return err
	}
	return k.signer.Insert(keyType, uri, public, state)
}

// Generate makes and keeps new session keys, one of each type of the runtime's
// SessionKeys, and returns their encoding.
func (k keystore) Generate(context.Context) ([]byte, error) {
	var public []byte
	for _, id := range (session.Keys{}).IDs() {
		made, err := k.signer.Generate(id.Type)
		if err != nil {
			return nil, err
		}
		public = append(public, made[:]...)
	}
	return public, nil
}

// Has reports whether a key is in the keystore.
func (k keystore) Has(public []byte, kind string) bool {
	_ = k.reloadKeys() // followKeys says what is wrong
	keyType, err := signer.ParseKeyType(kind)
	return err == nil && k.signer.Has(keyType, public)
}

// HasSession reports whether all keys of an encoding of SessionKeys are in the
// keystore.
func (k keystore) HasSession(encoded []byte) (bool, error) {
	var keys session.Keys
	if err := scale.Unmarshal(encoded, &keys); err != nil {
		return false, err
	}
	_ = k.reloadKeys() // as in Has
	for _, id := range keys.IDs() {
		if !k.signer.Has(id.Type, id.Key[:]) {
			return false, nil
		}
	}
	return true, nil
}
