package runtime_test

import (
	"bytes"
	"fmt"
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/babe"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/multisig"
	"github.com/rampart-chain/rampart/relay/pallet/proxy"
	"github.com/rampart-chain/rampart/relay/pallet/sudo"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/pallet/utility"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
)

// drawCall draws a call, mostly one that could succeed.
func drawCall(r *rapid.T) frame.Call {
	amount := func() primitives.Balance {
		base := rapid.SampledFrom([]uint64{0, 1, 1e9, 9_999_999_999, 1e10, 1e12, 5e14, 1e15, 2e15}).Draw(r, "amount")
		return primitives.NewBalance(base + rapid.Uint64Max(1e10).Draw(r, "more"))
	}
	to := primitives.AddressID{ID: account(byte(rapid.IntRange(0, 6).Draw(r, "to")))}
	n := byte(rapid.IntRange(1, 6).Draw(r, "keys"))
	return rapid.SampledFrom([]frame.Call{
		balances.TransferAllowDeath{Dest: to, Value: amount()},
		balances.TransferKeepAlive{Dest: to, Value: amount()},
		balances.TransferAll{Dest: to, KeepAlive: n < 4},
		balances.TransferAllowDeath{Dest: primitives.AddressRaw{}, Value: amount()},
		system.Remark{Remark: make([]byte, n)},
		system.RemarkWithEvent{Remark: make([]byte, n)},
		session.SetKeys{Keys: session.Keys{GRANDPA: primitives.ED25519Public{n, 2}, BABE: primitives.SR25519Public{n, 1},
			ParaValidator: primitives.SR25519Public{n, 3}, ParaAssignment: primitives.SR25519Public{n, 4}, AuthorityDiscovery: primitives.SR25519Public{n, 5}}},
		session.PurgeKeys{},
	}).Draw(r, "call")
}

// drawNested draws a call, often one with others in it.
func drawNested(r *rapid.T, depth int) frame.Call {
	kind := rapid.IntRange(0, 24).Draw(r, "kind")
	if depth == 0 || kind > 14 {
		return drawCall(r)
	}
	who := func() primitives.AddressID {
		return primitives.AddressID{ID: account(byte(rapid.IntRange(0, 6).Draw(r, "who")))}
	}
	inner := func() frame.RuntimeCall { return runtime.Pallets().Nested(drawNested(r, depth-1)) }
	var calls []frame.RuntimeCall
	if kind < 3 {
		for range rapid.IntRange(0, 4).Draw(r, "calls") {
			calls = append(calls, inner())
		}
	}
	types := rapid.SampledFrom([]proxy.Type{proxy.TypeAny, proxy.TypeNonTransfer, proxy.TypeStaking, proxy.TypeCancelProxy})
	delay := primitives.BlockNumber(rapid.IntRange(0, 1).Draw(r, "delay"))
	others := []primitives.AccountID{account(1), account(2), account(3)}
	others = slices.DeleteFunc(others, func(a primitives.AccountID) bool { return a[0] == byte(kind) })
	switch kind {
	case 0:
		return utility.Batch{Calls: calls}
	case 1:
		return utility.BatchAll{Calls: calls}
	case 2:
		return utility.ForceBatch{Calls: calls}
	case 3:
		return utility.AsDerivative{Index: 1, Call: inner()}
	case 4:
		return multisig.AsMultiThreshold1{OtherSignatories: []primitives.AccountID{who().ID}, Call: inner()}
	case 5:
		return multisig.AsMulti{Threshold: 2, OtherSignatories: others, Call: runtime.Pallets().Nested(system.Remark{}), MaxWeight: frame.Weight{RefTime: 1e9, ProofSize: 1e6}}
	case 6, 7:
		return proxy.ByProxy{Real: who(), Call: inner()}
	case 8, 9:
		return proxy.AddProxy{Delegate: who(), ProxyType: types.Draw(r, "type"), Delay: delay}
	case 10:
		return proxy.RemoveProxy{Delegate: who(), ProxyType: types.Draw(r, "type"), Delay: delay}
	case 11:
		return proxy.RemoveProxies{}
	case 12:
		return proxy.CreatePure{ProxyType: types.Draw(r, "type"), Index: uint16(delay)}
	case 13:
		return proxy.Announce{Real: who()}
	default:
		return sudo.Sudo{Call: inner()}
	}
}

// TestQuickBlocks grows chains by random extrinsics, in random slots. Each block is
// executed as it was built (see grow), and then: the total issuance is the sum of
// all balances and what was burnt is gone from both; nonces only grow while
// an account lives; sessions, sets and epochs go together; somebody is in charge.
func TestQuickBlocks(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c := newChain(t)
		nonces := map[primitives.AccountID]primitives.Nonce{}
		for range rapid.IntRange(1, 8).Draw(r, "blocks") {
			var extrinsics []primitives.Extrinsic
			next := map[primitives.AccountID]primitives.Nonce{}
			for range rapid.IntRange(0, 4).Draw(r, "extrinsics") {
				who := account(byte(rapid.IntRange(0, 6).Draw(r, "who")))
				nonce := c.account(who).Nonce + next[who]
				if rapid.IntRange(0, 9).Draw(r, "right nonce") > 0 {
					next[who]++
				} else {
					nonce = primitives.Nonce(rapid.IntRange(0, 3).Draw(r, "nonce"))
				}
				extrinsics = append(extrinsics, c.signed(who, nonce, rapid.SampledFrom([]uint64{0, 1, 1e12, 1e15}).Draw(r, "tip"), drawNested(r, 3)))
			}
			before := c.head
			skip := rapid.SampledFrom([]primitives.Slot{1, 1, 2, 5, 12}).Draw(r, "slots")
			validators := len(session.Validators.Get(runtime.NewQuery(c.view).State()))
			if upcoming := len(session.QueuedKeys.Get(runtime.NewQuery(c.view).State())); upcoming < validators {
				validators = upcoming
			}
			c.grow(skip, primitives.AuthorityIndex(rapid.IntRange(0, validators-1).Draw(r, "author")), extrinsics...)
			if c.head.ParentHash != before.Hash() {
				r.Fatal("the chain did not grow")
			}
			if fault := c.invariants(nonces); fault != "" {
				r.Fatalf("block %d: %s", c.head.Number, fault)
			}
		}
	})
}

// invariants returns what is wrong with the state, or "". nonces are those of the
// block before, and become those of this one.
func (c *chain) invariants(nonces map[primitives.AccountID]primitives.Nonce) string {
	q := runtime.NewQuery(c.view)
	s := q.State()
	sum := new(big.Int)
	alive := map[primitives.AccountID]primitives.Nonce{}
	for who, info := range system.Account.All(s) {
		for _, part := range []primitives.Balance{info.Data.Free, info.Data.Reserved} {
			amount, _ := new(big.Int).SetString(part.String(), 10)
			sum.Add(sum, amount)
		}
		ended := bytes.Contains(system.Events.Get(s), append([]byte{0, 4}, who[:]...)) // System.KilledAccount, and came back
		if info.Nonce < nonces[who] && !ended {
			return fmt.Sprintf("nonce of %s fell from %d to %d", who, nonces[who], info.Nonce)
		}
		alive[who] = info.Nonce
		references := uint32(0)
		if session.NextKeys.Has(s, who) {
			references++
		}
		if !info.Data.Reserved.IsZero() {
			references++
		}
		if info.Consumers != references {
			return fmt.Sprintf("%s has %d references, want %d: %+v", who, info.Consumers, references, info.Data)
		}
	}
	clear(nonces)
	for who, nonce := range alive {
		nonces[who] = nonce
	}
	if issuance := balances.TotalIssuance.Get(s); issuance.String() != sum.String() {
		return fmt.Sprintf("balances sum up to %s, the issuance is %s", sum, issuance)
	}
	_, set := q.GRANDPA()
	if uint64(set) != uint64(q.SessionIndex()) || uint64(babe.EpochIndex.Get(s)) < uint64(set) {
		return fmt.Sprintf("set %d, session %d, epoch %d", set, q.SessionIndex(), babe.EpochIndex.Get(s))
	}
	accounts, authorities := session.Validators.Get(s), babe.Authorities.Get(s)
	if len(accounts) == 0 || len(accounts) != len(authorities) || len(session.QueuedKeys.Get(s)) == 0 {
		return fmt.Sprintf("%d validators, %d authorities, %d queued", len(accounts), len(authorities), len(session.QueuedKeys.Get(s)))
	}
	if int(system.EventCount.Get(s)) == 0 || q.Err() != nil {
		return fmt.Sprintf("%d events, %v", system.EventCount.Get(s), q.Err())
	}
	return ""
}
