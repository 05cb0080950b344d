package main

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rampart-chain/rampart/relay/crypto/keys"
	"github.com/rampart-chain/rampart/relay/crypto/ss58"
)

func keyCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "key",
		Short: "Make, look at and insert keys; sign and verify",
		Long: `Make, look at and insert keys; sign and verify. Flags and output are those of
polkadot key and subkey.

A secret URI is [PHRASE | 0xSEED] {//HARD | /SOFT} [///PASSWORD]; without phrase
the one of all development keys stands there, so //Alice is a secret URI. Where a
command takes one, a file that holds it will do, and is seen by nobody else; left
out, it is asked for.`,
	}
	c.AddCommand(keyGenerateCommand(), keyInspectCommand(), keyInsertCommand(), keySignCommand(), keyVerifyCommand(),
		keyGenerateNodeKeyCommand(), keyInspectNodeKeyCommand(), keyGuardCommand())
	return c
}

// maxSecret bounds a file or an input that holds a key or a password, in bytes.
const maxSecret = 2 * keys.MaxURI

// secretURI returns the secret URI in text, which may be the name of a file; it is
// asked for if text is empty.
func secretURI(c *cobra.Command, text string) (string, error) {
	if text == "" {
		return prompt(c, "URI: ")
	}
	if info, err := os.Stat(text); err != nil || !info.Mode().IsRegular() {
		return text, nil
	}
	content, err := readSmall(text)
	return strings.TrimRight(string(content), " \t\r\n"), err
}

// readSmall reads a file of at most maxSecret bytes.
func readSmall(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readAll(file, path, maxSecret)
}

// readAll reads at most limit bytes of r.
func readAll(r io.Reader, name string, limit int64) ([]byte, error) {
	content, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if int64(len(content)) > limit {
		return nil, fmt.Errorf("%s: larger than %d bytes", name, limit)
	}
	return content, nil
}

// passwordFlags are the ways to give the password of a key.
type passwordFlags struct {
	password, file string
	interactive    bool
}

func (p *passwordFlags) add(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&p.password, "password", "", "password of the key, in place of the one in the secret URI; others may see it")
	f.StringVar(&p.file, "password-filename", "", "file with the password")
	f.BoolVar(&p.interactive, "password-interactive", false, "ask for the password")
	c.MarkFlagsMutuallyExclusive("password", "password-filename", "password-interactive")
}

func (p passwordFlags) read(c *cobra.Command) (string, error) {
	switch {
	case p.interactive:
		return prompt(c, "Key password: ")
	case p.file != "":
		content, err := readSmall(p.file)
		if err != nil {
			return "", fmt.Errorf("--password-filename: %w", err)
		}
		return strings.TrimRight(string(content), "\r\n"), nil
	}
	return p.password, nil
}

// parse reads a secret URI; a password that flags give counts more than its own.
func (p passwordFlags) parse(c *cobra.Command, uri string) (keys.URI, error) {
	u, err := keys.ParseURI(uri)
	if err != nil {
		return u, err
	}
	password, err := p.read(c)
	if err != nil {
		return u, err
	}
	if password != "" {
		u.Password = password
	}
	return u, nil
}

// schemeFlag is --scheme.
type schemeFlag struct{ keys.Scheme }

func (s *schemeFlag) String() string { return string(s.Scheme) }
func (s *schemeFlag) Type() string   { return "sr25519|ed25519|ecdsa" }
func (s *schemeFlag) Set(text string) (err error) {
	s.Scheme, err = keys.ParseScheme(strings.ToLower(text))
	return err
}

func (s *schemeFlag) add(c *cobra.Command) {
	s.Scheme = keys.SchemeSr25519
	c.Flags().Var(s, "scheme", "signature scheme")
}

func keyGenerateCommand() *cobra.Command {
	var scheme schemeFlag
	var password passwordFlags
	var out keyOutput
	var words int
	c := &cobra.Command{
		Use:   "generate",
		Short: "Make a random account",
		Example: `  rampart key generate
  rampart key generate --scheme ed25519 --words 24 --output-type json`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if words < 12 || words > 24 || words%3 != 0 {
				return fmt.Errorf("--words %d: must be 12, 15, 18, 21 or 24", words)
			}
			entropy := make([]byte, words/3*4)
			rand.Read(entropy) // never fails
			phrase, err := keys.NewPhrase(entropy)
			if err != nil {
				return err
			}
			u, err := password.parse(c, phrase)
			if err != nil {
				return err
			}
			pair, err := u.Pair(scheme.Scheme)
			if err != nil {
				return err
			}
			return out.pair(c, phrase, true, pair)
		},
	}
	c.Flags().IntVarP(&words, "words", "w", 12, "words of the phrase: 12, 15, 18, 21 or 24")
	scheme.add(c)
	password.add(c)
	out.add(c)
	return c
}

func keyInspectCommand() *cobra.Command {
	var scheme schemeFlag
	var password passwordFlags
	var out keyOutput
	var public bool
	var expect string
	c := &cobra.Command{
		Use:   "inspect [URI|FILE]",
		Short: "Show the public key and the address of a secret URI or address",
		Long: `Show the public key and the address of a secret URI, or the public key of an
address. Exit code 1: the key is not the one that --expect-public names.`,
		Example: `  rampart key inspect //Alice
  rampart key inspect 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY --network polkadot
  rampart key inspect --public 0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			uri, err := secretURI(c, strings.Join(args, ""))
			if err != nil {
				return err
			}
			if public {
				key, err := publicKey(scheme.Scheme, uri)
				if err != nil {
					return err
				}
				return out.public(c, "", ss58.Generic, scheme.Scheme, key)
			}
			if key, prefix, err := addressed(scheme.Scheme, uri); err == nil && expect == "" {
				return out.public(c, uri, prefix, scheme.Scheme, key)
			}
			u, err := password.parse(c, uri)
			if err != nil {
				return err
			}
			if expect != "" {
				if err := expectPublic(u, scheme.Scheme, expect); err != nil {
					return err
				}
			}
			pair, err := u.Pair(scheme.Scheme)
			if err != nil {
				return err
			}
			_, notPhrase := keys.Entropy(uri)
			return out.pair(c, uri, notPhrase == nil, pair)
		},
	}
	c.Flags().BoolVar(&public, "public", false, "the argument is a public key in hexadecimal")
	c.Flags().StringVar(&expect, "expect-public", "", "fail unless this is the public key or address of the secret URI without its junctions")
	c.MarkFlagsMutuallyExclusive("public", "expect-public")
	scheme.add(c)
	password.add(c)
	out.add(c)
	return c
}

// expectPublic fails unless the key at the root of u is the expected one.
func expectPublic(u keys.URI, scheme keys.Scheme, expect string) error {
	want, _, err := addressed(scheme, expect)
	if err != nil {
		if want, err = publicKey(scheme, expect); err != nil {
			return fmt.Errorf("--expect-public: %w", err)
		}
	}
	u.Junctions = nil
	pair, err := u.Pair(scheme)
	if err != nil {
		return err
	}
	if string(pair.Public()) != string(want) {
		return failure{exitFailed, fmt.Errorf("expected public key (%s) does not match", expect)}
	}
	return nil
}

// publicKey reads a public key in hexadecimal.
func publicKey(scheme keys.Scheme, text string) ([]byte, error) {
	key, err := hex.DecodeString(strings.TrimPrefix(text, "0x"))
	if err != nil || len(key) != scheme.PublicSize() {
		return nil, fmt.Errorf("public key is not %d hexadecimal digits", 2*scheme.PublicSize())
	}
	return key, nil
}

func keySignCommand() *cobra.Command {
	var scheme schemeFlag
	var password passwordFlags
	var suri string
	var message messageFlags
	c := &cobra.Command{
		Use:   "sign",
		Short: "Sign a message with a secret key",
		Long: `Sign a message with a secret key and print the signature in hexadecimal. Session
keys of a validator sign only in the node, which remembers what they signed.`,
		Example: `  rampart key sign --suri //Alice --message hello
  rampart key sign --suri secret.txt --hex < message.hex`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			text, err := message.read(c)
			if err != nil {
				return err
			}
			uri, err := secretURI(c, suri)
			if err != nil {
				return err
			}
			u, err := password.parse(c, uri)
			if err != nil {
				return err
			}
			pair, err := u.Pair(scheme.Scheme)
			if err != nil {
				return err
			}
			var entropy [32]byte
			rand.Read(entropy[:]) // never fails
			_, err = fmt.Fprintf(c.OutOrStdout(), "0x%x\n", pair.Sign(text, entropy))
			return err
		},
	}
	c.Flags().StringVar(&suri, "suri", "", "secret URI, or a file with it (default: asked for)")
	message.add(c)
	scheme.add(c)
	password.add(c)
	return c
}

func keyVerifyCommand() *cobra.Command {
	var scheme schemeFlag
	var message messageFlags
	c := &cobra.Command{
		Use:     "verify SIGNATURE [PUBLIC|ADDRESS|URI|FILE]",
		Short:   "Verify a signature of a message",
		Long:    "Verify a signature, in hexadecimal, of a message. Exit code 1: it does not hold.",
		Example: "  rampart key verify 0x4eb2… 5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY --message 'test message'",
		Args:    cobra.RangeArgs(1, 2),
		RunE: func(c *cobra.Command, args []string) error {
			text, err := message.read(c)
			if err != nil {
				return err
			}
			signature, err := hex.DecodeString(strings.TrimPrefix(args[0], "0x"))
			if err != nil || len(signature) != scheme.SignatureSize() {
				return fmt.Errorf("signature is not %d hexadecimal digits", 2*scheme.SignatureSize())
			}
			uri, err := secretURI(c, strings.Join(args[1:], ""))
			if err != nil {
				return err
			}
			public, err := anyPublic(scheme.Scheme, uri)
			if err != nil {
				return err
			}
			if !scheme.Verify(public, text, signature) {
				return failure{exitFailed, errors.New("signature is invalid")}
			}
			_, err = fmt.Fprintln(c.OutOrStdout(), "Signature verifies correctly.")
			return err
		},
	}
	message.add(c)
	scheme.add(c)
	return c
}

// anyPublic returns the public key that text is, or that its address or secret URI
// has.
func anyPublic(scheme keys.Scheme, text string) ([]byte, error) {
	if key, err := publicKey(scheme, text); err == nil {
		return key, nil
	}
	if key, _, err := addressed(scheme, text); err == nil {
		return key, nil
	}
	u, err := keys.ParseURI(text)
	if err != nil {
		return nil, err
	}
	pair, err := u.Pair(scheme)
	if err != nil {
		return nil, err
	}
	return pair.Public(), nil
}

// messageFlags say what is signed.
type messageFlags struct {
	text  string
	asHex bool
}

// maxMessage bounds what is signed, in bytes.
const maxMessage = 64 << 20

func (m *messageFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&m.text, "message", "", "the message (default: stdin)")
	c.Flags().BoolVar(&m.asHex, "hex", false, "the message is in hexadecimal")
}

func (m messageFlags) read(c *cobra.Command) ([]byte, error) {
	message := []byte(m.text)
	if !c.Flags().Changed("message") {
		var err error
		if message, err = readAll(c.InOrStdin(), "message", maxMessage); err != nil {
			return nil, err
		}
	}
	if !m.asHex {
		return message, nil
	}
	message, err := hex.DecodeString(strings.TrimPrefix(strings.TrimSpace(string(message)), "0x"))
	if err != nil {
		return nil, errors.New("message is not in hexadecimal")
	}
	return message, nil
}
