package backing_test

import (
	"bytes"
	"encoding/binary"

	"github.com/rampart-chain/rampart/availability/bitfield"
	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/parachain/inclusion/inherent"
	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/parachain/prospective"
	"github.com/rampart-chain/rampart/parachain/shared"
	"github.com/rampart-chain/rampart/parachain/shared/initializer"
	"github.com/rampart-chain/rampart/relay/crypto/cryptotest"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/babe"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

var stub = cryptotest.NewStub([32]byte{42})

// code is the validation code of every para.
var code = primitives.ValidationCode("code")

// tester is a testing.T or a rapid.T.
type tester interface {
	Helper()
	Fatalf(format string, args ...any)
}

// chain is a relay chain with the real rules of parachains, all in memory. What is
// backed in a block is available in the next.
type chain struct {
	t          tester
	state      frame.Memory
	head       primitives.Header
	leaf       *prospective.Leaf // of head
	validators []session.Validator
	keys       map[primitives.SR25519Public]cryptotest.Keys
	// sessionBlocks is how long a session is.
	sessionBlocks primitives.BlockNumber
	included      map[primitives.ParaID][]primitives.Hash
}

// newChain returns a chain at its genesis: one core for each list of paras.
func newChain(t tester, validators int, cores ...[]primitives.ParaID) *chain {
	t.Helper()
	c := &chain{
		t: t, state: frame.Memory{}, keys: map[primitives.SR25519Public]cryptotest.Keys{}, sessionBlocks: 1 << 20,
		included: map[primitives.ParaID][]primitives.Hash{},
	}
	for i := range validators {
		c.validators = append(c.validators, session.Validator{
			Account: primitives.AccountID{byte(i)}, Keys: session.Keys{ParaValidator: keyOf(i)},
		})
		c.keys[keyOf(i)] = keysOf(i)
	}
	g := initializer.Genesis{Host: configuration.Local(), Cores: cores}
	known := map[primitives.ParaID]bool{}
	for _, core := range cores {
		for _, para := range core {
			if !known[para] {
				g.Paras = append(g.Paras, paras.Registration{ID: para, Head: firstHead(para), Code: code})
			}
			known[para] = true
		}
	}
	s := frame.NewState(c.state)
	if err := g.Begin(s, c.validators); err != nil {
		t.Fatalf("genesis: %v", err)
	}
	c.state.Apply(s.Changes())
	c.leaf = prospective.NewLeaf(frame.NewState(c.state), c.head)
	return c
}

func keysOf(i int) cryptotest.Keys { return stub.Keys([32]byte{byte(i), 1}) }

func keyOf(i int) primitives.SR25519Public {
	return primitives.SR25519Public(keysOf(i).Sr25519Public())
}

// grow makes the next block with the candidates, and returns what was refused.
func (c *chain) grow(candidates []primitives.BackedCandidate) []inherent.Refusal {
	c.t.Helper()
	s := frame.NewState(c.state)
	x := &frame.Context{State: s, Number: c.head.Number + 1, ParentHash: c.head.Hash(), Phase: frame.Initialization{}}
	system.Initialize(x)
	if x.Number%c.sessionBlocks == 0 {
		index := session.CurrentIndex.Get(s) + 1
		session.CurrentIndex.Put(s, index)
		babe.NextRandomness.Put(s, primitives.Blake2b256(scale.AppendU32(nil, uint32(index))))
		initializer.OnNewSession(x, index, c.validators)
	}
	data := primitives.ParachainsInherentData{Bitfields: c.bitfields(), BackedCandidates: candidates, ParentHeader: c.head}
	kept, refused, err := inherent.Filter(x, stub, data)
	if err != nil {
		c.t.Fatalf("block %d: %v", x.Number, err)
	}
	c.apply(x, kept)
	return refused
}

// apply ends the block with the inherent, as an importer does.
func (c *chain) apply(x *frame.Context, data primitives.ParachainsInherentData) {
	c.t.Helper()
	pallets := frame.Pallets{
		{Index: 0, Pallet: system.Pallet}, {Index: 2, Pallet: babe.Pallet}, {Index: 9, Pallet: session.Pallet},
		{Index: 53, Pallet: inclusion.Pallet}, {Index: 54, Pallet: inherent.WithVerifier(stub)}, {Index: 56, Pallet: paras.Pallet},
	}
	x.Pallets = pallets
	call, err := pallets.DecodeCall(pallets.AppendCall(nil, inherent.Enter{Data: data}))
	if err == nil {
		err = x.Transaction(func() error { return call.Dispatch(x, frame.None{}) })
	}
	if err == nil {
		err = initializer.Finalize(x)
	}
	if err != nil {
		c.t.Fatalf("block %d: importer refuses what the author kept: %v", x.Number, err)
	}
	system.Finalize(x)
	c.state.Apply(x.State.Changes())
	c.head = primitives.Header{
		ParentHash: x.ParentHash, Number: x.Number, StateRoot: primitives.Blake2b256(scale.AppendU32([]byte("root"), uint32(x.Number))),
	}
	s := frame.NewState(c.state)
	for _, event := range inclusion.CandidateEvents.Get(s) {
		if e, ok := event.(inclusion.CandidateIncluded); ok {
			para := e.Receipt.Descriptor.ParaID
			c.included[para] = append(c.included[para], e.Receipt.Hash())
		}
	}
	c.leaf = prospective.NewLeaf(s, c.head)
}

// bitfields says of every validator that it holds all chunks.
func (c *chain) bitfields() (out []primitives.SignedBitfield) {
	s := frame.NewState(c.state)
	bits := bitfield.New(len(c.leaf.Cores), func(core primitives.CoreIndex) bool { return true })
	context := primitives.SigningContext{SessionIndex: shared.CurrentSessionIndex.Get(s), Parent: c.head.Hash()}
	for i, key := range c.leaf.Validators {
		signature := c.keys[key].Sr25519(primitives.BitfieldPayload(bits, context))
		out = append(out, primitives.SignedBitfield{Bitfield: bits, ValidatorIndex: primitives.ValidatorIndex(i), Signature: signature})
	}
	return out
}

// The paras of these tests count: a head is the para, a number, the hash of the
// head before and a nonce. A block is one byte, 1 if it is valid, and the head.

const headSize = 4 + 8 + 32 + 8

func firstHead(para primitives.ParaID) primitives.HeadData {
	return append(binary.LittleEndian.AppendUint32(nil, uint32(para)), make([]byte, headSize-4)...)
}

func nextHead(parent primitives.HeadData, nonce uint64) primitives.HeadData {
	head := bytes.Clone(parent[:4])
	head = binary.LittleEndian.AppendUint64(head, binary.LittleEndian.Uint64(parent[4:])+1)
	before := parent.Hash()
	return binary.LittleEndian.AppendUint64(append(head, before[:]...), nonce)
}

// execute is the oracle: the outcome of a block, or false if it is invalid.
func execute(data primitives.PersistedValidationData, pov primitives.PoV) (primitives.CandidateCommitments, bool) {
	block := pov.BlockData
	if len(block) != 1+headSize || block[0] != 1 {
		return primitives.CandidateCommitments{}, false
	}
	want := nextHead(data.ParentHead, binary.LittleEndian.Uint64(block[1+headSize-8:]))
	if !bytes.Equal(block[1:], want) {
		return primitives.CandidateCommitments{}, false
	}
	return primitives.CandidateCommitments{HeadData: want, HRMPWatermark: data.RelayParentNumber}, true
}

func erasureRoot(data primitives.PersistedValidationData, pov primitives.PoV, n int) primitives.Hash {
	b := primitives.AvailableData{PoV: pov, ValidationData: data}.AppendSCALE(nil)
	return primitives.Blake2b256(scale.AppendU32(b, uint32(n)))
}

// built is a candidate as its collator makes it.
type built struct {
	candidate primitives.CommittedCandidateReceipt
	data      primitives.PersistedValidationData
	pov       primitives.PoV
	core      primitives.CoreIndex
}

// build makes a candidate of para for core at leaf, on the last pending head and
// then on each of heads.
func build(leaf *prospective.Leaf, para primitives.ParaID, core primitives.CoreIndex, nonce uint64, valid bool, before ...built) (built, bool) {
	for _, p := range leaf.Paras {
		if p.ID != para {
			continue
		}
		constraints := p.Constraints
		for _, pending := range p.Pending {
			constraints = constraints.After(pending.Commitments, pending.RelayParentNumber)
		}
		for _, b := range before {
			constraints = constraints.After(b.candidate.Commitments, b.data.RelayParentNumber)
		}
		return buildOn(leaf, leaf.RelayParents[len(leaf.RelayParents)-1], constraints, para, core, nonce, valid), true
	}
	return built{}, false
}

// buildOn makes a candidate at relay parent r of leaf where constraints says.
func buildOn(leaf *prospective.Leaf, r shared.RelayParent, constraints inclusion.Constraints, para primitives.ParaID, core primitives.CoreIndex, nonce uint64, valid bool) built {
	data := constraints.ValidationData(inclusion.RelayParent{Number: r.Number, StorageRoot: r.StateRoot})
	head := nextHead(data.ParentHead, nonce)
	block := append([]byte{0}, head...)
	if valid {
		block[0] = 1
	}
	pov := primitives.PoV{BlockData: block}
	commitments := primitives.CandidateCommitments{HeadData: head, HRMPWatermark: r.Number}
	return built{core: core, data: data, pov: pov, candidate: primitives.CommittedCandidateReceipt{
		Descriptor: primitives.CandidateDescriptor{
			ParaID: para, RelayParent: r.Hash, CoreIndex: uint16(core), SessionIndex: leaf.Session,
			PersistedValidationDataHash: data.Hash(), PoVHash: pov.Hash(), ErasureRoot: erasureRoot(data, pov, len(leaf.Validators)),
			ParaHead: head.Hash(), ValidationCodeHash: constraints.ValidationCodeHash,
		},
		Commitments: commitments,
	}}
}
