package sdk

import (
	"strconv"

	"github.com/rampart-chain/rampart/parachain/sdk/collators"
	"github.com/rampart-chain/rampart/parachain/sdk/parachainsystem"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/trie"
)

// Genesis is everything about a chain that is fixed at its start.
type Genesis struct {
	// ParaID is the chain's id on the relay chain.
	ParaID primitives.ParaID
	// Collators are the keys of those who may author, in line; at least one.
	Collators []primitives.SR25519Public
	// Balances are the first balances, each at least the existential deposit.
	Balances []Balance
	// Own sets the state of the author's own pallets. It may be nil.
	Own func(c *frame.Context) error
}

// Balance is the first free balance of an account.
type Balance struct {
	Account primitives.AccountID
	Amount  primitives.Balance
}

// Reasons for which a Genesis cannot start a chain.
const (
	ErrCollators = Reason("chain has no collators, or too many")
	ErrBalance   = Reason("first balance is below the existential deposit, or overflows")
)

// Block0 is the first block of a chain: its header and the state after it.
type Block0 struct {
	Header  primitives.Header
	Outcome executive.Outcome
}

// Head returns the head data with which the chain is registered.
func (b Block0) Head() primitives.HeadData { return b.Header.AppendSCALE(nil) }

// Genesis returns block 0 of the chain as g says. Equal genesis, equal block.
func (c *Chain) Genesis(g Genesis) (Block0, error) {
	if len(g.Collators) == 0 || len(g.Collators) > collators.MaxCollators {
		return Block0{}, ErrCollators
	}
	state := frame.NewState(frame.Memory{})
	context := &frame.Context{State: state, Pallets: c.rules.Pallets, Phase: frame.Initialization{}}
	parachainsystem.ParachainId.Put(state, g.ParaID)
	collators.Collators.Put(state, g.Collators)
	for _, b := range g.Balances {
		if err := balances.Mint(context, b.Account, b.Amount); err != nil {
			return Block0{}, both{ErrBalance, err}
		}
	}
	if g.Own != nil {
		if err := g.Own(context); err != nil {
			return Block0{}, err
		}
	}
	state.Put([]byte(":code"), []byte(c.name+" on the relay chain, version "+strconv.FormatUint(uint64(c.rules.SpecVersion), 10)))
	outcome, err := executive.Commit(trie.ProofSource(nil), trie.EmptyRoot, state.Changes())
	if err != nil {
		return Block0{}, err
	}
	header := primitives.Header{StateRoot: outcome.Root, ExtrinsicsRoot: executive.ExtrinsicsRoot(nil)}
	return Block0{Header: header, Outcome: outcome}, nil
}
