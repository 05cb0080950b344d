package spec

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/ChainSafe/gossamer/lib/common"

	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/relay/crypto/ss58"
	"github.com/rampart-chain/rampart/relay/genesis"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// maxFile bounds a chain-spec file, in bytes.
const maxFile = 64 << 20

// Spec is a chain spec.
type Spec struct {
	Name       string   `json:"name"`
	ID         string   `json:"id"`
	ChainType  string   `json:"chainType"`
	BootNodes  []string `json:"bootNodes"`
	ProtocolID string   `json:"protocolId"`
	// ForkID sets the network apart from others with the same genesis.
	ForkID     string     `json:"forkId,omitempty"`
	Properties Properties `json:"properties"`
	Genesis    Genesis    `json:"genesis"`
	// TelemetryEndpoints are kept for other tools.
	TelemetryEndpoints json.RawMessage `json:"telemetryEndpoints,omitempty"`
	absent
}

// absent are fields of Substrate's chain specs that must be empty: there is nothing
// here that they could change.
type absent struct {
	ForkBlocks      json.RawMessage `json:"forkBlocks,omitempty"`
	BadBlocks       json.RawMessage `json:"badBlocks,omitempty"`
	CodeSubstitutes json.RawMessage `json:"codeSubstitutes,omitempty"`
	ConsensusEngine json.RawMessage `json:"consensusEngine,omitempty"`
}

// check returns an error if one of the fields is not empty.
func (a absent) check() error {
	for _, field := range []struct {
		name string
		text json.RawMessage
	}{
		{"forkBlocks", a.ForkBlocks}, {"badBlocks", a.BadBlocks},
		{"codeSubstitutes", a.CodeSubstitutes}, {"consensusEngine", a.ConsensusEngine},
	} {
		switch string(bytes.Join(bytes.Fields(field.text), nil)) {
		case "", "null", "{}", "[]", `""`:
		default:
			return fmt.Errorf("%s is not supported", field.name)
		}
	}
	return nil
}

// Properties are what wallets show.
type Properties struct {
	TokenSymbol   string `json:"tokenSymbol"`
	TokenDecimals int    `json:"tokenDecimals"`
	SS58Format    uint16 `json:"ss58Format"`
}

// Config is the configuration of block 0 as it stands in the file: accounts and
// keys as SS58 addresses, amounts in the smallest unit.
type Config struct {
	NetworkID string         `json:"networkId"`
	BABE      BABEConfig     `json:"babe"`
	Balances  BalancesConfig `json:"balances"`
	Session   SessionConfig  `json:"session"`
	Paras     ParasConfig    `json:"paras"`
	Sudo      *SudoConfig    `json:"sudo,omitempty"`
	// HRMP and Configuration are for tools that write polkadot's form.
	HRMP          *HRMPConfig `json:"hrmp,omitempty"`
	Configuration *HostConfig `json:"configuration,omitempty"`
}

// SudoConfig names the account that may make calls as the chain itself; nobody may
// without a key.
type SudoConfig struct {
	Key *string `json:"key"`
}

// BABEConfig is the configuration of BABE: durations in milliseconds and slots.
type BABEConfig struct {
	SlotDuration  uint64    `json:"slotDuration"`
	EpochDuration uint64    `json:"epochDuration"`
	C             [2]uint64 `json:"c"`
	AllowedSlots  string    `json:"allowedSlots"`
}

// BalancesConfig holds the first balances, each [address, amount].
type BalancesConfig struct {
	Balances []Endowment `json:"balances"`
}

// Endowment is the first balance of an account.
type Endowment struct {
	Account string
	Amount  json.Number
}

// SessionConfig holds the first validators.
type SessionConfig struct {
	Keys []Validator `json:"keys"`
}

// Validator is an account, twice as Substrate has it, with its session keys.
type Validator struct {
	Account string
	Keys    ValidatorKeys
}

// ValidatorKeys are session keys as SS58 addresses.
type ValidatorKeys struct {
	GRANDPA            string `json:"grandpa"`
	BABE               string `json:"babe"`
	ParaValidator      string `json:"para_validator"`
	ParaAssignment     string `json:"para_assignment"`
	AuthorityDiscovery string `json:"authority_discovery"`
}

// MarshalJSON writes e as [address, amount].
func (e Endowment) MarshalJSON() ([]byte, error) { return json.Marshal([]any{e.Account, e.Amount}) }

// UnmarshalJSON reads e from [address, amount].
func (e *Endowment) UnmarshalJSON(text []byte) error {
	return unmarshalTuple(text, &e.Account, &e.Amount)
}

// MarshalJSON writes v as [address, address, keys].
func (v Validator) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{v.Account, v.Account, v.Keys})
}

// UnmarshalJSON reads k. Other keys than its own, which tools add for other
// chains, are left out.
func (k *ValidatorKeys) UnmarshalJSON(text []byte) error {
	type keys ValidatorKeys
	return json.Unmarshal(text, (*keys)(k))
}

// UnmarshalJSON reads v from [address, address, keys]; the second address must
// equal the first.
func (v *Validator) UnmarshalJSON(text []byte) error {
	var second string
	if err := unmarshalTuple(text, &v.Account, &second, &v.Keys); err != nil {
		return err
	}
	if second != v.Account {
		return fmt.Errorf("session key owner %s differs from validator %s", second, v.Account)
	}
	return nil
}

// decode reads text, all of it, and refuses fields that v does not have.
func decode(text []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("text after its end")
	}
	return nil
}

func unmarshalTuple(text []byte, fields ...any) error {
	var parts []json.RawMessage
	if err := json.Unmarshal(text, &parts); err != nil {
		return err
	}
	if len(parts) != len(fields) {
		return fmt.Errorf("%d entries where %d belong", len(parts), len(fields))
	}
	for i, field := range fields {
		if err := decode(parts[i], field); err != nil {
			return err
		}
	}
	return nil
}

// readFile reads a chain-spec file of at most maxFile bytes.
func readFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = fmt.Errorf("%s: larger than %d MiB", path, maxFile>>20)
	}
	return text, err
}

// Read reads the chain spec in the file at path.
func Read(path string) (Spec, error) {
	text, err := readFile(path)
	if err != nil {
		return Spec{}, err
	}
	s, err := Parse(text)
	if err != nil {
		return Spec{}, fmt.Errorf("%s: %w", path, err)
	}
	return s, nil
}

// Parse reads a chain spec. Fields that it does not know are refused, so that a
// misspelt one cannot be overlooked.
func Parse(text []byte) (Spec, error) {
	var s Spec
	if err := decode(text, &s); err != nil {
		return Spec{}, fmt.Errorf("not a chain spec: %w", err)
	}
	if err := s.check(); err != nil {
		return Spec{}, fmt.Errorf("not a chain spec: %w", err)
	}
	s.absent = absent{}
	return s, nil
}

// JSON returns s as the text of a chain-spec file.
func (s Spec) JSON() ([]byte, error) {
	text, err := json.MarshalIndent(s, "", "  ")
	return append(text, '\n'), err
}

// Build returns block 0 of the chain. An error names the faulty field.
func (s Spec) Build() (genesis.Genesis, error) {
	if err := checkID(s.ID); err != nil {
		return genesis.Genesis{}, fmt.Errorf("chain spec: %w", err)
	}
	if s.Genesis.Raw != nil {
		g, err := s.Genesis.Raw.build()
		if err != nil {
			return genesis.Genesis{}, fmt.Errorf("chain spec: %w", err)
		}
		return g, nil
	}
	config, err := s.Genesis.RuntimeGenesis.Config.resolve()
	if err != nil {
		return genesis.Genesis{}, fmt.Errorf("chain spec: %w", err)
	}
	g, err := config.Build()
	if err != nil {
		return genesis.Genesis{}, fmt.Errorf("chain spec: %w", err)
	}
	return g, nil
}

// maxID bounds the id of a chain, in bytes.
const maxID = 64

// checkID returns an error unless the id can name a directory.
func checkID(id string) error {
	for _, r := range id {
		if !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '_' || r == '-' || r == '.') {
			return fmt.Errorf("id %q has characters besides letters, digits, -, _ and dots", id)
		}
	}
	if len(id) > maxID || id != "" && id[0] == '.' {
		return fmt.Errorf("id %q is longer than %d bytes or begins with a dot", id, maxID)
	}
	return nil
}

// allowedSlots are the names of the fallbacks in a file.
var allowedSlots = map[string]primitives.AllowedSlots{
	"PrimarySlots":                  primitives.PrimarySlots,
	"PrimaryAndSecondaryPlainSlots": primitives.PrimaryAndSecondaryPlainSlots,
	"PrimaryAndSecondaryVRFSlots":   primitives.PrimaryAndSecondaryVRFSlots,
}

// resolve returns c with texts turned into values.
func (c Config) resolve() (genesis.Config, error) {
	networkID, err := common.HexToBytes(c.NetworkID)
	if err != nil || len(networkID) != 32 {
		return genesis.Config{}, fmt.Errorf("networkId %q is not 0x and 64 hexadecimal digits", c.NetworkID)
	}
	slots, ok := allowedSlots[c.BABE.AllowedSlots]
	if !ok {
		return genesis.Config{}, fmt.Errorf("babe.allowedSlots %q is not one of PrimarySlots, PrimaryAndSecondaryPlainSlots, PrimaryAndSecondaryVRFSlots", c.BABE.AllowedSlots)
	}
	out := genesis.Config{
		NetworkID:    primitives.Hash(networkID),
		SlotDuration: primitives.Millis(c.BABE.SlotDuration), EpochDuration: c.BABE.EpochDuration,
		BABE: primitives.BABEConfiguration{C: c.BABE.C, AllowedSlots: slots},
	}
	for i, e := range c.Balances.Balances {
		account, err := address(e.Account)
		if err != nil {
			return genesis.Config{}, fmt.Errorf("balances[%d]: %w", i, err)
		}
		amount, err := primitives.ParseBalance(e.Amount.String())
		if err != nil {
			return genesis.Config{}, fmt.Errorf("balances[%d]: amount %s: %w", i, e.Amount, err)
		}
		out.Balances = append(out.Balances, genesis.Balance{Account: account, Amount: amount})
	}
	if c.Sudo != nil && c.Sudo.Key != nil {
		key, err := address(*c.Sudo.Key)
		if err != nil {
			return genesis.Config{}, fmt.Errorf("sudo.key: %w", err)
		}
		out.Sudo = &key
	}
	if out.Parachains, err = c.resolveParas(); err != nil {
		return genesis.Config{}, err
	}
	for i, v := range c.Session.Keys {
		validator, err := v.resolve()
		if err != nil {
			return genesis.Config{}, fmt.Errorf("session.keys[%d]: %w", i, err)
		}
		out.Validators = append(out.Validators, validator)
	}
	return out, nil
}

func (v Validator) resolve() (session.Validator, error) {
	out := session.Validator{}
	for _, field := range []struct {
		name, text string
		set        func([32]byte)
	}{
		{"account", v.Account, func(k [32]byte) { out.Account = k }},
		{"grandpa", v.Keys.GRANDPA, func(k [32]byte) { out.Keys.GRANDPA = k }},
		{"babe", v.Keys.BABE, func(k [32]byte) { out.Keys.BABE = k }},
		{"para_validator", v.Keys.ParaValidator, func(k [32]byte) { out.Keys.ParaValidator = k }},
		{"para_assignment", v.Keys.ParaAssignment, func(k [32]byte) { out.Keys.ParaAssignment = k }},
		{"authority_discovery", v.Keys.AuthorityDiscovery, func(k [32]byte) { out.Keys.AuthorityDiscovery = k }},
	} {
		key, err := address(field.text)
		if err != nil {
			return session.Validator{}, fmt.Errorf("%s: %w", field.name, err)
		}
		field.set(key)
	}
	return out, nil
}

func address(text string) (primitives.AccountID, error) {
	account, _, err := ss58.Decode(text)
	if err != nil {
		return primitives.AccountID{}, fmt.Errorf("address %q: %w", text, err)
	}
	return account, nil
}
