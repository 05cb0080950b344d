package node

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"

	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/relay/babe"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/signer"
	"github.com/rampart-chain/rampart/relay/store"
)

// disk is what the node keeps, opened.
type disk struct {
	store  *store.Store
	signer *signer.Signer
	key    ed25519.PrivateKey
}

// openDisk opens everything in the base path. Errors say what to do.
func openDisk(c Config) (disk, error) {
	paths := c.paths()
	if err := paths.Check(); err != nil {
		return disk{}, err
	}
	if err := os.MkdirAll(paths.Chain, 0o700); err != nil {
		return disk{}, fmt.Errorf("base path %s cannot be made: %w; choose another with --base-path", c.BasePath, err)
	}
	guards, err := signer.OpenDir(paths.Guards)
	switch {
	case errors.Is(err, signer.ErrLocked):
		return disk{}, fmt.Errorf("%w: %s: stop the other node, or choose another --base-path", err, c.BasePath)
	case err != nil:
		return disk{}, fmt.Errorf("base path %s: %w; make it writable or choose another with --base-path", c.BasePath, err)
	}
	d, err := openBehindLock(c, guards)
	if err != nil {
		return disk{}, errors.Join(err, d.close(), guards.Close())
	}
	return d, nil
}

// openBehindLock opens the rest once the lock of the base path is held.
func openBehindLock(c Config, guards *signer.Directory) (disk, error) {
	d := disk{key: c.Network.Key}
	var err error
	if d.key == nil {
		if d.key, err = NodeKey(c.paths().NodeKey); err != nil {
			return d, err
		}
	}
	path := c.paths().Database
	if d.store, err = store.Open(store.Config{Path: path, Archive: c.Archive, CacheBytes: c.CacheBytes, Logger: c.Logger}); err != nil {
		return d, fmt.Errorf("database %s: %w", path, err)
	}
	g := c.Genesis
	err = d.store.InitGenesis(g.Header, store.Diff{Values: g.Outcome.Changes, Nodes: g.Outcome.Nodes})
	switch {
	case errors.Is(err, store.ErrForeignGenesis):
		return d, foreign(d.store, c.BasePath, err)
	case err != nil:
		return d, fmt.Errorf("database %s: %w", path, err)
	}
	if err := checkRules(d.store, c.BasePath); err != nil {
		return d, fmt.Errorf("database %s: %w", path, err)
	}
	d.signer, err = openSigner(c, d.store, guards)
	return d, err
}

// openSigner opens the keys and their guards beside the chain in st.
func openSigner(c Config, st *store.Store, guards *signer.Directory) (*signer.Signer, error) {
	dir := ""
	if c.Validator {
		dir = c.paths().Keystore
	}
	keystore, err := signer.OpenKeystore(signer.KeystoreConfig{Dir: dir, Password: c.KeystorePassword, Logger: c.Logger})
	if err != nil {
		return nil, fmt.Errorf("keystore: %w", err)
	}
	for _, uri := range c.DevKeys {
		for _, kind := range signer.KeyTypes() {
			if _, err := keystore.InsertMemory(kind, uri); err != nil {
				return nil, fmt.Errorf("key: %w", err)
			}
		}
	}
	if c.Validator && len(keystore.Public(signer.BABE)) == 0 {
		c.Logger.Warn("no BABE key: the node makes no blocks until it has session keys, from author_rotateKeys or rampart key insert", zap.String("keystore", dir))
	}
	state, err := chainState(st)
	if err != nil {
		return nil, err
	}
	return signer.Open(signer.Config{Keystore: keystore, Disk: guards, Chain: state, Logger: c.Logger, Registerer: c.Registerer})
}

// chainState returns what a key whose guard is lost must wait for: finality of
// the finalized head, but the session of the best one, where backing already is.
func chainState(st *store.Store) (signer.ChainState, error) {
	final, err := st.View(st.Finalized().Hash)
	if err != nil {
		return signer.ChainState{}, err
	}
	best, err := st.View(st.Best().Hash)
	if err != nil {
		return signer.ChainState{}, err
	}
	atFinal, atBest := runtime.NewQuery(final), runtime.NewQuery(best)
	_, set := atFinal.GRANDPA()
	state := signer.ChainState{
		Exists: st.Best().Number > 0, Set: set, Session: atBest.SessionIndex(),
		Slot: babe.SlotAt(wall(), atFinal.BABE().SlotDuration),
	}
	return state, errors.Join(atFinal.Err(), atBest.Err())
}

// distrust makes all keys wait: for the next set and session, and for an epoch, in
// which another node that uses them is heard.
func (d disk) distrust() error {
	state, err := chainState(d.store)
	if err != nil {
		return err
	}
	final, err := d.store.View(d.store.Finalized().Hash)
	if err != nil {
		return err
	}
	query := runtime.NewQuery(final)
	state.Slot += primitives.Slot(query.BABE().EpochDuration)
	if err := query.Err(); err != nil {
		return err
	}
	return d.signer.Distrust(state)
}

func (d disk) close() error {
	var errs []error
	if d.signer != nil {
		errs = append(errs, d.signer.Close())
	}
	if d.store != nil {
		errs = append(errs, d.store.Close())
	}
	return errors.Join(errs...)
}
