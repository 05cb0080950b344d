package main

import (
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rampart-chain/rampart/network/host"
	"github.com/rampart-chain/rampart/relay/node"
	"github.com/rampart-chain/rampart/relay/signer"
	"github.com/rampart-chain/rampart/testnet/spec"
)

// placeFlags say which chain of which node.
type placeFlags struct {
	chain, basePath string
	development     bool
}

func (p *placeFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&p.chain, "chain", "local", "preset ("+strings.Join(spec.Presets(), ", ")+") or chain-spec file")
	c.Flags().BoolVar(&p.development, "dev", false, "shorthand for --chain dev")
	c.Flags().StringVarP(&p.basePath, "base-path", "d", "", "directory of the node (default: ~/.local/share/rampart/node)")
	c.MarkFlagsMutuallyExclusive("chain", "dev")
}

// find returns the chain and where the node keeps it.
func (p placeFlags) find() (spec.Spec, node.Paths, error) {
	if p.development {
		p.chain = "dev"
	}
	s, err := nodeFlags{chain: p.chain}.spec()
	if err != nil {
		return s, node.Paths{}, err
	}
	base := p.basePath
	if base == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return s, node.Paths{}, errors.New("no home directory: say where the node is with --base-path")
		}
		base = filepath.Join(home, ".local", "share", "rampart", "node")
	}
	paths := node.PathsOf(base, s.ID)
	return s, paths, paths.Check()
}

func keyInsertCommand() *cobra.Command {
	var scheme schemeFlag
	var password passwordFlags
	var place placeFlags
	var suri, kind, keystore string
	c := &cobra.Command{
		Use:   "insert",
		Short: "Insert a key into the keystore of a node",
		Long: `Insert a key into the keystore of a node, as polkadot's tools keep it: a file named
by the type and the public key, with the secret URI. A running validator finds it
within a slot.

A validator signs with five types of key: babe, para, asgn and audi (sr25519), gran
(ed25519). Others are kept and not used. A key that signed elsewhere must not sign
here as well: stop the other node first.`,
		Example: "  rampart key insert --key-type babe --scheme sr25519 --suri key.txt --base-path /data --chain local",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			keyType, err := signer.ParseKeyType(kind)
			if err != nil {
				return fmt.Errorf("--key-type %q: must be four letters", kind)
			}
			if keystore == "" {
				_, paths, err := place.find()
				if err != nil {
					return err
				}
				keystore = paths.Keystore
			}
			uri, err := secretURI(c, suri)
			if err != nil {
				return err
			}
			secret, err := password.read(c)
			if err != nil {
				return err
			}
			store, err := signer.OpenKeystore(signer.KeystoreConfig{Dir: keystore, Password: secret})
			if err != nil {
				return err
			}
			path, public, err := store.InsertFile(keyType, scheme.Scheme, uri)
			if err != nil {
				return err
			}
			fmt.Fprintf(c.ErrOrStderr(), "%s key 0x%x is in %s\n", keyType, public, path)
			return nil
		},
	}
	f := c.Flags()
	f.StringVar(&suri, "suri", "", "secret URI, or a file with it (default: asked for)")
	f.StringVar(&kind, "key-type", "", "four letters: babe, gran, para, asgn, audi or another")
	f.StringVar(&keystore, "keystore-path", "", "directory of the keys (default: that of the chain under the base path)")
	_ = c.MarkFlagRequired("key-type") // the flag exists
	place.add(c)
	scheme.add(c)
	password.add(c)
	return c
}

func keyGenerateNodeKeyCommand() *cobra.Command {
	var place placeFlags
	var file string
	var raw, standard bool
	c := &cobra.Command{
		Use:   "generate-node-key",
		Short: "Make a random key of a node's network identity",
		Long: `Make a random key of a node's network identity. The secret goes to stdout, to a
file, or to its place under the base path of a node, where none is replaced; the
peer id goes to stderr.`,
		Example: `  rampart key generate-node-key --file node.key
  rampart key generate-node-key --base-path /data --chain local`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, key, err := ed25519.GenerateKey(nil)
			if err != nil {
				return err
			}
			id, err := host.PeerID(key.Public().(ed25519.PublicKey))
			if err != nil {
				return err
			}
			text := []byte(hex.EncodeToString(key.Seed()))
			if raw {
				text = key.Seed()
			}
			switch {
			case file != "":
				err = node.WriteNodeKey(file, text)
			case place.basePath != "" || standard:
				err = placeNodeKey(c, place, text)
			default:
				_, err = c.OutOrStdout().Write(text)
			}
			if err != nil {
				return err
			}
			fmt.Fprintln(c.ErrOrStderr(), id)
			return nil
		},
	}
	c.Flags().StringVar(&file, "file", "", "file to write the secret to")
	c.Flags().BoolVar(&raw, "bin", false, "write 32 bytes, not hexadecimal digits")
	c.Flags().BoolVar(&standard, "default-base-path", false, "write it where a node without --base-path looks for it")
	place.add(c)
	c.MarkFlagsMutuallyExclusive("file", "base-path", "default-base-path")
	c.MarkFlagsMutuallyExclusive("file", "chain")
	return c
}

// placeNodeKey writes a node key to where a node looks for it, unless one is there.
func placeNodeKey(c *cobra.Command, place placeFlags, text []byte) error {
	_, paths, err := place.find()
	if err != nil {
		return err
	}
	if _, err := os.Stat(paths.NodeKey); err == nil {
		return failure{exitFailed, fmt.Errorf("a key already exists in %s", paths.NodeKey)}
	}
	fmt.Fprintf(c.ErrOrStderr(), "Generating key in %q\n", paths.NodeKey)
	return node.WriteNodeKey(paths.NodeKey, text)
}

func keyInspectNodeKeyCommand() *cobra.Command {
	var file string
	var raw bool
	c := &cobra.Command{
		Use:     "inspect-node-key",
		Short:   "Print the peer id of a node key",
		Example: "  rampart key inspect-node-key --file node.key",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			var text []byte
			var err error
			if file == "" {
				text, err = readAll(c.InOrStdin(), "node key", maxSecret)
			} else {
				text, err = readSmall(file)
			}
			if err != nil {
				return err
			}
			if raw || len(text) == ed25519.SeedSize {
				text = []byte(hex.EncodeToString(text))
			}
			key, err := node.ParseNodeKey(strings.TrimSpace(string(text)))
			if err != nil {
				return err
			}
			id, err := host.PeerID(key.Public().(ed25519.PublicKey))
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(c.OutOrStdout(), id)
			return err
		},
	}
	c.Flags().StringVar(&file, "file", "", "file with the secret (default: stdin)")
	c.Flags().BoolVar(&raw, "bin", false, "the secret is 32 bytes, not hexadecimal digits")
	return c
}
