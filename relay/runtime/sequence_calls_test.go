package runtime_test

import (
	"bytes"

	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/parachain/inclusion/inherent"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/multisig"
	"github.com/rampart-chain/rampart/relay/pallet/proxy"
	"github.com/rampart-chain/rampart/relay/pallet/sudo"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/pallet/timestamp"
	"github.com/rampart-chain/rampart/relay/pallet/utility"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/scale"
)

// call returns an encoded call of any pallet for who to sign, the last kind any
// bytes.
func (q *sequence) call(who primitives.AccountID) []byte {
	if q.tape.below(12) == 0 {
		return q.anyCall()
	}
	return runtime.Pallets().AppendCall(nil, q.anyOf(who, 3))
}

// anyOf returns a call for who to sign, with calls inside of it depth deep at most.
func (q *sequence) anyOf(who primitives.AccountID, depth int) (call frame.Call) {
	to := primitives.AddressID{ID: q.user()}
	kind := q.tape.below(24)
	if depth == 0 {
		kind %= 11
	}
	switch kind {
	case 0, 1:
		call = balances.TransferAllowDeath{Dest: to, Value: q.amount(who)}
	case 2:
		call = balances.TransferKeepAlive{Dest: to, Value: q.amount(who)}
	case 3:
		call = balances.TransferAll{Dest: to, KeepAlive: q.tape.below(2) == 0}
	case 4:
		call = balances.TransferAllowDeath{Dest: primitives.AddressRaw{Data: q.tape.bytes(4)}, Value: q.amount(who)}
	case 5:
		call = system.Remark{Remark: make([]byte, 1<<q.tape.below(18))}
	case 6:
		call = system.RemarkWithEvent{Remark: q.tape.bytes(8)}
	case 7:
		call = session.SetKeys{Keys: q.keys()}
	case 8:
		call = session.PurgeKeys{}
	case 9:
		call = timestamp.Set{Now: primitives.Millis(q.tape.u64())}
	case 10:
		call = inherent.Enter{Data: primitives.ParachainsInherentData{ParentHeader: q.head}}
	default:
		return q.outer(who, to, depth)
	}
	return call
}

// outer returns a call with others in it, or one that is about such calls.
func (q *sequence) outer(who primitives.AccountID, to primitives.AddressID, depth int) frame.Call {
	inner := func() frame.RuntimeCall { return runtime.Pallets().Nested(q.anyOf(who, depth-1)) }
	calls := func() (list []frame.RuntimeCall) {
		for range q.tape.below(5) {
			list = append(list, inner())
		}
		return list
	}
	kinds := []proxy.Type{proxy.TypeAny, proxy.TypeNonTransfer, proxy.TypeStaking, proxy.TypeCancelProxy}
	kind, delay := kinds[q.tape.below(len(kinds))], primitives.BlockNumber(q.tape.below(2))
	remark := runtime.Pallets().Nested(system.Remark{Remark: []byte{byte(kind)}})
	hash := primitives.Blake2b256(remark.AppendSCALE(nil))
	switch q.tape.below(24) {
	case 0, 1:
		return utility.Batch{Calls: calls()}
	case 2:
		return utility.BatchAll{Calls: calls()}
	case 3:
		return utility.ForceBatch{Calls: calls()}
	case 4:
		return utility.AsDerivative{Index: uint16(delay), Call: inner()}
	case 5:
		return multisig.AsMultiThreshold1{OtherSignatories: []primitives.AccountID{to.ID}, Call: inner()}
	case 6, 7, 8:
		call := multisig.AsMulti{Threshold: 2, OtherSignatories: []primitives.AccountID{to.ID}, Call: remark, MaxWeight: frame.Weight{RefTime: 1e9, ProofSize: 1e6}}
		id := multisig.Account(sorted(who, to.ID), 2)
		if open, ok := multisig.Multisigs.Lookup(q.state(), id, hash); ok {
			call.MaybeTimepoint = &open.When
			if delay == 1 {
				return multisig.CancelAsMulti{Threshold: 2, OtherSignatories: call.OtherSignatories, Timepoint: open.When, CallHash: hash}
			}
		}
		return call
	case 9, 10:
		return proxy.ByProxy{Real: to, Call: inner()}
	case 11, 12:
		return proxy.AddProxy{Delegate: to, ProxyType: kind, Delay: delay}
	case 13:
		return proxy.RemoveProxy{Delegate: to, ProxyType: kind, Delay: delay}
	case 14:
		return proxy.RemoveProxies{}
	case 15:
		return proxy.CreatePure{ProxyType: kind, Index: uint16(delay)}
	case 16:
		return proxy.Announce{Real: to, CallHash: hash}
	case 17:
		return proxy.RemoveAnnouncement{Real: to, CallHash: hash}
	case 18:
		return proxy.ProxyAnnounced{Delegate: to, Real: primitives.AddressID{ID: q.user()}, Call: remark}
	default:
		return sudo.Sudo{Call: inner()}
	}
}

// sorted returns the two accounts, the lesser first.
func sorted(a, b primitives.AccountID) []primitives.AccountID {
	if bytes.Compare(a[:], b[:]) > 0 {
		a, b = b, a
	}
	return []primitives.AccountID{a, b}
}

// anyCall returns a call of any pallet with any arguments, or any bytes.
func (q *sequence) anyCall() []byte {
	pallet, index, arguments := q.tape.below(len(runtime.Pallets())), q.tape.next()%16, q.tape.bytes(q.tape.below(64))
	if decode := runtime.Pallets()[pallet].Pallet.DecodeCall; decode != nil {
		d := scale.NewDecoder(append(arguments, make([]byte, 1024)...))
		if call := decode(d, index); call != nil && d.Err() == nil {
			return runtime.Pallets().AppendCall(nil, call)
		}
	}
	return arguments
}

// countInner counts the calls in calls of the n extrinsics of the block, by what
// their pallets told.
func (q *sequence) countInner(n uint32) {
	s := q.state()
	events := system.Events.Get(s)
	count := func(x uint32, event ...byte) int {
		return bytes.Count(events, append(scale.AppendU32([]byte{0}, x), event...))
	}
	for x := range n { // pallet, event, and what it begins with
		q.happened.inner += count(x, 26, 3) + count(x, 29, 0, 0) + count(x, 30, 2)
		q.happened.failing += count(x, 26, 4) + count(x, 29, 0, 1)
		q.happened.sudo += count(x, 255, 0, 0)
	}
	for _, info := range system.Account.All(s) {
		if !info.Data.Reserved.IsZero() {
			q.happened.deposits++
			return
		}
	}
}
