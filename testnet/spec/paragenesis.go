package spec

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/rampart-chain/rampart/parachain/sdk"
	"github.com/rampart-chain/rampart/parachain/sdk/collators"
	"github.com/rampart-chain/rampart/parachain/sdk/parachainsystem"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// ParaGenesis is the configuration of block 0 of a parachain, or its state if Raw
// is set. Keys and accounts are SS58 addresses, amounts in the smallest unit.
//
// A file has it under genesis.runtimeGenesis.config, in the members that tools
// change: collators are aura.authorities, Substrate's name for who authors in turn.
// Or under genesis.raw.
type ParaGenesis struct {
	// Collators may author, in line.
	Collators []string
	Balances  []Endowment
	// Peers are the chains with which coins are exchanged.
	Peers []primitives.ParaID
	Raw   *RawState
}

// paraConfig is a ParaGenesis in a file.
type paraConfig struct {
	Aura struct {
		Authorities []string `json:"authorities"`
	} `json:"aura"`
	Balances BalancesConfig `json:"balances"`
	Transfer struct {
		Peers []primitives.ParaID `json:"peers"`
	} `json:"transfer"`
}

// paraForms are the forms of a genesis in a file.
type paraForms struct {
	RuntimeGenesis *paraRuntimeGenesis `json:"runtimeGenesis,omitempty"`
	Raw            *RawState           `json:"raw,omitempty"`
}

type paraRuntimeGenesis struct {
	Config paraConfig `json:"config"`
}

// MarshalJSON writes g with its configuration under config, or under raw.
func (g ParaGenesis) MarshalJSON() ([]byte, error) {
	if g.Raw != nil {
		return json.Marshal(paraForms{Raw: g.Raw})
	}
	var plain paraRuntimeGenesis
	plain.Config.Aura.Authorities, plain.Config.Balances.Balances, plain.Config.Transfer.Peers = g.Collators, g.Balances, g.Peers
	return json.Marshal(paraForms{RuntimeGenesis: &plain})
}

// UnmarshalJSON reads g in either form.
func (g *ParaGenesis) UnmarshalJSON(text []byte) error {
	var forms paraForms
	if err := decode(text, &forms); err != nil {
		return err
	}
	*g = ParaGenesis{Raw: forms.Raw}
	if forms.RuntimeGenesis == nil {
		return nil
	}
	if g.Raw != nil {
		return errors.New("genesis has both raw and runtimeGenesis")
	}
	c := forms.RuntimeGenesis.Config
	g.Collators, g.Balances, g.Peers = c.Aura.Authorities, c.Balances.Balances, c.Transfer.Peers
	return nil
}

// Raw returns s with the state of block 0 in place of the configuration. It builds
// the same block. Errors are those of Build.
func (s ParaSpec) Raw() (ParaSpec, error) {
	if s.Genesis.Raw != nil {
		return s, nil
	}
	block, err := s.Build()
	if err != nil {
		return ParaSpec{}, err
	}
	s.Genesis = ParaGenesis{Raw: rawState(block.Outcome.Changes)}
	return s, nil
}

// buildPara returns block 0 with the state r, which must be that of the parachain
// with the id.
func (r RawState) buildPara(id primitives.ParaID) (sdk.Block0, error) {
	values, err := r.state()
	if err != nil {
		return sdk.Block0{}, err
	}
	if err := cmp.Or(decodes(values, parachainsystem.ParachainId), decodes(values, collators.Collators)); err != nil {
		return sdk.Block0{}, fmt.Errorf("genesis.raw: not the state of a parachain: %w", err)
	}
	state := frame.NewState(values)
	at, keys := parachainsystem.ParachainId.Get(state), collators.Collators.Get(state)
	if len(keys) == 0 {
		return sdk.Block0{}, fmt.Errorf("genesis.raw: %w", sdk.ErrCollators)
	}
	if at != id {
		return sdk.Block0{}, fmt.Errorf("genesis.raw is the state of chain %d, and paraId says %d", at, id)
	}
	header, outcome, err := block0(values)
	return sdk.Block0{Header: header, Outcome: outcome}, err
}
