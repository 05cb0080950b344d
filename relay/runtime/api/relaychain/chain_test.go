package relaychain_test

import (
	"testing"

	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/parachain/shared/initializer"
	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/genesis"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/runtime/api"
	"github.com/rampart-chain/rampart/relay/runtime/api/relaychain"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/trie"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
)

// plainCrypto accepts a signature whose first 32 bytes are the signer's key.
type plainCrypto struct{ crypto.Real }

func (plainCrypto) Sr25519(public [32]byte, _ []byte, signature [64]byte) bool {
	return [32]byte(signature[:32]) == public
}

func (plainCrypto) VRFBytes(_ [32]byte, _ crypto.VRFInput, preOutput [32]byte, _ string, n int) []byte {
	return preOutput[:n]
}

// memoryView is the state after a block, all in memory.
type memoryView struct {
	frame.Memory
	nodes map[string][]byte
}

func (v memoryView) Node(path []byte, _ [32]byte) ([]byte, error) {
	if node, ok := v.nodes[string(path)]; ok {
		return node, nil
	}
	return nil, trie.ErrMissingNode
}

func (v memoryView) Value(key []byte, _ [32]byte) ([]byte, error) { return v.Get(key) }

func (v memoryView) apply(o executive.Outcome) {
	v.Memory.Apply(o.Changes)
	for _, n := range o.Nodes {
		v.nodes[string(n.Path)] = n.Encoding
	}
}

const slotDuration = 1000

func account(n byte) primitives.AccountID { return primitives.AccountID{n} }

// chain is a block with what is needed to make the next.
type chain struct {
	testing.TB
	api.Block
	rules *runtime.Runtime
	slot  primitives.Slot
}

// newChain has three validators with funds, two paras of which the second shares
// its core with a third, a free core, and a channel.
func newChain(t testing.TB) *chain {
	t.Helper()
	config := genesis.Config{
		NetworkID: primitives.Hash{7}, SlotDuration: slotDuration, EpochDuration: 5,
		BABE: primitives.BABEConfiguration{C: [2]uint64{1, 4}, AllowedSlots: primitives.PrimaryAndSecondaryVRFSlots},
		Parachains: initializer.Genesis{
			Host: configuration.Local(), Cores: [][]primitives.ParaID{{2000}, {2001, 2002}, {}},
			Channels: []hrmp.Preopened{{From: 2000, To: 2001, Capacity: 3, Size: 60}},
		},
	}
	for id := primitives.ParaID(2000); id <= 2002; id++ {
		config.Parachains.Paras = append(config.Parachains.Paras, paras.Registration{ID: id, Head: primitives.HeadData{byte(id)}, Code: primitives.ValidationCode("code")})
	}
	for n := byte(1); n <= 3; n++ {
		config.Validators = append(config.Validators, session.Validator{Account: account(n), Keys: session.Keys{
			GRANDPA: primitives.ED25519Public{n, 2}, BABE: primitives.SR25519Public{n, 1},
			ParaValidator: primitives.SR25519Public{n, 3}, ParaAssignment: primitives.SR25519Public{n, 4}, AuthorityDiscovery: primitives.SR25519Public{n, 5}}})
		config.Balances = append(config.Balances, genesis.Balance{Account: account(n), Amount: primitives.NewBalance(1e15)})
	}
	g, err := config.Build()
	if err != nil {
		t.Fatal(err)
	}
	view := memoryView{frame.Memory{}, map[string][]byte{}}
	view.apply(g.Outcome)
	rules := runtime.New(plainCrypto{})
	return &chain{TB: t, Block: api.Block{Header: g.Header, View: view, Chain: relaychain.Chain(rules)}, rules: rules, slot: 1_000_000}
}

// build makes the next block of extrinsics.
func (c *chain) build(extrinsics ...primitives.Extrinsic) (primitives.Block, executive.Outcome) {
	c.Helper()
	claim := primitives.PrimaryClaim{Slot: c.slot + 1, VRF: primitives.VRFSignature{PreOutput: [32]byte{byte(c.slot)}}}
	block, outcome, err := c.rules.Build(c.View, c.Header, runtime.Proposal{
		Claim: claim, Now: primitives.Millis(c.slot+1) * slotDuration,
		Next: func() (x primitives.Extrinsic, ok bool) {
			if len(extrinsics) > 0 {
				x, extrinsics, ok = extrinsics[0], extrinsics[1:], true
			}
			return x, ok
		},
		Refused: func(x primitives.Extrinsic, why error) { c.Errorf("%x is refused: %v", x, why) },
	})
	if err != nil {
		c.Fatal(err)
	}
	return block, outcome
}

// grow adds the next block of extrinsics.
func (c *chain) grow(extrinsics ...primitives.Extrinsic) {
	c.Helper()
	block, outcome := c.build(extrinsics...)
	c.View.(memoryView).apply(outcome)
	c.Header = block.Header
	c.slot++
}

// change changes the state without a block.
func (c *chain) change(f func(s *frame.State)) {
	s := frame.NewState(c.View)
	f(s)
	c.View.(memoryView).Memory.Apply(s.Changes())
}

// ask makes a call, which must succeed.
func (c *chain) ask(name string, arguments ...scale.Marshaler) []byte {
	c.Helper()
	var b []byte
	for _, a := range arguments {
		b = a.AppendSCALE(b)
	}
	result, err := c.Call(name, b)
	if err != nil {
		c.Fatalf("%s: %v", name, err)
	}
	return result
}

// raw is encoded already.
type raw []byte

func (r raw) AppendSCALE(b []byte) []byte { return append(b, r...) }

// u32 is a number as most arguments are.
type u32 uint32

func (n u32) AppendSCALE(b []byte) []byte { return scale.AppendU32(b, uint32(n)) }

// opaque is an extrinsic, or other bytes, behind its length.
type opaque []byte

func (o opaque) AppendSCALE(b []byte) []byte { return scale.AppendBytes(b, o) }

// signed returns call as signer's extrinsic.
func signed(signer primitives.AccountID, extra primitives.SignedExtra, call frame.Call) primitives.Extrinsic {
	signature := primitives.Signature{}
	copy(signature[:], signer[:])
	return primitives.UncheckedExtrinsic{
		Signature: &primitives.ExtrinsicSignature{Signer: primitives.AddressID{ID: signer}, Signature: primitives.SR25519Signature{Signature: signature}, Extra: extra},
		Call:      runtime.Pallets().AppendCall(nil, call),
	}.Encode()
}
