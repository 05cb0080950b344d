package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"

	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/parachain/sdk"
	"github.com/rampart-chain/rampart/parachain/sdk/collators"
	"github.com/rampart-chain/rampart/relay/crypto/keys"
	"github.com/rampart-chain/rampart/relay/crypto/sr25519"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/signer"
)

// secretKey returns the key of the collator: the one that flags give, else that of a
// collator of the chain in the keystore, which is in dir unless flags say where.
func (f collatorFlags) secretKey(dir string, block sdk.Block0, log *zap.Logger) (*sr25519.SecretKey, error) {
	given := f.key
	for name, on := range f.dev {
		if !*on {
			continue
		}
		if given != "" {
			return nil, errors.New("more than one collator key: give --collator-key or one of --alice, --bob, …")
		}
		given = "//" + name
	}
	if given != "" {
		key, err := keys.Sr25519(given)
		if err != nil {
			return nil, fmt.Errorf("collator key: %w", err)
		}
		return key, nil
	}
	state := frame.Memory{}
	state.Apply(block.Outcome.Changes)
	password, err := f.keystore.password.read(f.command)
	if err != nil {
		return nil, err
	}
	store := signer.KeystoreConfig{Dir: cmp.Or(f.keystore.path, dir), Password: password, Logger: log}
	for _, public := range collators.Collators.Get(frame.NewState(state)) {
		key, err := signer.ReadSr25519(store, signer.Aura, public)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return key, err
		}
	}
	return nil, fmt.Errorf("no collator key: give --collator-key, or --alice for a development chain, or put the aura key of one of the chain's collators into %s", store.Dir)
}
