package chain_test

import (
	"testing"
	"time"

	"github.com/rampart-chain/rampart/relay/crypto/cryptotest"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
)

// benchTransfers is the number of signed transfers in a block.
const benchTransfers = 2000

// sender is an account with a key.
type sender struct {
	account primitives.AccountID
	keys    cryptotest.Keys
}

// transfer returns a signed transfer to an account that exists.
func (w *world) transfer(from sender, to primitives.AccountID, nonce primitives.Nonce) (x primitives.Extrinsic, payload []byte) {
	call := runtime.Pallets().AppendCall(nil, balances.TransferKeepAlive{Dest: primitives.AddressID{ID: to}, Value: primitives.NewBalance(1000)})
	extra := primitives.SignedExtra{Nonce: nonce}
	genesis := w.genesis.Header.Hash()
	payload = primitives.SigningPayload(call, extra, primitives.SignedImplicit{
		SpecVersion: runtime.SpecVersion, TransactionVersion: runtime.TransactionVersion, GenesisHash: genesis, EraBirthHash: genesis,
	})
	return primitives.UncheckedExtrinsic{
		Signature: &primitives.ExtrinsicSignature{
			Signer: primitives.AddressID{ID: from.account}, Extra: extra,
			Signature: primitives.SR25519Signature{Signature: from.keys.Sr25519(payload)},
		},
		Call: call,
	}.Encode(), payload
}

// BenchmarkImport takes in blocks with real signatures, on disk, each synced.
func BenchmarkImport(b *testing.B) {
	b.Run("empty", func(b *testing.B) {
		w := newWorldOf(b, cryptotest.Real{}, slotDuration)
		defer w.stop()
		w.now *= 2 // far from now
		parent := w.genesis.Header.Hash()
		b.ResetTimer()
		b.StopTimer()
		for range b.N {
			block := w.child(parent, 1)
			parent = block.Header.Hash()
			b.StartTimer()
			err := w.take(block)
			b.StopTimer()
			if err != nil {
				b.Fatal(err)
			}
			w.finalize(parent)
		}
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "blocks/s")
	})
	b.Run("transfers=2000", benchmarkTransfers)
}

// benchmarkTransfers reports transactions per second beside those that the sum
// of its primitives would give: the signatures and the trie's new root.
func benchmarkTransfers(b *testing.B) {
	senders := make([]sender, benchTransfers)
	accounts := make([]primitives.AccountID, benchTransfers)
	for i := range senders {
		keys := cryptotest.Real{}.Keys([32]byte{7, byte(i), byte(i >> 8)})
		accounts[i] = keys.Sr25519Public()
		senders[i] = sender{accounts[i], keys}
	}
	const slot = 6000
	w := newWorldOf(b, cryptotest.Real{}, slot, accounts...)
	defer w.stop()
	w.now *= 2
	parent := w.genesis.Header.Hash()
	var signatures, root time.Duration
	b.ResetTimer()
	b.StopTimer()
	for n := range b.N {
		payloads := make([][]byte, benchTransfers)
		for i, from := range senders {
			var x primitives.Extrinsic
			x, payloads[i] = w.transfer(from, accounts[(i+n+1)%benchTransfers], primitives.Nonce(n))
			w.transactions = append(w.transactions, x)
		}
		block := w.child(parent, 1)
		if len(w.transactions) > 0 {
			b.Fatalf("%d transactions do not fit the block", len(w.transactions))
		}
		signatures += w.verifies(senders, payloads)
		root += w.rehashes(parent, block)
		b.StartTimer()
		err := w.take(block)
		b.StopTimer()
		if err != nil {
			b.Fatal(err)
		}
		parent = block.Header.Hash()
		w.finalize(parent)
	}
	perSecond := func(d time.Duration) float64 { return float64(b.N) * benchTransfers / d.Seconds() }
	b.ReportMetric(perSecond(b.Elapsed()), "tx/s")
	b.ReportMetric(perSecond(signatures), "signatures/s")
	b.ReportMetric(perSecond(signatures+root), "primitives-tx/s")
}

// verifies returns how long the signatures alone take, as the importer checks
// them.
func (w *world) verifies(senders []sender, payloads [][]byte) time.Duration {
	signatures := make([][64]byte, len(senders))
	for i, s := range senders {
		signatures[i] = s.keys.Sr25519(payloads[i])
	}
	begin := time.Now()
	for i, s := range senders {
		if !w.scheme.Sr25519(s.account, payloads[i], signatures[i]) {
			w.t.Fatal("a good signature refused")
		}
	}
	return time.Since(begin)
}

// rehashes returns how long the trie alone takes to put the block's changes on
// its parent's state and to give the root.
func (w *world) rehashes(parent primitives.Hash, block primitives.Block) time.Duration {
	view, err := w.store.View(parent)
	if err != nil {
		w.t.Fatal(err)
	}
	header, err := w.store.Header(parent)
	if err != nil {
		w.t.Fatal(err)
	}
	unsealed, _, err := block.Header.Unsealed()
	if err != nil {
		w.t.Fatal(err)
	}
	outcome, err := w.rules.Execute(view, header, primitives.Block{Header: unsealed, Extrinsics: block.Extrinsics})
	if err != nil {
		w.t.Fatal(err)
	}
	begin := time.Now()
	if _, err := executive.Commit(view, header.StateRoot, outcome.Changes); err != nil {
		w.t.Fatal(err)
	}
	return time.Since(begin)
}
