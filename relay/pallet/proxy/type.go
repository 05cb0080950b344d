package proxy

import "github.com/rampart-chain/rampart/relay/frame"

// Type says what a proxy may do on behalf of another account.
//
//frame:codec
//frame:path rampart_runtime::ProxyType
type Type uint8

// Types, with Polkadot's indices. Those that are missing are about pallets that
// this chain does not have.
//
// Source: polkadot-fellows/runtimes relay/polkadot/src/lib.rs, ProxyType.
const (
	// Any may do everything.
	TypeAny Type = 0
	// NonTransfer may do everything that moves no funds.
	TypeNonTransfer Type = 1
	// Staking may set session keys.
	TypeStaking Type = 3
	// CancelProxy may reject the announcements of other proxies.
	TypeCancelProxy Type = 6
)

// nonTransfer are the pallets whose calls move no funds by themselves, and those
// that make other calls, which are then asked about in their turn.
var nonTransfer = [...]string{"System", "Babe", "Timestamp", "Session", "Grandpa", "Utility", "Proxy", "Multisig",
	"Configuration", "ParasShared", "ParaInclusion", "ParaInherent", "ParaScheduler", "Paras", "Initializer", "ParaSessionInfo"}

// allows reports whether a proxy of the type may make call.
func (t Type) allows(call frame.Call) bool {
	pallet := call.ID().Pallet
	switch t {
	case TypeAny:
		return true
	case TypeNonTransfer:
		for _, name := range nonTransfer {
			if pallet == name {
				return true
			}
		}
		return false
	case TypeStaking:
		return pallet == "Session" || pallet == "Utility"
	case TypeCancelProxy:
		return call.ID() == RejectAnnouncement{}.ID() || pallet == "Utility" || pallet == "Multisig"
	}
	return false
}

// includes reports whether a proxy of the type may do all that one of the other
// may.
func (t Type) includes(other Type) bool {
	switch {
	case t == other || t == TypeAny:
		return true
	case other == TypeAny:
		return false
	}
	return t == TypeNonTransfer
}

// filter returns what a proxy of the type may call: besides what the type allows
// it cannot give a proxy more than it may do itself, and only one that may do
// everything can end an account's proxies.
func (t Type) filter() *frame.Filter {
	return &frame.Filter{Allows: func(call frame.Call) bool {
		switch call := call.(type) {
		case AddProxy:
			if !t.includes(call.ProxyType) {
				return false
			}
		case RemoveProxy:
			if !t.includes(call.ProxyType) {
				return false
			}
		case RemoveProxies, KillPure:
			if t != TypeAny {
				return false
			}
		}
		return t.allows(call)
	}}
}
