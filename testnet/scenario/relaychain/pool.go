package relaychain

import (
	"slices"

	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

// topicTransactions carries extrinsics of clients.
const topicTransactions = "transactions"

// pool holds the transactions that a node knows and that are not final. It
// stands in for a real one: first come, first served, in the order of nonces.
type pool struct{ waiting []transaction }

type transaction struct {
	extrinsic primitives.Extrinsic
	hash      primitives.Hash
	signer    primitives.AccountID
	nonce     primitives.Nonce
}

// add takes in an extrinsic, and reports whether it is new and readable and had
// room.
func (p *pool) add(x primitives.Extrinsic) bool {
	u, err := primitives.DecodeExtrinsic(x)
	if err != nil || u.Signature == nil || len(p.waiting) >= maxPool {
		return false
	}
	signer, ok := u.Signature.Signer.(primitives.AddressID)
	t := transaction{x, primitives.Blake2b256(x), signer.ID, u.Signature.Extra.Nonce}
	if !ok || slices.ContainsFunc(p.waiting, func(o transaction) bool { return o.hash == t.hash }) {
		return false
	}
	p.waiting = append(p.waiting, t)
	slices.SortStableFunc(p.waiting, func(a, b transaction) int { return int(a.nonce) - int(b.nonce) })
	return true
}

// forget drops what can never be in a block after state any more.
func (p *pool) forget(state *stateView) {
	if len(p.waiting) == 0 {
		return
	}
	query := runtime.NewQuery(state)
	p.waiting = slices.DeleteFunc(p.waiting, func(t transaction) bool { return t.nonce < query.Account(t.signer).Nonce })
}

// offer returns an iterator over what may go into a block on state.
func (p *pool) offer(state *stateView) func() (primitives.Extrinsic, bool) {
	rest := p.waiting
	query := runtime.NewQuery(state)
	next := map[primitives.AccountID]primitives.Nonce{}
	return func() (primitives.Extrinsic, bool) {
		for len(rest) > 0 {
			t := rest[0]
			rest = rest[1:]
			if _, known := next[t.signer]; !known {
				next[t.signer] = query.Account(t.signer).Nonce
			}
			if t.nonce == next[t.signer] {
				next[t.signer]++
				return t.extrinsic, true
			}
		}
		return nil, false
	}
}

// submitted takes a transaction of a client and passes it on.
func (n *Node) submitted(x primitives.Extrinsic) {
	if n.pool.add(x) {
		n.emit(engine.Publish{Topic: topicTransactions, Data: x})
	}
}

func (n *Node) heardTransaction(in engine.Delivered) {
	if n.pool.add(in.Data) {
		n.emit(engine.Forward{})
	}
}

// transfer returns a signed transfer of a user to the next one.
func (w *World) transfer(user int, nonce primitives.Nonce) primitives.Extrinsic {
	from, to := w.users[user], w.users[(user+1)%len(w.users)]
	call := runtime.Pallets().AppendCall(nil, balances.TransferKeepAlive{
		Dest: primitives.AddressID{ID: to.Sr25519Public()}, Value: primitives.NewBalance(1e9 + uint64(nonce)),
	})
	extra := primitives.SignedExtra{Nonce: nonce}
	genesis := w.genesis.Hash()
	payload := primitives.SigningPayload(call, extra, primitives.SignedImplicit{
		SpecVersion: runtime.SpecVersion, TransactionVersion: runtime.TransactionVersion,
		GenesisHash: genesis, EraBirthHash: genesis,
	})
	return primitives.UncheckedExtrinsic{
		Signature: &primitives.ExtrinsicSignature{
			Signer: primitives.AddressID{ID: from.Sr25519Public()}, Signature: primitives.SR25519Signature{Signature: from.Sr25519(payload)},
			Extra: extra,
		},
		Call: call,
	}.Encode()
}
