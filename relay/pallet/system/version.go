package system

import "github.com/rampart-chain/rampart/relay/frame"

// RuntimeVersion says which rules a chain follows, as clients want to know it.
//
//frame:codec
//frame:path sp_version::RuntimeVersion
type RuntimeVersion struct {
	SpecName         string
	ImplName         string
	AuthoringVersion uint32
	// SpecVersion changes with every change of the rules.
	SpecVersion uint32
	ImplVersion uint32
	// APIs are the runtime calls that can be made.
	APIs []RuntimeAPI `scale:"max=256"`
	// TransactionVersion changes when encoded calls change their meaning.
	TransactionVersion uint32
	// SystemVersion is 1: state in the version 1 layout, extrinsics roots in
	// version 0.
	SystemVersion uint8
}

// LastRuntimeUpgradeInfo says which rules a chain followed when they last
// changed.
//
//frame:codec
//frame:path frame_system::LastRuntimeUpgradeInfo
type LastRuntimeUpgradeInfo struct {
	SpecVersion uint32 `scale:"compact"`
	SpecName    string
}

// Code is the key of the code of the rules, as every tool knows it.
const Code = ":code"

// Upgrade notes that the chain follows the rules with the name and version from
// now on, and puts code in the place of their code. It reports whether that is
// a change.
func Upgrade(s *frame.State, specName string, specVersion uint32, code string) bool {
	now := LastRuntimeUpgradeInfo{SpecVersion: specVersion, SpecName: specName}
	if last, known := LastRuntimeUpgrade.Lookup(s); known && last == now {
		return false
	}
	LastRuntimeUpgrade.Put(s, now)
	s.Put([]byte(Code), []byte(code))
	return true
}

// RuntimeAPI is a group of runtime calls with its version.
//
//frame:codec
//frame:tuple
type RuntimeAPI struct {
	// ID is BLAKE2b-64 of the group's name.
	ID      [8]byte
	Version uint32
}

// runtimeConstants are the types of constants that a runtime fixes.
//
//frame:types
type runtimeConstants struct {
	Version    RuntimeVersion
	SS58Prefix uint16
}
