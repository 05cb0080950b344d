package coin

import (
	"slices"

	"github.com/rampart-chain/rampart/parachain/chains/coin/transfer"
	"github.com/rampart-chain/rampart/parachain/sdk"
	"github.com/rampart-chain/rampart/parachain/sdk/parachainsystem"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/utility"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Versions of the rules; see sdk.Rules.
const (
	SpecVersion        = 3
	TransactionVersion = 1
)

// Chain returns the chain. Every coin chain has the same rules; they differ in
// their Genesis.
func Chain() *sdk.Chain {
	return sdk.New(sdk.Rules{
		Name: "coin", SpecVersion: SpecVersion, TransactionVersion: TransactionVersion,
		Own:     frame.Pallets{{Index: sdk.FirstOwn, Pallet: transfer.Pallet}, {Index: sdk.FirstOwn + 1, Pallet: utility.Pallet}},
		Inbound: parachainsystem.Handlers{Blob: transfer.Receive},
	})
}

// Genesis is everything about a coin chain that is fixed at its start.
type Genesis struct {
	// ParaID is the chain's id on the relay chain.
	ParaID primitives.ParaID
	// Collators are the keys of those who may author, in line.
	Collators []primitives.SR25519Public
	// Balances are the first balances.
	Balances []sdk.Balance
	// Peers are the coin chains with which it exchanges coins, in any order.
	// It trusts them not to make coins of nothing.
	Peers []primitives.ParaID
}

// Build returns block 0 of the chain, or a sdk.Reason.
func (g Genesis) Build() (sdk.Block0, error) {
	return Chain().Genesis(sdk.Genesis{
		ParaID: g.ParaID, Collators: g.Collators, Balances: g.Balances,
		Own: func(c *frame.Context) error {
			peers := slices.Clone(g.Peers)
			slices.Sort(peers)
			transfer.Peers.Put(c.State, slices.Compact(peers))
			return nil
		},
	})
}
