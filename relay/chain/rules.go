package chain

import (
	"errors"
	"fmt"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/store"
)

// ErrOtherRules: a block was made by rules of another version than those of this
// program, which would find another state root.
var ErrOtherRules = errors.New("the chain follows rules of another version")

// CheckRules returns ErrOtherRules if the state after a block says that other rules
// than those of this program made it. Nobody's rules made block 0. Other errors are
// those of the store.
func CheckRules(s *store.Store, block primitives.BlockID) error {
	view, err := s.View(block.Hash)
	if err != nil {
		return err
	}
	state := frame.NewState(view)
	made, known := system.LastRuntimeUpgrade.Lookup(state)
	own := system.LastRuntimeUpgradeInfo{SpecName: runtime.SpecName, SpecVersion: runtime.SpecVersion}
	if block.Number == 0 || !known || made == own || state.Err() != nil {
		return state.Err()
	}
	return fmt.Errorf("%w: block #%d was made by %s, spec_version %d, and this program has %s, spec_version %d; start a program that has those of the chain",
		ErrOtherRules, block.Number, made.SpecName, made.SpecVersion, own.SpecName, own.SpecVersion)
}
