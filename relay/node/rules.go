package node

import (
	"errors"
	"fmt"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/store"
)

// ErrOtherRules: the blocks in the database were made by rules of another version
// than those of this program, whose next block would have another state root.
var ErrOtherRules = errors.New("the chain follows rules of another version")

// rules returns the name and version of the rules by which the block was made; false
// if its state does not tell.
func rules(st *store.Store, block primitives.Hash) (system.LastRuntimeUpgradeInfo, bool, error) {
	view, err := st.View(block)
	if err != nil {
		return system.LastRuntimeUpgradeInfo{}, false, err
	}
	state := frame.NewState(view)
	made, known := system.LastRuntimeUpgrade.Lookup(state)
	return made, known, state.Err()
}

// advice says what can be done with a database that this program cannot go on with.
func advice(basePath string) string {
	return "choose another --base-path, or remove it with rampart purge-chain, the same --chain, and --base-path " + basePath
}

// checkRules returns ErrOtherRules unless this program can make the block after the
// best one. A chain that has only its genesis begins with the rules of whoever makes
// its first block.
func checkRules(st *store.Store, basePath string) error {
	best := st.Best()
	made, known, err := rules(st, best.Hash)
	if err != nil {
		return err
	}
	own := system.LastRuntimeUpgradeInfo{SpecName: runtime.SpecName, SpecVersion: runtime.SpecVersion}
	if best.Number == 0 || !known || made == own {
		return nil
	}
	return fmt.Errorf("%w: block #%d was made by %s, spec_version %d, and this program has %s, spec_version %d; start a program that has those of the chain, %s",
		ErrOtherRules, best.Number, made.SpecName, made.SpecVersion, own.SpecName, own.SpecVersion, advice(basePath))
}

// foreign returns why a database with another genesis is refused: fault, and what to
// do.
func foreign(st *store.Store, basePath string, fault error) error {
	if err := checkRules(st, basePath); err != nil {
		return fmt.Errorf("%w; %w", fault, err)
	}
	return fmt.Errorf("%w: the chain spec is another one, or it is a preset of another version of this program; %s", fault, advice(basePath))
}
