package coin_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/parachain/chains/coin"
	"github.com/rampart-chain/rampart/parachain/sdk"
	"github.com/rampart-chain/rampart/relay/crypto/hash"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/frame/metadata"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime/api"
	"github.com/rampart-chain/rampart/relay/scale"
)

// known is the chain as runtime calls know it.
var known = api.Chain{Rules: coin.Chain()}

// asked returns the head of chain i, to make runtime calls about.
func (n *network) asked(i int) api.Block {
	return api.Block{Header: n.nodes[i].head, View: n.nodes[i].view, Chain: known}
}

// payment returns a payment of Eve's to Dave on chain 0, who are no collators.
func payment(n *network) primitives.Extrinsic {
	return n.signed(0, "Eve", 0, balances.TransferKeepAlive{Dest: to(account("Dave")), Value: primitives.NewBalance(5e12)})
}

// TestEveryRuntimeCallIsAnswered makes every call that metadata tells of: a chain
// answers from the same code as the relay chain.
func TestEveryRuntimeCallIsAnswered(t *testing.T) {
	n := newNetwork(t, channel{8, 1024})
	x := payment(n)
	block, _ := n.propose(0, x)
	unsealed, _, err := block.Header.Unsealed()
	if err != nil {
		t.Fatal(err)
	}
	block.Header = unsealed
	eve, opaque := account("Eve"), scale.AppendBytes(nil, x)
	sized := scale.AppendU32(bytes.Clone(opaque), uint32(len(x)))
	arguments := map[string][]byte{
		"Core_execute_block":                          scale.Marshal(block),
		"Metadata_metadata_at_version":                scale.AppendU32(nil, 15),
		"AccountNonceApi_account_nonce":               eve[:],
		"TransactionPaymentApi_query_info":            sized,
		"TransactionPaymentApi_query_fee_details":     sized,
		"TransactionPaymentApi_query_weight_to_fee":   {4, 4},
		"TransactionPaymentApi_query_length_to_fee":   scale.AppendU32(nil, 7),
		"TaggedTransactionQueue_validate_transaction": bytes.Join([][]byte{{2}, opaque, make([]byte, 32)}, nil),
		"BlockBuilder_apply_extrinsic":                opaque,
	}
	described, err := known.Metadata(n.nodes[0].view)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range described.APIs {
		for _, m := range a.Methods {
			name := a.Name + "_" + m.Name
			if result, err := n.asked(0).Call(name, arguments[name]); err != nil || result == nil {
				t.Errorf("%s: %d bytes, %v", name, len(result), err)
			}
			if (len(m.Inputs) > 0) != (arguments[name] != nil) {
				t.Errorf("%s takes %v", name, m.Inputs)
			}
			delete(arguments, name)
		}
	}
	for name := range arguments {
		t.Errorf("metadata does not tell of %s", name)
	}
	if version := known.Version(); version.SpecName != "coin" || version.SpecVersion != coin.SpecVersion || len(version.APIs) != len(described.APIs) {
		t.Errorf("version %+v", version)
	}
	if _, err := n.asked(0).Call("ParachainHost_validators", nil); !errors.Is(err, api.ErrMethod) {
		t.Errorf("a call of the relay chain: %v", err)
	}
	block.Header.StateRoot[0] ^= 1
	if _, err := n.asked(0).Call("Core_execute_block", scale.Marshal(block)); !errors.Is(err, sdk.ErrStateRoot) {
		t.Errorf("another state root: %v", err)
	}
}

// TestValidateAndTry asks the rules what a pool and a wallet ask.
func TestValidateAndTry(t *testing.T) {
	n := newNetwork(t, channel{8, 1024})
	rules, state, head := coin.Chain(), n.state(0), n.nodes[0].head
	x := payment(n)
	v, err := rules.Validate(state, head, x)
	if err != nil || len(v.Requires) != 0 || len(v.Provides) != 1 || !v.Propagate {
		t.Errorf("validity %+v, %v", v, err)
	}
	if failure, err := rules.Try(state, head, x); failure != nil || err != nil {
		t.Errorf("tried: %v, %v", failure, err)
	}
	ahead := n.signed(0, "Eve", 2, system.Remark{})
	if v, err := rules.Validate(state, head, ahead); err != nil || len(v.Requires) != 1 {
		t.Errorf("ahead: validity %+v, %v", v, err)
	}
	if _, err := rules.Try(state, head, ahead); !errors.Is(err, executive.ErrFuture) {
		t.Errorf("ahead: tried with %v", err)
	}
	poor := n.signed(0, "Eve", 0, balances.TransferKeepAlive{Dest: to(account("Dave")), Value: primitives.NewBalance(2 * first)})
	if failure, err := rules.Try(state, head, poor); failure == nil || err != nil {
		t.Errorf("more than there is: %v, %v", failure, err)
	}
	if len(state.Changes()) != 0 {
		t.Error("the state was changed")
	}
	gone := frame.NewState(failing{})
	if _, err := rules.Validate(gone, head, x); !errors.Is(err, sdk.ErrView) || !errors.Is(err, errGone) {
		t.Errorf("a state that cannot be read: %v", err)
	}
}

var errGone = errors.New("disk is gone")

// failing is a state that cannot be read.
type failing struct{}

func (failing) Get([]byte) ([]byte, error)        { return nil, errGone }
func (failing) Next([]byte) ([]byte, bool, error) { return nil, false, errGone }

// TestMetadataIsComplete encodes the metadata, which fails for a type that nothing
// describes, and looks for every key of the state under a prefix that it tells.
func TestMetadataIsComplete(t *testing.T) {
	n := newNetwork(t, channel{8, 1024})
	m := n.make(0, payment(n))
	described, err := known.Metadata(n.nodes[0].view)
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range []uint8{metadata.V14, metadata.V15, metadata.V16} {
		text := string(described.Encode(version))
		for _, name := range []string{"coin_runtime", "RuntimeCall", "pay_across", "transfer_keep_alive", "batch_all", "CheckMetadataHash", "SS58Prefix", "MinimumPeriod", "ExistentialDeposit"} {
			if !strings.Contains(text, name) {
				t.Errorf("version %d has no %s", version, name)
			}
		}
	}
	prefixes := map[string]bool{":code": true}
	for _, entry := range coin.Chain().Pallets() {
		for _, item := range entry.Pallet.Metadata().Items {
			pallet, name := hash.Twox128([]byte(entry.Pallet.Name)), hash.Twox128([]byte(item.Name))
			prefixes[string(pallet[:])+string(name[:])] = true
		}
	}
	for _, change := range m.collation.Outcome.Changes {
		if key := string(change.Key); !prefixes[key[:min(32, len(key))]] {
			t.Errorf("key %x belongs to no storage item", key)
		}
	}
}
