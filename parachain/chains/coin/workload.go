//go:build !wasip1

package coin

import (
	"github.com/rampart-chain/rampart/parachain/chains/coin/transfer"
	"github.com/rampart-chain/rampart/relay/crypto/keys"
	"github.com/rampart-chain/rampart/relay/crypto/sr25519"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Sign returns call as an immortal extrinsic of key's account. genesis is the hash
// of block 0. The same arguments give the same bytes.
func Sign(key *sr25519.SecretKey, nonce primitives.Nonce, genesis primitives.Hash, call frame.Call) primitives.Extrinsic {
	encoded := Chain().Pallets().AppendCall(nil, call)
	extra := primitives.SignedExtra{Nonce: nonce}
	implicit := primitives.SignedImplicit{
		SpecVersion: SpecVersion, TransactionVersion: TransactionVersion, GenesisHash: genesis, EraBirthHash: genesis,
	}
	signature := key.Sign(primitives.SigningPayload(encoded, extra, implicit), [32]byte{})
	return primitives.UncheckedExtrinsic{
		Signature: &primitives.ExtrinsicSignature{
			Signer:    primitives.AddressID{ID: primitives.AccountID(key.Public())},
			Signature: primitives.SR25519Signature{Signature: primitives.Signature(signature)},
			Extra:     extra,
		},
		Call: encoded,
	}.Encode()
}

// Workload is something for a test network to do: a payment to another chain in
// one block of Every, from one development account to the next. It needs accounts
// //Alice to //Ferdie with balances; they are known to everybody.
type Workload struct {
	// Genesis is the hash of block 0.
	Genesis primitives.Hash
	// Dest is the chain that is paid.
	Dest primitives.ParaID
	// Every is how many blocks there are to a payment. Default 2.
	Every uint32
	// Amount is what a payment moves. Default: a tenth of a coin.
	Amount primitives.Balance
}

// payers take turns; each pays the next.
var payers = [...]string{"//Alice", "//Bob", "//Charlie", "//Dave", "//Eve", "//Ferdie"}

// At returns the extrinsics for the block number, to be made on the state after
// its parent. The error is the backend's.
func (w Workload) At(parent frame.Backend, number primitives.BlockNumber) ([]primitives.Extrinsic, error) {
	every, amount := max(w.Every, 2), w.Amount
	if w.Every == 1 {
		every = 1
	}
	if amount.IsZero() {
		amount = primitives.NewBalance(100_000_000_000)
	}
	if uint32(number)%every != 0 {
		return nil, nil
	}
	turn := int(uint32(number) / every)
	from, err := keys.Sr25519(payers[turn%len(payers)])
	if err != nil {
		return nil, err
	}
	to, err := keys.Sr25519(payers[(turn+1)%len(payers)])
	if err != nil {
		return nil, err
	}
	state := frame.NewState(parent)
	nonce := system.Account.Get(state, primitives.AccountID(from.Public())).Nonce
	pay := transfer.PayAcross{Dest: w.Dest, To: primitives.AddressID{ID: primitives.AccountID(to.Public())}, Amount: amount}
	return []primitives.Extrinsic{Sign(from, nonce, w.Genesis, pay)}, state.Err()
}
