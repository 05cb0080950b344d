package node

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/rampart-chain/rampart/relay/failpoint"
)

// NodeKey reads the node key in the file at path, or makes one. The file holds
// the 32-byte seed, in hexadecimal or, as polkadot writes it, as it is.
func NodeKey(path string) (ed25519.PrivateKey, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		_, key, err := ed25519.GenerateKey(nil)
		if err != nil {
			return nil, err
		}
		if err := WriteNodeKey(path, []byte(hex.EncodeToString(key.Seed()))); err != nil {
			return nil, fmt.Errorf("node key: %w", err)
		}
		return key, nil
	}
	if err != nil {
		return nil, fmt.Errorf("node key: %w", err)
	}
	if len(text) == ed25519.SeedSize {
		return ed25519.NewKeyFromSeed(text), nil
	}
	return ParseNodeKey(strings.TrimSpace(string(text)))
}

// WriteNodeKey makes the file at path with text, whole or not at all: a node that
// was ended while it made its first key must be able to start.
func WriteNodeKey(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path+".tmp", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	failpoint.Here(failpoint.NodeKeyWrite)
	_, err = f.Write(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	failpoint.Here(failpoint.NodeKeyRename)
	if err := os.Rename(path+".tmp", path); err != nil {
		return err
	}
	failpoint.Here(failpoint.NodeKeyMade)
	return nil
}

// ParseNodeKey reads a node key: 64 hexadecimal digits.
func ParseNodeKey(text string) (ed25519.PrivateKey, error) {
	seed, err := hex.DecodeString(strings.TrimPrefix(text, "0x"))
	if err != nil || len(seed) != ed25519.SeedSize {
		return nil, errors.New("node key is not 64 hexadecimal digits")
	}
	return ed25519.NewKeyFromSeed(seed), nil
}
