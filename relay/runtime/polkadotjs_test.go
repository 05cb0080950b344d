package runtime_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/authorship"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/pallet/multisig"
	"github.com/rampart-chain/rampart/relay/pallet/proxy"
	"github.com/rampart-chain/rampart/relay/pallet/sudo"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/pallet/utility"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
)

type hexBytes []byte

func (h *hexBytes) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

// signedByPolkadotJS is what polkadot.js made with the metadata of this runtime:
// extrinsics, and what it understood of the events and accounts that they led to.
type signedByPolkadotJS struct {
	GenesisHash, BlockHash          hexBytes
	Number                          primitives.BlockNumber
	SpecVersion, TransactionVersion uint32
	Extrinsics                      []struct {
		Name                             string
		Signer, Call, Payload, Extrinsic hexBytes
		Nonce                            primitives.Nonce
		Tip                              uint64
		Fails                            bool
	}
	// Events and Accounts are state that polkadot.js decoded as Decoded says.
	Events   struct{ Raw hexBytes }
	Accounts []struct{ Account, Raw hexBytes }
	// Storage are values at the keys that polkadot.js looks for.
	Storage []struct {
		Name     string
		Key, Raw hexBytes
	}
	// Derived are accounts that @polkadot/util-crypto derived: of the first signer
	// with index 5, of a multisig that executes, and without a key.
	Derived struct{ Derivative, Multisig, Pure hexBytes }
}

func readPolkadotJS(t testing.TB) (v signedByPolkadotJS) {
	t.Helper()
	text, err := os.ReadFile("testdata/vectors/polkadotjs.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// TestVectorsPolkadotJS executes extrinsics that polkadot.js built and signed, on
// a chain with the hashes that they were signed for. What comes of it must be the
// bytes that polkadot.js was seen to decode.
func TestVectorsPolkadotJS(t *testing.T) {
	v := readPolkadotJS(t)
	rules := executive.Runtime{Pallets: runtime.Pallets(), SpecVersion: v.SpecVersion, TransactionVersion: v.TransactionVersion, MaxLength: 1 << 20, Verifier: crypto.Real{}}
	state := frame.NewState(frame.Memory{})
	x := &frame.Context{State: state, Pallets: runtime.Pallets()}
	for _, e := range v.Extrinsics {
		if who := primitives.AccountID(e.Signer); !system.Account.Has(state, who) {
			if err := balances.Mint(x, who, primitives.NewBalance(1e16)); err != nil {
				t.Fatal(err)
			}
		}
	}
	system.BlockHash.Put(state, 0, primitives.Hash(v.GenesisHash))
	sudo.Key.Put(state, primitives.AccountID(v.Extrinsics[0].Signer))
	parent := primitives.Header{Number: v.Number}
	if parent.Hash() != primitives.Hash(v.BlockHash) {
		t.Fatalf("the parent is %s, want %x", parent.Hash(), v.BlockHash)
	}
	execution, err := rules.Begin(state, parent, nil)
	if err != nil {
		t.Fatal(err)
	}
	authorship.Author.Put(state, primitives.AccountID(v.Extrinsics[0].Signer))
	for _, e := range v.Extrinsics {
		encoded, ok := bytes.CutPrefix(e.Extrinsic, lengthPrefix(e.Extrinsic))
		if !ok {
			t.Fatalf("%s: no length prefix", e.Name)
		}
		u, err := primitives.DecodeExtrinsic(encoded)
		if err != nil || !bytes.Equal(u.Encode(), encoded) || !bytes.Equal(u.Call, e.Call) {
			t.Fatalf("%s: %v", e.Name, err)
		}
		extra := u.Signature.Extra
		if extra.Nonce != e.Nonce || extra.Tip != primitives.NewBalance(e.Tip) {
			t.Errorf("%s: extra %+v", e.Name, extra)
		}
		implicit := primitives.SignedImplicit{SpecVersion: v.SpecVersion, TransactionVersion: v.TransactionVersion,
			GenesisHash: primitives.Hash(v.GenesisHash), EraBirthHash: primitives.Hash(v.GenesisHash)}
		if extra.Era.Period != 0 {
			implicit.EraBirthHash = primitives.Hash(v.BlockHash)
		}
		payload := []byte(e.Payload)
		if len(payload) > 256 {
			digest := primitives.Blake2b256(payload)
			payload = digest[:]
		}
		if got := primitives.SigningPayload(u.Call, extra, implicit); !bytes.Equal(got, payload) {
			t.Errorf("%s: payload %x, want %x", e.Name, got, payload)
		}
		call, err := runtime.Pallets().DecodeCall(u.Call)
		if err != nil || !bytes.Equal(runtime.Pallets().AppendCall(nil, call), u.Call) {
			t.Errorf("%s: call %+v (%v)", e.Name, call, err)
		}
		if err := execution.Apply(encoded); err != nil {
			t.Fatalf("%s: %v", e.Name, err)
		}
		events := execution.Context().Events
		_, failed := events[len(events)-1].Event.(system.ExtrinsicFailed)
		if failed != e.Fails {
			t.Errorf("%s: last event %+v, want a failure: %t", e.Name, events[len(events)-1], e.Fails)
		}
		altered := bytes.Clone(encoded)
		altered[40] ^= 1
		want := error(executive.ErrStale)
		if !system.Account.Has(state, primitives.AccountID(e.Signer)) {
			want = executive.ErrPayment // it moved all that it had
		}
		if err := execution.Apply(altered); !errors.Is(err, want) {
			t.Errorf("%s, again: %v, want %v", e.Name, err, want)
		}
	}
	if _, err := execution.End(); err != nil {
		t.Fatal(err)
	}
	if got := system.Events.Get(state); !bytes.Equal(got, v.Events.Raw) {
		t.Errorf("events are\n%x, polkadot.js decoded\n%x", got, []byte(v.Events.Raw))
	}
	if got := utility.Derivative(primitives.AccountID(v.Extrinsics[0].Signer), 5); got != primitives.AccountID(v.Derived.Derivative) {
		t.Errorf("derived account %s", got)
	}
	var told []primitives.AccountID
	for _, record := range execution.Context().Events {
		switch event := record.Event.(type) {
		case multisig.MultisigExecuted:
			told = append(told, event.Multisig)
		case proxy.PureCreated:
			told = append(told, event.Pure)
		}
	}
	if !slices.Equal(told, []primitives.AccountID{primitives.AccountID(v.Derived.Multisig), primitives.AccountID(v.Derived.Pure)}) {
		t.Errorf("multisig and pure account %s", told)
	}
	for _, item := range v.Storage {
		if got := state.Get(item.Key); !bytes.Equal(got, item.Raw) || got == nil {
			t.Errorf("%s is\n%x, polkadot.js decoded\n%x", item.Name, got, []byte(item.Raw))
		}
	}
	for _, a := range v.Accounts {
		if got := state.Get(system.Account.Key(primitives.AccountID(a.Account))); !bytes.Equal(got, a.Raw) {
			t.Errorf("account %x is\n%x, polkadot.js decoded\n%x", []byte(a.Account), got, []byte(a.Raw))
		}
	}
}

// lengthPrefix returns the compact length that x begins with.
func lengthPrefix(x []byte) []byte {
	return x[:[]int{1, 2, 4, 5}[x[0]&3]]
}
