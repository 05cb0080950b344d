package relaychain_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime/api"
	"github.com/rampart-chain/rampart/relay/runtime/api/relaychain"
	"github.com/rampart-chain/rampart/relay/scale"
)

type hexBytes []byte

func (h *hexBytes) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

type vectors struct {
	IDs   map[string]hexBytes
	Cases []struct {
		Name string
		Hex  hexBytes
	}
	Rejects []struct {
		Call, Want string
		Arguments  hexBytes
	}
}

func readVectors(t *testing.T) vectors {
	t.Helper()
	text, err := os.ReadFile("testdata/vectors/types.json")
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func filled[T ~[32]byte](b byte) T { return T(bytes.Repeat([]byte{b}, 32)) }

// encoder is an enum, or another value that a function encodes.
type encoder func() []byte

func (e encoder) AppendSCALE(b []byte) []byte { return append(b, e()...) }

// values are those of the vectors.
func values() map[string]scale.Marshaler {
	babe := []primitives.BABEAuthority{{Key: filled[primitives.SR25519Public](1), Weight: 1}, {Key: filled[primitives.SR25519Public](2), Weight: 5}}
	c := [2]uint64{1, 4}
	bits := scale.NewBitVec(16)
	for _, i := range []int{2, 4, 8, 10} {
		bits.Set(i, true)
	}
	descriptor := primitives.CandidateDescriptor{ParaID: 2000, RelayParent: filled[primitives.Hash](1), PersistedValidationDataHash: filled[primitives.Hash](2),
		PoVHash: filled[primitives.Hash](3), ErasureRoot: filled[primitives.Hash](4), ParaHead: filled[primitives.Hash](5), ValidationCodeHash: filled[primitives.Hash](6)}
	fee := func(n uint64) primitives.Balance { return primitives.NewBalance(n) }
	raw32 := func(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }
	all := map[string]scale.Marshaler{
		"configuration": relaychain.BabeConfiguration{SlotDuration: 6000, EpochLength: 2400, C: c, Authorities: babe, Randomness: filled[[32]byte](9), AllowedSlots: primitives.PrimaryAndSecondaryVRFSlots},
		"epoch":         relaychain.Epoch{EpochIndex: 7, StartSlot: 1000000, Duration: 2400, Authorities: babe, Randomness: filled[[32]byte](9), Config: primitives.BABEConfiguration{C: c}},
		"grandpa authorities": encoder(func() []byte {
			return primitives.GRANDPAAuthority{Key: filled[primitives.ED25519Public](2), Weight: 5}.AppendSCALE(
				primitives.GRANDPAAuthority{Key: filled[primitives.ED25519Public](1), Weight: 1}.AppendSCALE([]byte{2 << 2}))
		}),
		"dispatch info":           api.RuntimeDispatchInfo{Weight: frame.Weight{RefTime: 150000000, ProofSize: 70}, Class: frame.Operational, PartialFee: primitives.Balance{Lo: 1<<64 - 1, Hi: 1<<64 - 1}},
		"fee details":             api.FeeDetails{InclusionFee: &api.InclusionFee{BaseFee: fee(1000), LenFee: fee(2000), AdjustedWeightFee: fee(3)}},
		"fee details without fee": api.FeeDetails{},
		"version": system.RuntimeVersion{SpecName: "polkadot", ImplName: "parity", SpecVersion: 9, ImplVersion: 1,
			APIs: []system.RuntimeAPI{{ID: [8]byte{0xdf, 0x6a, 0xcb, 0x68, 0x99, 0x07, 0x60, 0x9b}, Version: 5}}, TransactionVersion: 26, SystemVersion: 1},
		"session keys": encoder(func() []byte {
			return relaychain.SessionKeyList{{Key: raw32(1), Type: relaychain.KeyTypeID([]byte("gran"))}, {Key: raw32(2), Type: relaychain.KeyTypeID([]byte("babe"))}}.AppendSCALE([]byte{1})
		}),
		"no session keys": raw{0},
		"group rotation":  relaychain.GroupRotationInfo{SessionStartBlock: 100, GroupRotationFrequency: 10, Now: 113},
		"claim queue":     relaychain.ClaimQueue{{Core: 0, Paras: []primitives.ParaID{2000, 2001}}, {Core: 2, Paras: []primitives.ParaID{2002}}},
		"inbound":         relaychain.InboundChannels{{Sender: 2001, Messages: []primitives.InboundHRMPMessage{{SentAt: 3, Data: []byte{1, 2}}}}, {Sender: 2002}},
		"persisted validation data": encoder(func() []byte {
			return primitives.PersistedValidationData{ParentHead: primitives.HeadData{1, 2}, RelayParentNumber: 7, RelayParentStorageRoot: filled[primitives.Hash](3), MaxPoVSize: 5242880}.AppendSCALE([]byte{1})
		}),
		"assumption Included": inclusion.Included, "assumption TimedOut": inclusion.TimedOut, "assumption Free": inclusion.Free,
		"source InBlock": api.TransactionSourceInBlock, "source Local": api.TransactionSourceLocal, "source External": api.TransactionSourceExternal,
	}
	for name, v := range map[string]api.TransactionValidity{
		"valid transaction":           api.Valid{Transaction: api.ValidTransaction{Priority: 1<<64 - 1, Requires: [][]byte{{1, 2}}, Provides: [][]byte{{3}, {}}, Longevity: 64, Propagate: true}},
		"invalid Call":                invalid(api.InvalidTransactionCall),
		"invalid Payment":             invalid(api.InvalidTransactionPayment),
		"invalid Future":              invalid(api.InvalidTransactionFuture),
		"invalid Stale":               invalid(api.InvalidTransactionStale),
		"invalid BadProof":            invalid(api.InvalidTransactionBadProof),
		"invalid AncientBirthBlock":   invalid(api.InvalidTransactionAncientBirthBlock),
		"invalid ExhaustsResources":   invalid(api.InvalidTransactionExhaustsResources),
		"invalid BadMandatory":        invalid(api.InvalidTransactionBadMandatory),
		"unknown CannotLookup":        unknown(api.UnknownTransactionCannotLookup),
		"unknown NoUnsignedValidator": unknown(api.UnknownTransactionNoUnsignedValidator),
	} {
		all[name] = encoder(func() []byte { return api.AppendTransactionValidity(nil, v) })
	}
	for name, v := range map[string]api.ApplyExtrinsicResult{
		"applied":            api.Applied{Outcome: frame.Succeeded{}},
		"failed":             api.Applied{Outcome: frame.Failed{Error: frame.BadOrigin{}}},
		"failed in a pallet": api.Applied{Outcome: frame.Failed{Error: frame.ModuleError{Index: 5, Code: [4]byte{2}}}},
		"refused":            api.Refused{Error: api.InvalidError{Kind: api.InvalidTransactionStale}},
	} {
		all[name] = encoder(func() []byte { return api.AppendApplyExtrinsicResult(nil, v) })
	}
	for name, v := range map[string]relaychain.CoreState{
		"core free":      relaychain.CoreFree{},
		"core scheduled": relaychain.CoreScheduled{Core: relaychain.ScheduledCore{ParaID: 2000}},
		"core occupied": relaychain.CoreOccupied{Core: relaychain.OccupiedCore{NextUpOnAvailable: &relaychain.ScheduledCore{ParaID: 2001}, OccupiedSince: 5, TimeOutAt: 9,
			Availability: bits, GroupResponsible: 2, CandidateHash: filled[primitives.Hash](8), CandidateDescriptor: descriptor}},
	} {
		all[name] = encoder(func() []byte { return relaychain.AppendCoreState(nil, v) })
	}
	return all
}

func invalid(kind api.InvalidTransaction) api.TransactionValidity {
	return api.Invalid{Error: api.InvalidError{Kind: kind}}
}

func unknown(kind api.UnknownTransaction) api.TransactionValidity {
	return api.Invalid{Error: api.UnknownError{Kind: kind}}
}

// TestVectorsTypes encodes values as polkadot.js does by its own definitions.
func TestVectorsTypes(t *testing.T) {
	ours, v := values(), readVectors(t)
	for _, c := range v.Cases {
		value, ok := ours[c.Name]
		if !ok {
			t.Errorf("%s: no such value", c.Name)
		} else if got := scale.Marshal(value); !bytes.Equal(got, c.Hex) {
			t.Errorf("%s is\n%x, want\n%x", c.Name, got, []byte(c.Hex))
		}
	}
	if len(v.Cases) != len(ours) {
		t.Errorf("%d cases in the file, %d here", len(v.Cases), len(ours))
	}
}

// TestVectorsIDs compares the identifiers of APIs.
func TestVectorsIDs(t *testing.T) {
	v, c := readVectors(t), newChain(t)
	described := describe(c).APIs
	for _, a := range described {
		if !bytes.Equal(a.ID[:], v.IDs[a.Name]) {
			t.Errorf("%s has the id %x, want %x", a.Name, a.ID, []byte(v.IDs[a.Name]))
		}
	}
	if len(described) != len(v.IDs) {
		t.Errorf("%d APIs, want %d", len(described), len(v.IDs))
	}
}

// TestVectorsRejects makes calls with arguments that do not decode.
func TestVectorsRejects(t *testing.T) {
	wants := map[string]error{"trailing": scale.ErrTrailing, "short": scale.ErrShort, "variant": scale.ErrVariant, "compact": scale.ErrCompact, "length": scale.ErrLength}
	v, c := readVectors(t), newChain(t)
	for _, r := range v.Rejects {
		result, err := c.Call(r.Call, r.Arguments)
		if want := wants[r.Want]; want == nil || !errors.Is(err, api.ErrArguments) || !errors.Is(err, want) {
			t.Errorf("%s of %x: %x, %v, want %s", r.Call, []byte(r.Arguments), result, err, r.Want)
		}
	}
	if len(v.Rejects) == 0 {
		t.Error("no rejects")
	}
}
