package coin_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/rampart-chain/rampart/parachain/chains/coin"
	"github.com/rampart-chain/rampart/parachain/chains/coin/transfer"
	"github.com/rampart-chain/rampart/parachain/sdk/parachainsystem"
	"github.com/rampart-chain/rampart/parachain/sdk/relaystate"
	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/authorship"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
)

type hexBytes []byte

func (h *hexBytes) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

// polkadotJS is what polkadot.js made with the metadata of the chain: extrinsics,
// and what it understood of the events and the state that they led to.
type polkadotJS struct {
	GenesisHash                     hexBytes
	SpecVersion, TransactionVersion uint32
	Extrinsics                      []struct {
		Name                    string
		Signer, Call, Extrinsic hexBytes
		Fails                   bool
	}
	// Events (records of them), Accounts and Storage are state that polkadot.js
	// decoded.
	Events []struct {
		Decoded string
		Raw     hexBytes
	}
	Accounts []struct{ Account, Raw hexBytes }
	Storage  []struct {
		Name     string
		Key, Raw hexBytes
	}
}

// TestVectorsPolkadotJS executes extrinsics that polkadot.js built and signed with
// the metadata of the chain. What comes of it must be the bytes that polkadot.js was
// seen to decode.
func TestVectorsPolkadotJS(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors/polkadotjs.json")
	if err != nil {
		t.Fatal(err)
	}
	var v polkadotJS
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	state, failures := execute(t, v)
	if failures == 0 || len(v.Events) == 0 || len(v.Storage) == 0 || len(v.Accounts) == 0 {
		t.Fatal("nothing fails, or nothing is compared")
	}
	events := []byte(system.Events.Get(state))
	for _, e := range v.Events {
		before, after, ok := bytes.Cut(events, e.Raw)
		if !ok {
			t.Errorf("%s: not after %d bytes of events: %x", e.Decoded, len(before), []byte(e.Raw))
		}
		events = after
	}
	for _, a := range v.Accounts {
		if got := state.Get(system.Account.Key(primitives.AccountID(a.Account))); !bytes.Equal(got, a.Raw) {
			t.Errorf("account %x is\n%x, polkadot.js decoded\n%x", []byte(a.Account), got, []byte(a.Raw))
		}
	}
	for _, item := range v.Storage {
		if got := state.Get(item.Key); !bytes.Equal(got, item.Raw) || got == nil {
			t.Errorf("%s is\n%x, polkadot.js decoded\n%x", item.Name, got, []byte(item.Raw))
		}
	}
}

// execute applies the extrinsics in one block, on a chain that can pay the chain
// 2001, and returns the state after it and how many calls failed.
func execute(t *testing.T, v polkadotJS) (*frame.State, int) {
	t.Helper()
	pallets := coin.Chain().Pallets()
	rules := executive.Runtime{Pallets: pallets, SpecVersion: v.SpecVersion, TransactionVersion: v.TransactionVersion, MaxLength: 1 << 20, Verifier: crypto.Real{}}
	state := frame.NewState(frame.Memory{})
	signer := primitives.AccountID(v.Extrinsics[0].Signer)
	if err := balances.Mint(&frame.Context{State: state, Pallets: pallets}, signer, primitives.NewBalance(1e16)); err != nil {
		t.Fatal(err)
	}
	system.BlockHash.Put(state, 0, primitives.Hash(v.GenesisHash))
	transfer.Peers.Put(state, []primitives.ParaID{2001})
	parachainsystem.RelayParent.Put(state, parachainsystem.Relay{Egress: []relaystate.Channel{{Peer: 2001, MaxCapacity: 8, MaxTotalSize: 1 << 16, MaxMessageSize: 1 << 10}}})
	execution, err := rules.Begin(state, primitives.Header{Number: 100}, nil)
	if err != nil {
		t.Fatal(err)
	}
	authorship.Author.Put(state, signer)
	failures := 0
	for _, e := range v.Extrinsics {
		u, err := primitives.DecodeExtrinsic(unprefixed(e.Extrinsic))
		if err != nil || !bytes.Equal(u.Call, e.Call) {
			t.Fatalf("%s: %v", e.Name, err)
		}
		call, err := pallets.DecodeCall(u.Call)
		if err != nil || !bytes.Equal(pallets.AppendCall(nil, call), u.Call) {
			t.Errorf("%s: call %+v (%v)", e.Name, call, err)
		}
		if err := execution.Apply(unprefixed(e.Extrinsic)); err != nil {
			t.Fatalf("%s: %v", e.Name, err)
		}
		events := execution.Context().Events
		_, failed := events[len(events)-1].Event.(system.ExtrinsicFailed)
		if failed != e.Fails {
			t.Errorf("%s: last event %+v, want a failure: %t", e.Name, events[len(events)-1], e.Fails)
		}
		if failed {
			failures++
		}
	}
	if _, err := execution.End(); err != nil {
		t.Fatal(err)
	}
	return state, failures
}

// unprefixed returns an extrinsic without the compact length that it begins with.
func unprefixed(x []byte) primitives.Extrinsic { return x[[]int{1, 2, 4, 5}[x[0]&3]:] }
