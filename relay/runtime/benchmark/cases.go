package benchmark

import (
	"slices"

	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/multisig"
	"github.com/rampart-chain/rampart/relay/pallet/proxy"
	"github.com/rampart-chain/rampart/relay/pallet/sudo"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/pallet/timestamp"
	"github.com/rampart-chain/rampart/relay/pallet/utility"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Components of calls.
var (
	bytesOf     = Component{"bytes", 0, 3 << 20}     // of a remark, or of a call inside
	callsOf     = Component{"calls", 0, 1000}        // of a batch
	signatories = Component{"signatories", 1, 99}    // other than the signer
	callBytes   = Component{"bytes", 64, 64 + 1<<20} // of a call inside
)

// Cases returns the cases of all calls of the relay chain, by pallet, of the end of its
// sessions, and of the calls that only a coin chain has.
func Cases() []Case {
	return slices.Concat(systemCases(), balancesCases(), sessionCases(), utilityCases(), proxyCases(), multisigCases(), sudoCases(), inherentCases(),
		sessionEndCases(), validationDataCases(), transferCases())
}

// caller signs most calls, other is somebody else, and nobody has no account.
var (
	caller = account(500)
	other  = account(501)
	nobody = account(Accounts + 1)
)

// one returns a case without components.
func one(pallet, call string, set func(s *setting) (frame.Origin, frame.Call)) Case {
	return Case{Pallet: pallet, Call: call, set: func(s *setting, _ []int) (frame.Origin, frame.Call) { return set(s) }}
}

// plain is a case whose call needs nothing prepared.
func plain(pallet, name string, origin frame.Origin, call frame.Call) Case {
	return one(pallet, name, func(*setting) (frame.Origin, frame.Call) { return origin, call })
}

func systemCases() []Case {
	return []Case{
		{Pallet: "System", Call: "Remark", Components: []Component{bytesOf}, set: func(_ *setting, n []int) (frame.Origin, frame.Call) {
			return signed(caller), system.Remark{Remark: make([]byte, n[0])}
		}},
		{Pallet: "System", Call: "RemarkWithEvent", Components: []Component{bytesOf}, set: func(_ *setting, n []int) (frame.Origin, frame.Call) {
			return signed(caller), system.RemarkWithEvent{Remark: make([]byte, n[0])}
		}},
		plain("Timestamp", "Set", frame.None{}, timestamp.Set{Now: 1e12}),
	}
}

// balancesCases make the receiver's account, and end the sender's where they may.
func balancesCases() []Case {
	return []Case{
		plain("Balances", "TransferAllowDeath", signed(caller), balances.TransferAllowDeath{Dest: address(nobody), Value: rich}),
		plain("Balances", "TransferKeepAlive", signed(caller), balances.TransferKeepAlive{Dest: address(nobody), Value: primitives.NewBalance(1e12)}),
		plain("Balances", "TransferAll", signed(caller), balances.TransferAll{Dest: address(nobody)}),
	}
}

// sessionCases are about an account that has keys already.
func sessionCases() []Case {
	keys := func(n int) session.Keys {
		return session.Keys{
			GRANDPA: primitives.ED25519Public(seed("new grandpa", n)), BABE: primitives.SR25519Public(seed("new babe", n)), ParaValidator: primitives.SR25519Public(seed("new para", n)),
			ParaAssignment: primitives.SR25519Public(seed("new assignment", n)), AuthorityDiscovery: primitives.SR25519Public(seed("new discovery", n)),
		}
	}
	return []Case{
		one("Session", "SetKeys", func(s *setting) (frame.Origin, frame.Call) {
			s.make(caller, session.SetKeys{Keys: keys(0)})
			return signed(caller), session.SetKeys{Keys: keys(1), Proof: make([]byte, 1024)}
		}),
		one("Session", "PurgeKeys", func(s *setting) (frame.Origin, frame.Call) {
			s.make(caller, session.SetKeys{Keys: keys(0)})
			return signed(caller), session.PurgeKeys{}
		}),
	}
}

// remarks returns n remarks, each as long as calls have to be so that many can be
// decoded.
func remarks(n int) []frame.RuntimeCall {
	return slices.Repeat([]frame.RuntimeCall{nested(system.Remark{Remark: make([]byte, 32)})}, n)
}

func utilityCases() []Case {
	batch := func(name string, call func(calls []frame.RuntimeCall) frame.Call) Case {
		return Case{Pallet: "Utility", Call: name, Components: []Component{callsOf}, set: func(_ *setting, n []int) (frame.Origin, frame.Call) {
			return signed(caller), call(remarks(n[0]))
		}}
	}
	return []Case{
		batch("Batch", func(calls []frame.RuntimeCall) frame.Call { return utility.Batch{Calls: calls} }),
		batch("BatchAll", func(calls []frame.RuntimeCall) frame.Call { return utility.BatchAll{Calls: calls} }),
		batch("ForceBatch", func(calls []frame.RuntimeCall) frame.Call { return utility.ForceBatch{Calls: calls} }),
		plain("Utility", "AsDerivative", signed(caller), utility.AsDerivative{Call: nested(system.Remark{})}),
	}
}

// manyProxies gives who as many proxies as it may have but one, and delegate as the
// last of them.
func manyProxies(s *setting, who, delegate primitives.AccountID) {
	add := func(to primitives.AccountID) { s.make(who, proxy.AddProxy{Delegate: address(to)}) }
	for i := range int(proxy.MaxProxies) - 2 {
		add(primitives.AccountID{1, byte(i)})
	}
	add(delegate)
}

// last is an account that is the last of every list.
var last = primitives.AccountID(slices.Repeat([]byte{255}, 32))

// announced gives delegate as many announcements as it may have but one; the last is
// of hash.
func announced(s *setting, delegate, real primitives.AccountID, hash primitives.Hash) {
	for i := range int(proxy.MaxPending) - 2 {
		s.make(delegate, proxy.Announce{Real: address(real), CallHash: primitives.Hash{1, byte(i)}})
	}
	s.make(delegate, proxy.Announce{Real: address(real), CallHash: hash})
}

// fund gives an account what every other has.
func fund(s *setting, who primitives.AccountID) { s.must(balances.Mint(s.Context, who, rich)) }

// proxied prepares the lists of the caller and of its proxy, last.
func proxied(s *setting, hash primitives.Hash) {
	fund(s, last)
	manyProxies(s, caller, last)
	announced(s, last, caller, hash)
}

func proxyCases() []Case {
	hash := primitives.Hash{7}
	inner := nested(system.Remark{})
	definition := proxy.AddProxy{Delegate: address(last)}
	with := func(name string, origin primitives.AccountID, call frame.Call) Case {
		return one("Proxy", name, func(s *setting) (frame.Origin, frame.Call) {
			proxied(s, hash)
			return signed(origin), call
		})
	}
	return []Case{
		with("ByProxy", last, proxy.ByProxy{Real: address(caller), Call: inner}),
		with("AddProxy", caller, proxy.AddProxy{Delegate: address(other)}),
		with("RemoveProxy", caller, proxy.RemoveProxy(definition)),
		with("RemoveProxies", caller, proxy.RemoveProxies{}),
		with("CreatePure", caller, proxy.CreatePure{}),
		one("Proxy", "KillPure", func(s *setting) (frame.Origin, frame.Call) {
			pure := proxy.Pure(caller, proxy.TypeAny, 0, s.Number, s.ExtrinsicIndex())
			s.make(caller, proxy.CreatePure{})
			fund(s, pure)
			manyProxies(s, pure, last)
			return signed(pure), proxy.KillPure{Spawner: address(caller), Height: s.Number, ExtIndex: s.ExtrinsicIndex()}
		}),
		with("Announce", last, proxy.Announce{Real: address(caller), CallHash: hash}),
		with("RemoveAnnouncement", last, proxy.RemoveAnnouncement{Real: address(caller), CallHash: hash}),
		with("RejectAnnouncement", caller, proxy.RejectAnnouncement{Delegate: address(last), CallHash: hash}),
		{Pallet: "Proxy", Call: "ProxyAnnounced", Components: []Component{callBytes}, set: func(s *setting, n []int) (frame.Origin, frame.Call) {
			call := remarkOf(n[0])
			proxied(s, primitives.Blake2b256(call.AppendSCALE(nil)))
			return signed(other), proxy.ProxyAnnounced{Delegate: address(last), Real: address(caller), Call: call}
		}},
	}
}

// remarkOf returns a remark that is about n bytes long as a call.
func remarkOf(n int) frame.RuntimeCall {
	call := nested(system.Remark{Remark: make([]byte, n)})
	return nested(system.Remark{Remark: make([]byte, 2*n-int(call.Length()))})
}

// group returns n accounts that come before the caller's in every list.
func group(n int) []primitives.AccountID {
	out := make([]primitives.AccountID, n)
	for i := range out {
		out[i] = primitives.AccountID{0, byte(i), 1}
	}
	return out
}

// approved prepares an operation of all but the last signatory, who is caller.
func approved(s *setting, others []primitives.AccountID, hash [32]byte, until int) multisig.Timepoint {
	all := append(slices.Clone(others), caller)
	at := multisig.Timepoint{Height: s.Number, Index: s.ExtrinsicIndex()}
	for i, who := range others[:until] {
		if i == 0 {
			fund(s, who)
		}
		without := slices.Delete(slices.Clone(all), i, i+1)
		call := multisig.ApproveAsMulti{Threshold: uint16(len(all)), OtherSignatories: without, CallHash: hash}
		if i > 0 {
			call.MaybeTimepoint = &at
		}
		s.make(who, call)
	}
	return at
}

// unlimited is a weight that no call exceeds.
var unlimited = frame.Weight{RefTime: 1 << 62, ProofSize: 1 << 62}

func multisigCases() []Case {
	call := func(n int) (frame.RuntimeCall, [32]byte) {
		inner := remarkOf(n)
		return inner, primitives.Blake2b256(inner.AppendSCALE(nil))
	}
	both := []Component{signatories, callBytes}
	hash := [32]byte{9}
	return []Case{
		{Pallet: "Multisig", Call: "AsMultiThreshold1", Components: both, set: func(_ *setting, n []int) (frame.Origin, frame.Call) {
			return signed(caller), multisig.AsMultiThreshold1{OtherSignatories: group(n[0]), Call: remarkOf(n[1])}
		}},
		{Pallet: "Multisig", Call: "AsMulti", Way: "begin", Components: both, set: func(_ *setting, n []int) (frame.Origin, frame.Call) {
			return signed(caller), multisig.AsMulti{Threshold: uint16(n[0] + 1), OtherSignatories: group(n[0]), Call: remarkOf(n[1]), MaxWeight: unlimited}
		}},
		{Pallet: "Multisig", Call: "AsMulti", Way: "make", Components: both, set: func(s *setting, n []int) (frame.Origin, frame.Call) {
			inner, hash := call(n[1])
			at := approved(s, group(n[0]), hash, n[0])
			return signed(caller), multisig.AsMulti{Threshold: uint16(n[0] + 1), OtherSignatories: group(n[0]), MaybeTimepoint: &at, Call: inner, MaxWeight: unlimited}
		}},
		{Pallet: "Multisig", Call: "ApproveAsMulti", Way: "begin", Components: []Component{signatories}, set: func(_ *setting, n []int) (frame.Origin, frame.Call) {
			return signed(caller), multisig.ApproveAsMulti{Threshold: uint16(n[0] + 1), OtherSignatories: group(n[0]), CallHash: hash}
		}},
		{Pallet: "Multisig", Call: "ApproveAsMulti", Way: "approve", Components: []Component{signatories}, set: func(s *setting, n []int) (frame.Origin, frame.Call) {
			at := approved(s, group(n[0]), hash, n[0])
			return signed(caller), multisig.ApproveAsMulti{Threshold: uint16(n[0] + 1), OtherSignatories: group(n[0]), MaybeTimepoint: &at, CallHash: hash}
		}},
		{Pallet: "Multisig", Call: "CancelAsMulti", Components: []Component{signatories}, set: func(s *setting, n []int) (frame.Origin, frame.Call) {
			others := group(n[0])
			at := approved(s, others, hash, n[0])
			return signed(others[0]), multisig.CancelAsMulti{
				Threshold: uint16(n[0] + 1), OtherSignatories: append(others[1:], caller), Timepoint: at, CallHash: hash}
		}},
	}
}

// sudoCases have a call inside that may not be made by the chain itself: what is
// around it costs the same.
func sudoCases() []Case {
	key, inner := signed(account(0)), nested(system.Remark{})
	return []Case{
		plain("Sudo", "Sudo", key, sudo.Sudo{Call: inner}),
		plain("Sudo", "SetKey", key, sudo.SetKey{New: address(other)}),
		plain("Sudo", "SudoAs", key, sudo.SudoAs{Who: address(other), Call: inner}),
		plain("Sudo", "RemoveKey", key, sudo.RemoveKey{}),
	}
}

// outcome returns the result of a call inside of another, from the event that tells
// it.
func outcome(event frame.Event) (result frame.DispatchResult, ok bool) {
	switch e := event.(type) {
	case utility.ItemFailed:
		return frame.Failed{Error: e.Error}, true
	case utility.BatchInterrupted:
		return frame.Failed{Error: e.Error}, true
	case proxy.ProxyExecuted:
		return e.Result, true
	case multisig.MultisigExecuted:
		return e.Result, true
	case sudo.SudoAsDone:
		return e.SudoResult, true
	}
	return nil, false
}
