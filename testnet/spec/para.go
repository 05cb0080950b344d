package spec

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/rampart-chain/rampart/parachain/chains/coin"
	"github.com/rampart-chain/rampart/parachain/sdk"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// ParaSpec is the chain spec of a parachain that this binary knows the rules of.
type ParaSpec struct {
	Name string `json:"name"`
	ID   string `json:"id"`
	// ChainType is Development, Local or Live, and Properties are for wallets.
	ChainType string `json:"chainType"`
	// BootNodes are collators of the chain.
	BootNodes []string `json:"bootNodes"`
	// ProtocolID is for tools. ForkID sets the network apart from others with the
	// same genesis.
	ProtocolID string            `json:"protocolId"`
	ForkID     string            `json:"forkId,omitempty"`
	Properties Properties        `json:"properties"`
	ParaID     primitives.ParaID `json:"paraId"`
	// Runtime names the rules: coin.
	Runtime string      `json:"runtime"`
	Genesis ParaGenesis `json:"genesis"`
	// TelemetryEndpoints are kept for other tools.
	TelemetryEndpoints json.RawMessage `json:"telemetryEndpoints,omitempty"`
	absent
}

// MaxParaCollators bounds the collators of a chain made by CoinSpec.
const MaxParaCollators = 16

// CoinSpec returns the spec of a coin chain whose collators are the first
// development keys, exchanging coins with peers.
func CoinSpec(id primitives.ParaID, collators int, peers []primitives.ParaID) (ParaSpec, error) {
	if collators < 1 || collators > MaxParaCollators {
		return ParaSpec{}, fmt.Errorf("%d collators: must be 1 to %d", collators, MaxParaCollators)
	}
	s := ParaSpec{
		Name: fmt.Sprintf("Coin %d", id), ID: fmt.Sprintf("coin_%d", id), ChainType: "Local", BootNodes: []string{}, ProtocolID: fmt.Sprintf("coin-%d", id),
		Properties: Properties{TokenSymbol: "COIN", TokenDecimals: 12, SS58Format: sdk.SS58Prefix},
		ParaID:     id, Runtime: "coin",
	}
	s.Genesis.Peers = append([]primitives.ParaID{}, peers...)
	for i := range collators {
		address, err := sr25519Address("//" + ValidatorName(i))
		if err != nil {
			return ParaSpec{}, err
		}
		s.Genesis.Collators = append(s.Genesis.Collators, address)
	}
	for _, name := range names {
		address, err := sr25519Address("//" + name)
		if err != nil {
			return ParaSpec{}, err
		}
		s.Genesis.Balances = append(s.Genesis.Balances, Endowment{Account: address, Amount: json.Number(endowment)})
	}
	return s, nil
}

// ParaPresets says which names ParaPreset knows.
const ParaPresets = "coin, coin-ID"

// ParaPreset returns the spec of the parachain with the name, if it is a preset:
// coin-2001 is the coin chain with that id, coin the one with 2000. //Alice is its
// collator.
func ParaPreset(name string) (ParaSpec, bool) {
	id := uint64(2000)
	if digits, ok := strings.CutPrefix(name, "coin-"); ok {
		var err error
		if id, err = strconv.ParseUint(digits, 10, 32); err != nil || strconv.FormatUint(id, 10) != digits {
			return ParaSpec{}, false
		}
	} else if name != "coin" {
		return ParaSpec{}, false
	}
	s, err := CoinSpec(primitives.ParaID(id), 1, nil)
	return s, err == nil
}

// IsPara reports whether the file at path is meant as the chain spec of a
// parachain: it says which one.
func IsPara(path string) bool {
	text, err := readFile(path)
	if err != nil {
		return false
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(text, &members) != nil {
		return false
	}
	_, ok := members["paraId"]
	return ok
}

// ReadPara reads the chain spec of a parachain in the file at path.
func ReadPara(path string) (ParaSpec, error) {
	text, err := readFile(path)
	if err != nil {
		return ParaSpec{}, err
	}
	var s ParaSpec
	if err = decode(text, &s); err == nil {
		err = s.check()
	}
	if err != nil {
		return ParaSpec{}, fmt.Errorf("%s: not the chain spec of a parachain: %w", path, err)
	}
	s.absent = absent{}
	return s, nil
}

// JSON returns s as the text of a file.
func (s ParaSpec) JSON() ([]byte, error) {
	text, err := json.MarshalIndent(s, "", "  ")
	return append(text, '\n'), err
}

// Chain returns the rules of the chain.
func (s ParaSpec) Chain() (*sdk.Chain, error) {
	if s.Runtime != "coin" {
		return nil, fmt.Errorf("runtime %q: this binary knows coin", s.Runtime)
	}
	return coin.Chain(), nil
}

// Build returns block 0 of the chain.
func (s ParaSpec) Build() (sdk.Block0, error) {
	if err := checkID(s.ID); err != nil {
		return sdk.Block0{}, err
	}
	if _, err := s.Chain(); err != nil {
		return sdk.Block0{}, err
	}
	if s.Genesis.Raw != nil {
		return s.Genesis.Raw.buildPara(s.ParaID)
	}
	g := coin.Genesis{ParaID: s.ParaID, Peers: s.Genesis.Peers}
	for i, text := range s.Genesis.Collators {
		key, err := address(text)
		if err != nil {
			return sdk.Block0{}, fmt.Errorf("aura.authorities[%d]: %w", i, err)
		}
		g.Collators = append(g.Collators, primitives.SR25519Public(key))
	}
	for i, e := range s.Genesis.Balances {
		account, err := address(e.Account)
		if err != nil {
			return sdk.Block0{}, fmt.Errorf("balances[%d]: %w", i, err)
		}
		amount, err := primitives.ParseBalance(e.Amount.String())
		if err != nil {
			return sdk.Block0{}, fmt.Errorf("balances[%d]: %w", i, err)
		}
		g.Balances = append(g.Balances, sdk.Balance{Account: account, Amount: amount})
	}
	return g.Build()
}

// Registration returns the chain, with its validation function, as the genesis
// of a relay chain lists it.
func (s ParaSpec) Registration(code []byte) (Para, error) {
	block, err := s.Build()
	if err != nil {
		return Para{}, fmt.Errorf("chain %d: %w", s.ParaID, err)
	}
	return Para{ID: s.ParaID, Head: "0x" + hex.EncodeToString(block.Head()), Code: "0x" + hex.EncodeToString(code)}, nil
}
