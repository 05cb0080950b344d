package finality

import (
	"fmt"

	"github.com/rampart-chain/rampart/relay/grandpa"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/scale"
)

// restore makes the core from the store and the signer's guard, and gives it
// the blocks that the store has.
func (f *Finality) restore() error {
	state, err := f.state()
	if err != nil {
		return err
	}
	slot := f.config.Chain.SlotDuration()
	params := grandpa.Params{
		Period: max(slot/6, 1), JustificationPeriod: f.config.JustificationPeriod,
		Keys: f.keys, Verifier: f.config.Verifier,
	}
	if f.core, err = grandpa.New(params, state, f.votes()); err != nil {
		return err
	}
	finalized := f.config.Store.Finalized()
	for number := state.Base.Number + 1; number <= finalized.Number; number++ {
		hash, ok, err := f.config.Store.CanonicalHash(number)
		if err != nil || !ok {
			return fmt.Errorf("canonical block %d: found %t: %w", number, ok, err)
		}
		header, err := f.config.Store.Header(hash)
		if err != nil {
			return fmt.Errorf("canonical block %d: %w", number, err)
		}
		if err := f.step(grandpa.BlockImported{Hash: hash, Header: header}); err != nil {
			return err
		}
	}
	for _, b := range f.config.Store.Unfinalized() {
		if err := f.step(grandpa.BlockImported{Hash: b.Hash, Header: b.Header}); err != nil {
			return err
		}
	}
	if err := f.step(grandpa.BestBlock{Hash: f.config.Store.Best().Hash}); err != nil {
		return err
	}
	if finalized == state.Base {
		return nil
	}
	return f.step(grandpa.FinalizedElsewhere{Block: finalized})
}

// state returns the core's state as it was last persisted, or that of genesis.
func (f *Finality) state() (grandpa.State, error) {
	raw, err := f.config.Store.Aux(stateKey)
	if err != nil {
		return grandpa.State{}, err
	}
	if raw != nil {
		var state grandpa.State
		if err := scale.Unmarshal(raw, &state); err != nil {
			return grandpa.State{}, fmt.Errorf("stored state: %w", err)
		}
		return state, nil
	}
	genesis, ok := f.config.Store.Genesis()
	if !ok {
		return grandpa.State{}, fmt.Errorf("store has no genesis")
	}
	view, err := f.config.Store.View(genesis)
	if err != nil {
		return grandpa.State{}, fmt.Errorf("authorities at genesis: %w", err)
	}
	query := runtime.NewQuery(view)
	authorities, _ := query.GRANDPA()
	return grandpa.Genesis(primitives.BlockID{Hash: genesis}, authorities), query.Err()
}

// votes returns the last votes in the signer's guard.
func (f *Finality) votes() []grandpa.Sign {
	var votes []grandpa.Sign
	for _, key := range f.keys {
		set, round, messages := f.config.Signer.RestoredVotes(key)
		for _, m := range messages {
			votes = append(votes, grandpa.Sign{Set: set, Round: round, Key: key, Message: m.Message})
		}
	}
	return votes
}
