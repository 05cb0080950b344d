package sdk

import (
	"github.com/rampart-chain/rampart/parachain/sdk/guest"
	"github.com/rampart-chain/rampart/parachain/sdk/parachainsystem"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/trie"
)

// Main makes c the chain that this program validates. It is called once, from an
// init function of the main package that is built as the chain's validation
// function; see package guest.
func Main(c *Chain) {
	guest.Register(func(params []byte) ([]byte, bool) {
		result, err := c.ValidateBlock(params)
		if err != nil {
			guest.Log(guest.Warn, "block refused: "+err.Error())
			return nil, false
		}
		return result.AppendSCALE(nil), true
	})
}

// ValidateBlock is the validation function: it executes the block in params, an encoded
// ValidationParams, with nothing but what params hold, and returns what the relay
// chain learns of it. An error says why the block is invalid.
func (c *Chain) ValidateBlock(params []byte) (primitives.ValidationResult, error) {
	// Decoders are called directly: through an interface, those of every type
	// would be part of a guest.
	var p primitives.ValidationParams
	d := scale.NewDecoder(params)
	p.DecodeSCALE(d)
	if err := d.Finish(); err != nil {
		return primitives.ValidationResult{}, both{ErrParams, err}
	}
	block, compact, err := decodeBlockData(p.BlockData)
	if err != nil {
		return primitives.ValidationResult{}, err
	}
	var parent primitives.Header
	d = scale.NewDecoder(p.ParentHead)
	parent.DecodeSCALE(d)
	if err := d.Finish(); err != nil {
		return primitives.ValidationResult{}, both{ErrParentHead, err}
	}
	if block.Header.ParentHash != p.ParentHead.Hash() {
		return primitives.ValidationResult{}, ErrParentHead
	}
	proof, err := trie.DecodeCompact(parent.StateRoot, compact)
	if err != nil {
		return primitives.ValidationResult{}, both{ErrWitness, err}
	}
	proven := newMerkle(proof, parent.StateRoot)
	state := frame.NewState(proven)
	result, err := c.replay(state, parent, block)
	if state.Err() != nil {
		return primitives.ValidationResult{}, both{ErrWitness, state.Err()}
	}
	if err != nil {
		return primitives.ValidationResult{}, err
	}
	relay := parachainsystem.RelayParent.Get(state)
	if relay.Number != p.RelayParentNumber || relay.StorageRoot != p.RelayParentStorageRoot {
		return primitives.ValidationResult{}, ErrRelay
	}
	outcome, err := executive.CommitTo(proven.trie, state.Changes())
	if err != nil {
		return primitives.ValidationResult{}, both{ErrWitness, err}
	}
	if outcome.Root != block.Header.StateRoot {
		return primitives.ValidationResult{}, ErrStateRoot
	}
	if err := proof.CheckUsed(); err != nil {
		return primitives.ValidationResult{}, both{ErrWitness, err}
	}
	return result, nil
}
