package runtime_test

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/frame/metadata"
	"github.com/rampart-chain/rampart/relay/runtime"
)

// TestTypesThatClientsExpect: py-substrate-interface decodes no call with a field whose
// type has no name, dedot no Result whose Ok has no field, and both want the types that
// Substrate has at well-known paths.
func TestTypesThatClientsExpect(t *testing.T) {
	named := func(what string, variants []metadata.Variant) {
		for _, v := range variants {
			for _, f := range v.Fields {
				if f.TypeName == "" {
					t.Errorf("%s %s: the type of field %q has no name", what, v.Name, f.Name)
				}
			}
		}
	}
	m := runtime.Metadata(runtime.NewQuery(newChain(t).view).BABE(), runtime.Version())
	types := m.Types
	for _, entry := range m.Pallets {
		named(entry.Name+" call", entry.Pallet.Calls)
		named(entry.Name+" event", entry.Pallet.Events)
		types = append(types, entry.Pallet.Types...)
	}
	paths := map[string]metadata.Def{}
	for _, described := range types {
		paths[described.Path] = described.Def
		if described.Path != "Result" {
			continue
		}
		for _, v := range described.Def.(metadata.Variants) {
			if len(v.Fields) != 1 {
				t.Errorf("%s of %s has %d fields", v.Name, described.Key, len(v.Fields))
			}
		}
	}
	if d, ok := paths["sp_runtime::generic::digest::Digest"].(metadata.Composite); !ok || d[0].Name != "logs" {
		t.Errorf("a digest is %v", d)
	}
	version, ok := paths["sp_version::RuntimeVersion"].(metadata.Composite)
	if !ok || version[5].Name != "apis" || version[5].Type != "[]([8]u8, u32)" {
		t.Errorf("a runtime version is %v", version)
	}
}
