package spec

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/rampart-chain/rampart/parachain/chains/coin"
	"github.com/rampart-chain/rampart/parachain/sdk"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// ParaSpec is the chain spec of a parachain that this binary knows the rules of.
type ParaSpec struct {
	Name string `json:"name"`
	ID   string `json:"id"`
	// ChainType is Development, Local or Live, and Properties are for wallets.
	ChainType  string            `json:"chainType"`
	Properties Properties        `json:"properties"`
	ParaID     primitives.ParaID `json:"paraId"`
	// Runtime names the rules: coin.
	Runtime string      `json:"runtime"`
	Genesis ParaGenesis `json:"genesis"`
}

// ParaGenesis is the configuration of block 0: keys and accounts as SS58
// addresses, amounts in the smallest unit.
type ParaGenesis struct {
	// Collators may author, in line.
	Collators []string    `json:"collators"`
	Balances  []Endowment `json:"balances"`
	// Peers are the chains with which coins are exchanged.
	Peers []primitives.ParaID `json:"peers"`
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
		Name: fmt.Sprintf("Coin %d", id), ID: fmt.Sprintf("coin_%d", id), ChainType: "Local",
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

// ReadPara reads the chain spec of a parachain in the file at path.
func ReadPara(path string) (ParaSpec, error) {
	file, err := os.Open(path)
	if err != nil {
		return ParaSpec{}, err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	if err != nil {
		return ParaSpec{}, err
	}
	var s ParaSpec
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return ParaSpec{}, fmt.Errorf("%s: not the chain spec of a parachain: %w", path, err)
	}
	if d.More() {
		return ParaSpec{}, errors.New(path + ": not a chain spec: text after its end")
	}
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
	if _, err := s.Chain(); err != nil {
		return sdk.Block0{}, err
	}
	g := coin.Genesis{ParaID: s.ParaID, Peers: s.Genesis.Peers}
	for i, text := range s.Genesis.Collators {
		key, err := address(text)
		if err != nil {
			return sdk.Block0{}, fmt.Errorf("collators[%d]: %w", i, err)
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
