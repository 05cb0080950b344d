//go:build !wasip1

package runtime

import (
	"github.com/rampart-chain/rampart/relay/frame/metadata"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// SS58Prefix is the prefix of addresses of the chain.
const SS58Prefix uint16 = 42

// Version returns the versions of the rules, without runtime calls: those are
// declared by who answers them (package api).
func Version() system.RuntimeVersion {
	return system.RuntimeVersion{
		SpecName: SpecName, ImplName: SpecName, AuthoringVersion: 0,
		SpecVersion: SpecVersion, ImplVersion: 0, TransactionVersion: TransactionVersion, SystemVersion: 1,
	}
}

// Metadata describes the rules to tools, but for runtime calls. b is what genesis
// fixed of BABE; it appears as constants, and so does version.
func Metadata(b BABE, version system.RuntimeVersion) metadata.Runtime {
	constant := func(name, kind, docs string, value []byte) metadata.Constant {
		return metadata.Constant{Name: name, Type: kind, Value: value, Docs: docs}
	}
	duration := func(d primitives.Millis) []byte { return scale.AppendU64(nil, uint64(d)) }
	return pallets.Metadata("rampart_runtime", map[string][]metadata.Constant{
		system.Pallet.Name: {
			constant("Version", "relay/pallet/system.RuntimeVersion", "Versions of the rules.", scale.Marshal(version)),
			constant("SS58Prefix", "u16", "Prefix of addresses.", scale.AppendU16(nil, SS58Prefix)),
		},
		"Babe": {
			constant("EpochDuration", "u64", "Slots of an epoch.", scale.AppendU64(nil, b.EpochDuration)),
			constant("ExpectedBlockTime", "u64", "Milliseconds of a slot.", duration(b.SlotDuration)),
		},
		"Timestamp": {
			constant("MinimumPeriod", "u64", "Half of a slot, in milliseconds.", duration(b.SlotDuration/2)),
		},
	})
}
