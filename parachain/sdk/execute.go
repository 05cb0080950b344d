package sdk

import (
	"github.com/rampart-chain/rampart/parachain/sdk/collators"
	"github.com/rampart-chain/rampart/parachain/sdk/parachainsystem"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/trie"
)

// maxHeadSize bounds a header as head data, in bytes: the least bound that relay
// chains set, with room to spare.
const maxHeadSize = 16 << 10

// SealPayload returns what the author of the block with the header, which carries
// no seal, signs with its sr25519 key.
func SealPayload(header primitives.Header) []byte {
	hash := header.Hash()
	return append([]byte("rampart collator seal"), hash[:]...)
}

// Seal returns header with the author's signature of SealPayload.
func Seal(header primitives.Header, signature primitives.Signature) primitives.Header {
	return header.Sealed(primitives.Seal{Engine: collators.Engine, Data: signature[:]})
}

// Execute checks block, a sealed child of parent, on view, the state after parent,
// and returns what it does to the state and what the relay chain learns of it.
// That the relay parent is what the block says is not checked: the relay chain
// does, before it includes the block. An error means that the block is invalid,
// unless it is ErrView.
func (c *Chain) Execute(view executive.View, parent primitives.Header, block primitives.Block) (executive.Outcome, primitives.ValidationResult, error) {
	state := frame.NewState(view)
	result, err := c.replay(state, parent, block)
	if err != nil {
		return executive.Outcome{}, primitives.ValidationResult{}, err
	}
	outcome, err := executive.Commit(view, parent.StateRoot, state.Changes())
	if err != nil {
		return executive.Outcome{}, primitives.ValidationResult{}, both{ErrView, err}
	}
	if outcome.Root != block.Header.StateRoot {
		return executive.Outcome{}, primitives.ValidationResult{}, ErrStateRoot
	}
	return outcome, result, nil
}

// replay executes a sealed block and returns what the relay chain learns of it.
// The state root is the caller's to compare. ErrView if a read failed.
func (c *Chain) replay(state *frame.State, parent primitives.Header, block primitives.Block) (_ primitives.ValidationResult, err error) {
	defer absorb(state, &err)
	head := block.Header.AppendSCALE(nil)
	if len(head) > maxHeadSize {
		return primitives.ValidationResult{}, ErrHeadSize
	}
	unsealed, err := c.open(state, block.Header)
	if err != nil {
		return primitives.ValidationResult{}, err
	}
	block.Header = unsealed
	if err := c.rules.Execute(state, parent, block); err != nil {
		return primitives.ValidationResult{}, err
	}
	result := parachainsystem.Outputs(state)
	result.HeadData = head
	return result, nil
}

// absorb makes err ErrView if a read of state failed. Every value seems to be missing
// from then on, so that any other error, and any panic, followed from that.
func absorb(state *frame.State, err *error) {
	if state.Err() != nil {
		recover()
		*err = both{ErrView, state.Err()}
	}
}

// open checks the seal of header by the collators in state, those of the parent,
// and returns header without it. That the author may author is checked by
// execution.
func (c *Chain) open(state *frame.State, header primitives.Header) (primitives.Header, error) {
	unsealed, seal, err := header.Unsealed()
	if err != nil || seal.Engine != collators.Engine || len(seal.Data) != len(primitives.Signature{}) {
		return primitives.Header{}, ErrSeal
	}
	claim, err := collators.ClaimOf(unsealed.Digest)
	if err != nil {
		return primitives.Header{}, err
	}
	keys := collators.Collators.Get(state)
	if uint64(claim.Author) >= uint64(len(keys)) {
		return primitives.Header{}, collators.ErrTurn
	}
	if !c.rules.Verifier.Sr25519(keys[claim.Author], SealPayload(unsealed), [64]byte(seal.Data)) {
		return primitives.Header{}, ErrSeal
	}
	return unsealed, nil
}

// merkle is a state that is read through the nodes of its trie, so that a
// recorder or a proof below sees every read.
type merkle struct{ trie *trie.Trie }

// newMerkle returns the state with the root over src.
func newMerkle(src trie.Source, root primitives.Hash) merkle {
	return merkle{trie.New(src, root, trie.V1)}
}

// Get implements frame.Backend.
func (m merkle) Get(key []byte) ([]byte, error) { return m.trie.Get(key) }

// Next implements frame.Backend.
func (m merkle) Next(key []byte) ([]byte, bool, error) { return m.trie.NextKey(key) }
