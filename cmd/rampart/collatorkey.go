package main

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rampart-chain/rampart/parachain/sdk"
	"github.com/rampart-chain/rampart/parachain/sdk/collators"
	"github.com/rampart-chain/rampart/relay/crypto/keys"
	"github.com/rampart-chain/rampart/relay/crypto/sr25519"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// secretKey returns the key of the collator: the one that flags give, else that of a
// collator of the chain in the keystore.
func (f collatorFlags) secretKey(keystore string, block sdk.Block0) (*sr25519.SecretKey, error) {
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
	for _, public := range collators.Collators.Get(frame.NewState(state)) {
		key, err := keystoreKey(keystore, public)
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return key, err
		}
	}
	return nil, fmt.Errorf("no collator key: give --collator-key, or --alice for a development chain, or put the aura key of one of the chain's collators into %s", keystore)
}

// keystoreKey returns the secret of a public key of the type aura, which is
// Substrate's for those who author in turn, from a directory in Substrate's format.
// The file is made private.
func keystoreKey(dir string, public primitives.SR25519Public) (*sr25519.SecretKey, error) {
	path := filepath.Join(dir, hex.EncodeToString([]byte("aura"))+hex.EncodeToString(public[:]))
	text, err := readSmall(path)
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(path, 0o600); err != nil {
			return nil, fmt.Errorf("key file can be read by others: %w", err)
		}
	}
	var uri string
	if json.Unmarshal(text, &uri) != nil {
		return nil, fmt.Errorf("%s: not a JSON string", path)
	}
	key, err := keys.Sr25519(uri)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if primitives.SR25519Public(key.Public()) != public {
		return nil, fmt.Errorf("%s holds another key than the one it is named after", path)
	}
	return key, nil
}
