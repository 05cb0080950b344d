package relaychain_test

import (
	"bytes"
	"errors"
	"maps"
	"testing"

	"github.com/rampart-chain/rampart/relay/frame/metadata"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/runtime/api"
	"github.com/rampart-chain/rampart/relay/scale"
)

// describe returns the metadata at the present block.
func describe(c *chain) metadata.Runtime {
	c.Helper()
	described, err := c.Chain.Metadata(c.View)
	if err != nil {
		c.Fatal(err)
	}
	return described
}

func TestRefusedCalls(t *testing.T) {
	c := newChain(t)
	for name, test := range map[string]struct {
		call      string
		arguments []byte
		want      error
	}{
		"no name":            {"", nil, api.ErrMethod},
		"no such call":       {"Core_versions", nil, api.ErrMethod},
		"not in the runtime": {"Core_initialize_block", nil, api.ErrMethod},
		"Go name":            {"Core_Version", nil, api.ErrMethod},
		"too large":          {"SessionKeys_decode_session_keys", make([]byte, 5<<20+1), api.ErrSize},
		"arguments for none": {"Core_version", []byte{0}, api.ErrArguments},
	} {
		if result, err := c.Call(test.call, test.arguments); result != nil || !errors.Is(err, test.want) {
			t.Errorf("%s: %d bytes, %v, want %v", name, len(result), err, test.want)
		}
	}
}

// failingView cannot be read.
type failingView struct{ memoryView }

var errDisk = errors.New("disk is gone")

func (failingView) Get([]byte) ([]byte, error)            { return nil, errDisk }
func (failingView) Next([]byte) ([]byte, bool, error)     { return nil, false, errDisk }
func (failingView) Node([]byte, [32]byte) ([]byte, error) { return nil, errDisk }

// TestFaultsOfTheViewAreTold asks about a state that cannot be read: no answer may
// come of it.
func TestFaultsOfTheViewAreTold(t *testing.T) {
	c := newChain(t)
	block, _ := c.build()
	described, arguments := describe(c), samples(c, block)
	c.View = failingView{c.View.(memoryView)}
	for _, a := range described.APIs {
		for _, m := range a.Methods {
			name := a.Name + "_" + m.Name
			result, err := c.Call(name, arguments[name])
			switch name {
			case "Core_version", "Metadata_metadata_versions", "SessionKeys_decode_session_keys",
				"TransactionPaymentApi_query_weight_to_fee", "TransactionPaymentApi_query_length_to_fee":
				if err != nil {
					t.Errorf("%s needs no state: %v", name, err)
				}
			default:
				if result != nil || !errors.Is(err, errDisk) {
					t.Errorf("%s: %d bytes, %v", name, len(result), err)
				}
			}
		}
	}
}

// samples returns arguments for every call that takes some; block is a child of
// the present one.
func samples(c *chain, block primitives.Block) map[string][]byte {
	x := opaque(signed(account(1), primitives.SignedExtra{}, system.Remark{Remark: []byte("hi")}))
	join := func(parts ...scale.Marshaler) (b []byte) {
		for _, p := range parts {
			b = p.AppendSCALE(b)
		}
		return b
	}
	who, para, hash := account(1), u32(2001), raw(make([]byte, 32))
	all := map[string][]byte{
		"Core_execute_block":                          scale.Marshal(block),
		"Metadata_metadata_at_version":                join(u32(15)),
		"SessionKeys_decode_session_keys":             join(opaque(make([]byte, 160))),
		"AccountNonceApi_account_nonce":               who[:],
		"TransactionPaymentApi_query_info":            join(x, u32(100)),
		"TransactionPaymentApi_query_fee_details":     join(x, u32(100)),
		"TransactionPaymentApi_query_weight_to_fee":   {4, 4},
		"TransactionPaymentApi_query_length_to_fee":   join(u32(7)),
		"TaggedTransactionQueue_validate_transaction": join(raw{2}, x, hash),
		"BlockBuilder_apply_extrinsic":                join(x),
		"ParachainHost_persisted_validation_data":     join(para, raw{1}),
		"ParachainHost_validation_code":               join(para, raw{1}),
		"ParachainHost_validation_code_hash":          join(para, raw{1}),
		"ParachainHost_assumed_validation_data":       join(para, hash),
		"ParachainHost_check_validation_outputs":      join(para, primitives.CandidateCommitments{}),
		"ParachainHost_validation_code_by_hash":       join(hash),
	}
	for _, name := range []string{"candidate_pending_availability", "candidates_pending_availability", "dmq_contents", "inbound_hrmp_channels_contents",
		"session_info", "para_backing_state", "backing_constraints"} {
		all["ParachainHost_"+name] = join(para)
	}
	return all
}

// TestEveryCallIsDescribedAndAnswered makes every call that metadata tells of. None
// changes the state, and each answers the same again.
func TestEveryCallIsDescribedAndAnswered(t *testing.T) {
	c := newChain(t)
	for range 6 {
		c.grow()
	}
	block, _ := c.build()
	arguments := samples(c, block)
	before := maps.Clone(c.View.(memoryView).Memory)
	version := c.Chain.Version()
	described := describe(c).APIs
	taking := 0
	for i, a := range described {
		if version.APIs[i] != (system.RuntimeAPI{ID: a.ID, Version: a.Version}) {
			t.Errorf("%s is %x version %d in metadata, %+v in the version", a.Name, a.ID, a.Version, version.APIs[i])
		}
		for _, m := range a.Methods {
			name := a.Name + "_" + m.Name
			if len(m.Inputs) > 0 {
				taking++
			}
			if (len(m.Inputs) > 0) != (arguments[name] != nil) || m.Docs == "" {
				t.Errorf("%s takes %v, docs %q", name, m.Inputs, m.Docs)
			}
			first, err := c.Call(name, arguments[name])
			if err != nil || first == nil {
				t.Errorf("%s: %v", name, err)
			}
			if again, err := c.Call(name, arguments[name]); err != nil || !bytes.Equal(first, again) {
				t.Errorf("%s answers differently when asked again (%v)", name, err)
			}
		}
	}
	if len(version.APIs) != len(described) || taking != len(arguments) {
		t.Errorf("%d APIs in the version, %d in metadata; %d calls take arguments, %d here", len(version.APIs), len(described), taking, len(arguments))
	}
	if !maps.EqualFunc(before, c.View.(memoryView).Memory, bytes.Equal) {
		t.Error("a call changed the state")
	}
}

func TestMetadata(t *testing.T) {
	c := newChain(t)
	if got := c.ask("Metadata_metadata_versions"); !bytes.Equal(got, []byte{3 << 2, 14, 0, 0, 0, 15, 0, 0, 0, 16, 0, 0, 0}) {
		t.Errorf("versions %x", got)
	}
	for _, version := range []uint8{metadata.V14, metadata.V15, metadata.V16} {
		want := describe(c).Encode(version)
		if !bytes.HasPrefix(want, []byte{'m', 'e', 't', 'a', version}) {
			t.Errorf("version %d begins with %x", version, want[:5])
		}
		if got := c.ask("Metadata_metadata_at_version", u32(version)); !bytes.Equal(got, scale.AppendBytes([]byte{1}, want)) {
			t.Errorf("version %d is another when asked for", version)
		}
		if version == metadata.V14 && !bytes.Equal(c.ask("Metadata_metadata"), scale.AppendBytes(nil, want)) {
			t.Error("metadata without a version is not version 14")
		}
		if !bytes.Contains(want, scale.Marshal(c.Chain.Version())) {
			t.Errorf("version %d does not tell of the runtime version", version)
		}
	}
	for _, unknown := range []uint32{0, 13, 17, 256 + 14, 1<<32 - 1} {
		if got := c.ask("Metadata_metadata_at_version", u32(unknown)); !bytes.Equal(got, []byte{0}) {
			t.Errorf("version %d: %x", unknown, got[:1])
		}
	}
}

func TestExecuteBlock(t *testing.T) {
	c := newChain(t)
	c.grow()
	block, _ := c.build(signed(account(1), primitives.SignedExtra{}, system.Remark{Remark: []byte("hi")}))
	if got := c.ask("Core_execute_block", block); len(got) != 0 {
		t.Errorf("got %x", got)
	}
	block.Header.StateRoot[0] ^= 1
	if _, err := c.Call("Core_execute_block", scale.Marshal(block)); !errors.Is(err, runtime.ErrStateRoot) {
		t.Errorf("another state root: %v", err)
	}
}
