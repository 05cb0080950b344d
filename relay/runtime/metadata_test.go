package runtime_test

import (
	"bytes"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto/hash"
	"github.com/rampart-chain/rampart/relay/frame/metadata"
	"github.com/rampart-chain/rampart/relay/runtime"
)

// TestMetadata builds the metadata, which fails for a type that nothing
// describes, and looks for what tools cannot do without.
func TestMetadata(t *testing.T) {
	c := newChain(t)
	b := runtime.NewQuery(c.view).BABE()
	encode := func() []byte { return runtime.Metadata(b, runtime.Version()).Encode(metadata.V14) }
	m := encode()
	if !bytes.HasPrefix(m, []byte("meta\x0e")) || !bytes.Equal(m, encode()) {
		t.Fatalf("%d bytes, beginning with %x", len(m), m[:5])
	}
	for _, text := range []string{"AccountId32", "MultiAddress", "MultiSignature", "UncheckedExtrinsic", "EventRecord", "DispatchError", "CheckMortality",
		"CheckMetadataHash", "SS58Prefix", "BlockHashCount", "ExistentialDeposit", "ExpectedBlockTime", "MinimumPeriod", "transfer_keep_alive", "rampart_runtime"} {
		if !bytes.Contains(m, []byte(text)) {
			t.Errorf("metadata has no %s", text)
		}
	}
	for _, entry := range runtime.Pallets() {
		if entry.Pallet.Metadata == nil || !bytes.Contains(m, []byte(entry.Pallet.Name)) {
			t.Errorf("pallet %s is not described", entry.Pallet.Name)
		}
		for _, item := range entry.Pallet.Metadata().Items {
			if !bytes.Contains(m, []byte(item.Name)) {
				t.Errorf("item %s.%s is not described", entry.Pallet.Name, item.Name)
			}
		}
	}
	b.SlotDuration++
	if bytes.Equal(m, encode()) {
		t.Error("the slot duration of the chain is not in its metadata")
	}
}

// TestStateIsWhereMetadataSays looks for every key of the state under a prefix that
// metadata tells.
func TestStateIsWhereMetadataSays(t *testing.T) {
	c := newChain(t)
	for range 12 {
		c.grow(1, 0)
	}
	prefixes := map[string]string{":code": "code"}
	for _, entry := range runtime.Pallets() {
		for _, item := range entry.Pallet.Metadata().Items {
			pallet, name := hash.Twox128([]byte(entry.Pallet.Name)), hash.Twox128([]byte(item.Name))
			prefixes[string(pallet[:])+string(name[:])] = entry.Pallet.Name + "." + item.Name
		}
	}
	for key := range c.view.Memory {
		if prefixes[key[:min(32, len(key))]] == "" {
			t.Errorf("key %x belongs to no storage item", key)
		}
	}
}
