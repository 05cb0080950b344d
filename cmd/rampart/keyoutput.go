package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/rampart-chain/rampart/relay/crypto/keys"
	"github.com/rampart-chain/rampart/relay/crypto/ss58"
)

// outputFlags are --output-type and --json.
type outputFlags struct {
	kind   string
	asJSON bool
}

func (o *outputFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&o.kind, "output-type", "text", "text or json")
	c.Flags().BoolVar(&o.asJSON, "json", false, "shorthand for --output-type json")
}

// json reports whether JSON is asked for.
func (o outputFlags) json() (bool, error) {
	switch strings.ToLower(o.kind) {
	case "json":
		return true, nil
	case "text":
		return o.asJSON, nil
	}
	return false, fmt.Errorf("--output-type %q: there are text and json", o.kind)
}

// printJSON writes v as indented text, as all commands do.
func printJSON(w io.Writer, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

// networkNames are those of the SS58 registry for the prefixes that are met here;
// the others go by their number.
var networkNames = map[uint16]string{
	0: "polkadot", 1: "BareSr25519", 2: "kusama", 3: "BareEd25519", 42: "substrate", 43: "BareSecp256k1",
}

func networkName(prefix uint16) string {
	if name, ok := networkNames[prefix]; ok {
		return name
	}
	return strconv.Itoa(int(prefix))
}

// keyOutput says how a key is shown. The text and the names of the fields are
// those of subkey.
//
// Source: polkadot-sdk substrate/client/cli/src/commands/utils.rs.
type keyOutput struct {
	outputFlags
	network string
	prefix  uint16
}

func (o *keyOutput) add(c *cobra.Command) {
	o.outputFlags.add(c)
	c.Flags().StringVarP(&o.network, "network", "n", "substrate", "network of addresses: polkadot, kusama, substrate or the prefix of another")
	c.Flags().Uint16Var(&o.prefix, "ss58-prefix", ss58.Generic, "network of addresses by its prefix")
	c.MarkFlagsMutuallyExclusive("network", "ss58-prefix")
}

// choose returns the prefix that the flags ask for, otherwise the given one.
func (o keyOutput) choose(c *cobra.Command, otherwise uint16) (uint16, error) {
	switch {
	case c.Flags().Changed("ss58-prefix"):
		return o.prefix, nil
	case !c.Flags().Changed("network"):
		return otherwise, nil
	}
	for prefix, name := range networkNames {
		if strings.EqualFold(name, o.network) {
			return prefix, nil
		}
	}
	prefix, err := strconv.ParseUint(o.network, 10, 14)
	if err != nil {
		return 0, fmt.Errorf("--network %q: neither a known network nor a prefix", o.network)
	}
	return uint16(prefix), nil
}

// row is a line of text and its field in JSON.
type row struct{ label, field, value string }

// addresses returns the rows that every key has.
func addresses(scheme keys.Scheme, public []byte, prefix uint16) ([]row, error) {
	account := scheme.Account(public)
	key, err := ss58.EncodeKey(public, prefix)
	if err != nil {
		return nil, err
	}
	address, err := ss58.Encode(account, prefix)
	if err != nil {
		return nil, err
	}
	return []row{
		{"Public key (hex):", "publicKey", fmt.Sprintf("0x%x", public)},
		{"Account ID:", "accountId", fmt.Sprintf("0x%x", account)},
		{"Public key (SS58):", "ss58PublicKey", key},
		{"SS58 Address:", "ss58Address", address},
	}, nil
}

// pair shows a key pair and the phrase or URI that it comes from.
func (o keyOutput) pair(c *cobra.Command, uri string, phrase bool, pair keys.Pair) error {
	prefix, err := o.choose(c, ss58.Generic)
	if err != nil {
		return err
	}
	seed := "n/a"
	if raw, ok := pair.Seed(); ok {
		seed = fmt.Sprintf("0x%x", raw)
	}
	rows, err := addresses(pair.Scheme(), pair.Public(), prefix)
	if err != nil {
		return err
	}
	rows = append([]row{{"Network ID:", "networkId", networkName(prefix)}, {"Secret seed:", "secretSeed", seed}}, rows...)
	title := row{fmt.Sprintf("Secret Key URI `%s` is account:", uri), "secretKeyUri", uri}
	if phrase {
		title = row{"Secret phrase:       " + uri, "secretPhrase", uri}
	}
	return o.show(c, title, rows, len("Public key (SS58):"))
}

// public shows a public key and, if any, the address that it comes from. inherited
// is the prefix unless flags ask for another.
func (o keyOutput) public(c *cobra.Command, address string, inherited uint16, scheme keys.Scheme, public []byte) error {
	prefix, err := o.choose(c, inherited)
	if err != nil {
		return err
	}
	rows, err := addresses(scheme, public, prefix)
	if err != nil {
		return err
	}
	// An address names this key, whatever the scheme would make of it.
	rows[3].value = rows[2].value
	network := row{"Network ID/Version:", "networkId", networkName(prefix)}
	if address == "" {
		title := network
		title.label = fmt.Sprintf("%s %s", network.label, network.value)
		return o.show(c, title, rows, len(network.label))
	}
	title := row{fmt.Sprintf("Public Key URI `%s` is account:", address), "publicKeyUri", address}
	return o.show(c, title, append([]row{network}, rows...), len(network.label))
}

// show writes a title and rows, whose values begin after width columns.
func (o keyOutput) show(c *cobra.Command, title row, rows []row, width int) error {
	asJSON, err := o.json()
	if err != nil {
		return err
	}
	if asJSON {
		fields := map[string]string{title.field: title.value}
		for _, r := range rows {
			fields[r.field] = r.value
		}
		return printJSON(c.OutOrStdout(), fields)
	}
	var text strings.Builder
	fmt.Fprintln(&text, title.label)
	for _, r := range rows {
		fmt.Fprintf(&text, "  %-*s %s\n", width, r.label, r.value)
	}
	_, err = io.WriteString(c.OutOrStdout(), text.String())
	return err
}

// addressed returns the public key in an SS58 address, and its prefix.
func addressed(scheme keys.Scheme, text string) ([]byte, uint16, error) {
	return ss58.DecodeKey(text, scheme.PublicSize())
}

// prompt asks for a line on stderr. On a terminal the answer is not shown.
func prompt(c *cobra.Command, question string) (string, error) {
	fmt.Fprint(c.ErrOrStderr(), question)
	if in := c.InOrStdin(); in == os.Stdin && term.IsTerminal(int(os.Stdin.Fd())) {
		answer, err := term.ReadPassword(int(os.Stdin.Fd()))
		fmt.Fprintln(c.ErrOrStderr())
		return string(answer), err
	}
	answer, err := bufio.NewReaderSize(io.LimitReader(c.InOrStdin(), maxSecret), maxSecret).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	return strings.TrimRight(answer, "\r\n"), nil
}
