package executive_test

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/authorship"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/pallet/timestamp"
	"github.com/rampart-chain/rampart/relay/pallet/transactionpayment"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// plain accepts as signature the hash of signer and message.
type plain struct{}

func sign(public [32]byte, message []byte) (s primitives.Signature) {
	digest := primitives.Blake2b256(append(public[:], message...))
	copy(s[:], digest[:])
	return s
}

func (plain) Sr25519(public [32]byte, message []byte, signature [64]byte) bool {
	return sign(public, message) == signature
}
func (p plain) Ed25519(public [32]byte, message []byte, signature [64]byte) bool {
	return p.Sr25519(public, message, signature)
}

func (p plain) Sr25519Batch(entries []crypto.Signed) []bool {
	verdicts := make([]bool, len(entries))
	for i, e := range entries {
		verdicts[i] = p.Sr25519(e.Public, e.Message, e.Signature)
	}
	return verdicts
}

// urgent is a call of class operational, heavy a normal one of great weight.
type (
	urgent struct{ data []byte }
	heavy  struct{ weight uint64 }
)

func (u urgent) AppendSCALE(b []byte) []byte { return scale.AppendBytes(b, u.data) }
func (urgent) ID() frame.CallID              { return frame.CallID{Pallet: "Test", Index: 0} }
func (urgent) Info() frame.DispatchInfo {
	return frame.DispatchInfo{Class: frame.Operational, PaysFee: frame.PaysNo}
}
func (urgent) Dispatch(*frame.Context, frame.Origin) error { return nil }

func (h heavy) AppendSCALE(b []byte) []byte { return scale.AppendU64(b, h.weight) }
func (heavy) ID() frame.CallID              { return frame.CallID{Pallet: "Test", Index: 1} }
func (h heavy) Info() frame.DispatchInfo {
	return frame.DispatchInfo{Weight: frame.Weight{RefTime: h.weight}}
}
func (heavy) Dispatch(*frame.Context, frame.Origin) error { return nil }

// modest is a call that declares much, and uses what it says.
type modest struct {
	used  uint64
	free  bool
	fails bool
}

func (m modest) AppendSCALE(b []byte) []byte {
	return scale.AppendBool(scale.AppendBool(scale.AppendU64(b, m.used), m.free), m.fails)
}
func (modest) ID() frame.CallID { return frame.CallID{Pallet: "Test", Index: 2} }
func (modest) Info() frame.DispatchInfo {
	return frame.DispatchInfo{Weight: frame.Weight{RefTime: 10 * executive.SignedWeight}}
}
func (m modest) Dispatch(c *frame.Context, origin frame.Origin) error {
	_, err := m.Make(c, origin)
	return err
}
func (m modest) Make(*frame.Context, frame.Origin) (frame.DispatchInfo, error) {
	info := frame.DispatchInfo{Weight: frame.Weight{RefTime: m.used}}
	if m.free {
		info.PaysFee = frame.PaysNo
	}
	if m.fails {
		return info, frame.Exhausted{}
	}
	return info, nil
}

var pallets = frame.Pallets{{Index: 0, Pallet: system.Pallet}, {Index: 3, Pallet: timestamp.Pallet}, {Index: 5, Pallet: balances.Pallet},
	{Index: 32, Pallet: transactionpayment.Pallet}, {Index: 99, Pallet: frame.Pallet{Name: "Test", DecodeCall: func(d *scale.Decoder, index uint8) frame.Call {
		switch index {
		case 0:
			return urgent{d.Bytes(1 << 20)}
		case 1:
			return heavy{d.U64()}
		case 2:
			return modest{d.U64(), d.Bool(), d.Bool()}
		}
		return nil
	}}}}

const maxLength = 4000

// maxWeight has room for 30 times SignedWeight besides the inherent, by class normal.
var maxWeight = 40*executive.SignedWeight + (inherentWeight+2)/3*4

var inherentWeight = timestamp.Set{}.Info().Weight.RefTime

// author gets the fees.
var author = account(9)

func account(n byte) primitives.AccountID { return primitives.AccountID{n} }

// chain has accounts 1 to 3 with a thousand deposits each, and the author.
type chain struct {
	t       testing.TB
	runtime executive.Runtime
	state   frame.Memory
	head    primitives.Header
	now     primitives.Millis
	genesis primitives.Hash
}

func newChain(t testing.TB) *chain {
	c := &chain{t: t, state: frame.Memory{}, runtime: executive.Runtime{
		Pallets: pallets, SpecVersion: 5, TransactionVersion: 6, MaxLength: maxLength, Verifier: plain{},
		MaxWeight:    func(*frame.State) uint64 { return maxWeight },
		OnInitialize: []executive.Hook{func(c *frame.Context) error { authorship.Author.Put(c.State, author); return nil }},
		OnFinalize:   []executive.Hook{timestamp.Finalize}}}
	s := frame.NewState(c.state)
	for _, n := range []byte{1, 2, 3, 9} {
		if err := balances.Mint(&frame.Context{State: s}, account(n), primitives.NewBalance(1e13)); err != nil {
			t.Fatal(err)
		}
	}
	c.state.Apply(s.Changes())
	c.genesis = c.head.Hash()
	return c
}

// open begins the next block with its time set.
func (c *chain) open() (*executive.Execution, *frame.State) {
	c.t.Helper()
	s := frame.NewState(c.state)
	x, err := c.runtime.Begin(s, c.head, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	c.now++
	if err := x.Apply(bare(timestamp.Set{Now: c.now})); err != nil {
		c.t.Fatal(err)
	}
	return x, s
}

// block makes the next block of extrinsics, of which each must be applied.
func (c *chain) block(extrinsics ...primitives.Extrinsic) []frame.EventRecord {
	c.t.Helper()
	x, s := c.open()
	for _, extrinsic := range extrinsics {
		if err := x.Apply(extrinsic); err != nil {
			c.t.Fatal(err)
		}
	}
	if _, err := x.End(); err != nil {
		c.t.Fatal(err)
	}
	c.state.Apply(s.Changes())
	c.head = primitives.Header{ParentHash: c.head.Hash(), Number: c.head.Number + 1}
	return x.Context().Events
}

func bare(call frame.Call) primitives.Extrinsic {
	return primitives.UncheckedExtrinsic{Call: pallets.AppendCall(nil, call)}.Encode()
}

// transaction is what goes into a signed extrinsic.
type transaction struct {
	signer    byte
	nonce     primitives.Nonce
	tip       uint64
	era       primitives.Era
	birth     primitives.Hash // of the era; genesis if zero
	mode      uint8
	call      frame.Call
	signature func(primitives.Signature) primitives.MultiSignature
	address   primitives.MultiAddress
}

func (c *chain) signed(x transaction) primitives.Extrinsic {
	call := pallets.AppendCall(nil, x.call)
	extra := primitives.SignedExtra{Era: x.era, Nonce: x.nonce, Tip: primitives.NewBalance(x.tip), MetadataMode: x.mode}
	if x.birth.IsZero() {
		x.birth = c.genesis
	}
	implicit := primitives.SignedImplicit{SpecVersion: 5, TransactionVersion: 6, GenesisHash: c.genesis, EraBirthHash: x.birth}
	signature := sign(account(x.signer), primitives.SigningPayload(call, extra, implicit))
	if x.signature == nil {
		x.signature = func(s primitives.Signature) primitives.MultiSignature {
			return primitives.SR25519Signature{Signature: s}
		}
	}
	if x.address == nil {
		x.address = primitives.AddressID{ID: account(x.signer)}
	}
	return primitives.UncheckedExtrinsic{Call: call, Signature: &primitives.ExtrinsicSignature{
		Signer: x.address, Signature: x.signature(signature), Extra: extra}}.Encode()
}

func (c *chain) account(n byte) system.AccountInfo {
	return system.Account.Get(frame.NewState(c.state), account(n))
}

func remark(n int) system.Remark { return system.Remark{Remark: make([]byte, n)} }

func transfer(to byte, value uint64) balances.TransferAllowDeath {
	return balances.TransferAllowDeath{Dest: primitives.AddressID{ID: account(to)}, Value: primitives.NewBalance(value)}
}

// TestMortality applies an extrinsic of an era of eight blocks at every block
// around it.
func TestMortality(t *testing.T) {
	c := newChain(t)
	for c.head.Number < 13 {
		c.block()
	}
	era := primitives.MortalEra(8, 13) // born at 13, dead from 21 on
	birth := c.head.Hash()
	x := c.signed(transaction{signer: 1, era: era, birth: birth, call: remark(1)})
	for c.head.Number < 24 {
		next := c.head.Number + 1
		execution, _ := c.open()
		err := execution.Apply(x)
		if alive := next > 13 && next < 21; alive != (err == nil) {
			t.Errorf("in block %d: %v", next, err)
		}
		c.block()
	}
	execution, _ := c.open()
	unborn := c.signed(transaction{signer: 1, era: primitives.MortalEra(64, c.head.Number+1), call: remark(1)})
	if err := execution.Apply(unborn); !errors.Is(err, executive.ErrAncientBirthBlock) {
		t.Errorf("era that begins with this block: %v, want %v", err, executive.ErrAncientBirthBlock)
	}
}

// TestRefusals gives every reason once, and checks that nothing is left of a
// refused extrinsic.
func TestRefusals(t *testing.T) {
	for name, test := range map[string]struct {
		make func(c *chain) primitives.Extrinsic
		want error
	}{
		"version 5":      {func(*chain) primitives.Extrinsic { return primitives.Extrinsic{5, 0, 0} }, executive.ErrCall},
		"unknown pallet": {func(*chain) primitives.Extrinsic { return primitives.Extrinsic{4, 77, 0} }, executive.ErrCall},
		"unknown call":   {func(*chain) primitives.Extrinsic { return primitives.Extrinsic{4, 5, 77} }, executive.ErrCall},
		"arguments and more": {func(c *chain) primitives.Extrinsic {
			return append(c.signed(transaction{signer: 1, call: remark(1)}), 0)
		}, executive.ErrCall},
		"unsigned": {func(*chain) primitives.Extrinsic { return bare(remark(1)) }, executive.ErrUnsigned},
		"signed inherent": {func(c *chain) primitives.Extrinsic {
			return c.signed(transaction{signer: 1, call: timestamp.Set{Now: 1}})
		}, executive.ErrMandatory},
		"nonce ahead": {func(c *chain) primitives.Extrinsic {
			return c.signed(transaction{signer: 1, nonce: 2, call: remark(1)})
		}, executive.ErrFuture},
		"nonce used": {func(c *chain) primitives.Extrinsic {
			return c.signed(transaction{signer: 1, nonce: 0, call: remark(1)})
		}, executive.ErrStale},
		"no account": {func(c *chain) primitives.Extrinsic { return c.signed(transaction{signer: 5, call: remark(1)}) }, executive.ErrPayment},
		"tip beyond balance": {func(c *chain) primitives.Extrinsic {
			return c.signed(transaction{signer: 1, nonce: 1, tip: 2e13, call: remark(1)})
		}, executive.ErrPayment},
		"metadata hash": {func(c *chain) primitives.Extrinsic {
			return c.signed(transaction{signer: 1, nonce: 1, mode: 1, call: remark(1)})
		}, executive.ErrMetadataMode},
		"zero signer": {func(c *chain) primitives.Extrinsic { return c.signed(transaction{call: remark(1)}) }, executive.ErrSigner},
		"address by index": {func(c *chain) primitives.Extrinsic {
			return c.signed(transaction{signer: 1, nonce: 1, address: primitives.AddressIndex{Index: 1}, call: remark(1)})
		}, executive.ErrSigner},
		"ecdsa": {func(c *chain) primitives.Extrinsic {
			return c.signed(transaction{signer: 1, nonce: 1, call: remark(1), signature: func(primitives.Signature) primitives.MultiSignature { return primitives.ECDSASignature{} }})
		}, executive.ErrScheme},
		"signature of another": {func(c *chain) primitives.Extrinsic {
			return c.signed(transaction{signer: 1, nonce: 1, call: remark(1), address: primitives.AddressID{ID: account(2)}})
		}, executive.ErrFuture},
		"altered": {func(c *chain) primitives.Extrinsic {
			x := c.signed(transaction{signer: 1, nonce: 1, call: remark(1)})
			x[len(x)-1] ^= 1
			return x
		}, executive.ErrBadProof},
		"for another genesis": {func(c *chain) primitives.Extrinsic {
			d := *c
			d.genesis = primitives.Hash{1}
			return d.signed(transaction{signer: 1, nonce: 1, call: remark(1)})
		}, executive.ErrBadProof},
		"inherent too late": {func(c *chain) primitives.Extrinsic { return bare(timestamp.Set{Now: 1 << 40}) }, executive.ErrInherentOrder},
		"too long": {func(c *chain) primitives.Extrinsic {
			return c.signed(transaction{signer: 1, nonce: 1, call: remark(maxLength)})
		}, executive.ErrOversize},
		"too long for its class": {func(c *chain) primitives.Extrinsic {
			return c.signed(transaction{signer: 1, nonce: 1, call: remark(maxLength / 4 * 3)})
		}, executive.ErrOversize},
		"too heavy": {func(c *chain) primitives.Extrinsic {
			return c.signed(transaction{signer: 1, nonce: 1, call: heavy{maxWeight/4*3 - executive.SignedWeight + 1}})
		}, executive.ErrOversize},
	} {
		t.Run(name, func(t *testing.T) {
			c := newChain(t)
			c.block()
			x, s := c.open()
			if err := x.Apply(c.signed(transaction{signer: 1, call: remark(1)})); err != nil {
				t.Fatal(err)
			}
			before, events := maps.Clone(c.state), len(x.Context().Events)
			before.Apply(s.Changes())
			if err := x.Apply(test.make(c)); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			after := maps.Clone(c.state)
			after.Apply(s.Changes())
			if fmt.Sprint(before) != fmt.Sprint(after) || len(x.Context().Events) != events {
				t.Error("a refused extrinsic changed state or events")
			}
		})
	}
}

// TestOrderOfNonceFeeAndCall checks that a failed call costs nonce, fee and tip,
// and does nothing else.
func TestOrderOfNonceFeeAndCall(t *testing.T) {
	c := newChain(t)
	call := transfer(2, 1e14)
	x := c.signed(transaction{signer: 1, tip: 77, call: call})
	fee := transactionpayment.Fee(frame.NewState(c.state), uint64(len(scale.AppendBytes(nil, x))), call.Info(), primitives.NewBalance(77)).Lo
	events := c.block(x)
	if got := c.account(1); got.Nonce != 1 || got.Data.Free.Lo != 1e13-fee {
		t.Errorf("signer %+v, want nonce 1 and %d paid", got, fee)
	}
	if got := c.account(9).Data.Free.Lo; got != 1e13+fee {
		t.Errorf("author has %d, want the fee of %d", got, fee)
	}
	last := events[len(events)-1]
	failed, ok := last.Event.(system.ExtrinsicFailed)
	if !ok || failed.DispatchError != frame.DispatchError(frame.Token{Reason: frame.FundsUnavailable}) || last.Phase != frame.Phase(frame.ApplyExtrinsic{Index: 1}) {
		t.Errorf("last event %+v", last)
	}
	for _, record := range events {
		if _, ok := record.Event.(balances.Transfer); ok {
			t.Error("the failed transfer left its event")
		}
	}
	free := c.account(1).Data.Free.Lo
	events = c.block(c.signed(transaction{signer: 1, nonce: 1, call: balances.TransferKeepAlive{Dest: primitives.AddressID{ID: account(2)}, Value: primitives.NewBalance(free - 5_000_000_000)}}))
	failed, ok = events[len(events)-1].Event.(system.ExtrinsicFailed)
	if !ok || failed.DispatchError != frame.DispatchError(frame.ModuleError{Index: 5, Code: [4]byte{4}}) {
		t.Errorf("last event %+v, want error 4 of pallet 5", events[len(events)-1])
	}
}

// TestFeeDoesNotEndTheAccount refuses what its signer can pay only by dying: its
// nonce would begin at 0 again. Fees once could end an account.
func TestFeeDoesNotEndTheAccount(t *testing.T) {
	c := newChain(t)
	poor := byte(4)
	c.block(c.signed(transaction{signer: 1, call: transfer(poor, balances.ExistentialDeposit.Lo+1000)}))
	x, _ := c.open()
	if err := x.Apply(c.signed(transaction{signer: poor, call: remark(1)})); !errors.Is(err, executive.ErrPayment) {
		t.Errorf("got %v, want %v", err, executive.ErrPayment)
	}
}

// TestLastNonceIsNeverUsed keeps nonces from wrapping.
func TestLastNonceIsNeverUsed(t *testing.T) {
	c := newChain(t)
	s := frame.NewState(c.state)
	info := system.Account.Get(s, account(1))
	info.Nonce = math.MaxUint32 - 1
	system.Account.Put(s, account(1), info)
	c.state.Apply(s.Changes())
	c.block(c.signed(transaction{signer: 1, nonce: math.MaxUint32 - 1, call: remark(1)}))
	x, _ := c.open()
	if err := x.Apply(c.signed(transaction{signer: 1, nonce: math.MaxUint32, call: remark(1)})); !errors.Is(err, executive.ErrFuture) {
		t.Errorf("got %v, want %v", err, executive.ErrFuture)
	}
}

// fill applies extrinsics until one is refused, and returns how many were not,
// and why the last was.
func fill(c *chain, make func(nonce primitives.Nonce) primitives.Extrinsic) (int, error) {
	x, _ := c.open()
	for n := 0; ; n++ {
		if err := x.Apply(make(primitives.Nonce(n))); err != nil {
			return n, err
		}
	}
}

// TestLengthOfABlock fills blocks with extrinsics of a known length: prefixes
// count, and class normal has three quarters.
func TestLengthOfABlock(t *testing.T) {
	c := newChain(t)
	inherent := len(scale.AppendBytes(nil, bare(timestamp.Set{Now: 1})))
	small := func(nonce primitives.Nonce) primitives.Extrinsic {
		return c.signed(transaction{signer: 1, nonce: nonce, call: remark(300)})
	}
	each := len(scale.AppendBytes(nil, small(0)))
	n, err := fill(c, small)
	if want := (maxLength/4*3 - inherent) / each; n != want || !errors.Is(err, executive.ErrExhaustsResources) {
		t.Errorf("%d extrinsics of class normal (%v), want %d", n, err, want)
	}
	big := func(nonce primitives.Nonce) primitives.Extrinsic {
		return c.signed(transaction{signer: 1, nonce: nonce, call: urgent{make([]byte, 300)}})
	}
	each = len(scale.AppendBytes(nil, big(0)))
	n, err = fill(c, big)
	if want := (maxLength - inherent) / each; n != want || !errors.Is(err, executive.ErrExhaustsResources) {
		t.Errorf("%d operational extrinsics (%v), want %d", n, err, want)
	}
}

// TestWeightOfABlock fills blocks with calls of a known weight. Blocks once had no
// bound of weight.
func TestWeightOfABlock(t *testing.T) {
	c := newChain(t)
	c.runtime.MaxLength = 1 << 20
	for weight, want := range map[uint64]int{0: 30, executive.SignedWeight: 15, 3 * executive.SignedWeight: 7, 29 * executive.SignedWeight: 1} {
		n, err := fill(c, func(nonce primitives.Nonce) primitives.Extrinsic {
			return c.signed(transaction{signer: 1, nonce: nonce, call: heavy{weight}})
		})
		if n != want || !errors.Is(err, executive.ErrExhaustsResources) {
			t.Errorf("%d calls of weight %d (%v), want %d", n, weight, err, want)
		}
	}
}

// TestBeginningOfABlockCounts lets hooks say what the beginning of a block weighs: less
// is left for signed extrinsics, but inherents have no bound.
func TestBeginningOfABlockCounts(t *testing.T) {
	c := newChain(t)
	c.runtime.MaxLength = 1 << 20
	key, began := []byte("what began"), uint64(0)
	c.runtime.OnInitialize = append(c.runtime.OnInitialize, func(c *frame.Context) error {
		c.State.Put(key, scale.AppendU64(nil, began))
		return nil
	})
	c.runtime.EmptyWeight = func(s *frame.State) frame.Weight {
		return frame.Weight{RefTime: scale.NewDecoder(s.Get(key)).U64(), ProofSize: 7}
	}
	for signatures, want := range map[uint64]int{0: 30, 10: 20, 29: 1, 30: 0, 1000: 0} {
		began = signatures * executive.SignedWeight
		n, err := fill(c, func(nonce primitives.Nonce) primitives.Extrinsic {
			return c.signed(transaction{signer: 1, nonce: nonce, call: heavy{0}})
		})
		if n != want || !errors.Is(err, executive.ErrExhaustsResources) {
			t.Errorf("the beginning weighs %d signatures: %d extrinsics (%v), want %d", signatures, n, err, want)
		}
	}
	c.block()
	weights := system.BlockWeight.Get(frame.NewState(c.state))
	want := timestamp.Set{}.Info().Weight.Add(frame.Weight{RefTime: began, ProofSize: 7})
	if weights.Mandatory != want {
		t.Errorf("the block says that it weighs %+v, want %+v", weights.Mandatory, want)
	}
}

// TestInherentsEndTheBlockIfTheyFail lets an inherent fail, and one be missing.
func TestInherentsEndTheBlockIfTheyFail(t *testing.T) {
	c := newChain(t)
	x, _ := c.open()
	if err := x.Apply(bare(timestamp.Set{Now: 99})); !errors.Is(err, executive.ErrInherentFailed) || !errors.Is(err, timestamp.ErrSetTwice) {
		t.Errorf("second time: %v", err)
	}
	x, err := c.runtime.Begin(frame.NewState(c.state), c.head, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x.End(); !errors.Is(err, timestamp.ErrMissing) {
		t.Errorf("no time: %v, want %v", err, timestamp.ErrMissing)
	}
}

// TestBothSchemes signs with either key type.
func TestBothSchemes(t *testing.T) {
	c := newChain(t)
	c.block(c.signed(transaction{signer: 1, call: remark(1)}), c.signed(transaction{signer: 2, call: remark(1), signature: func(s primitives.Signature) primitives.MultiSignature {
		return primitives.ED25519Signature{Signature: s}
	}}))
	if c.account(1).Nonce != 1 || c.account(2).Nonce != 1 {
		t.Error("an extrinsic did not count")
	}
}

// TestLongPayload signs a call whose payload is hashed before signing.
func TestLongPayload(t *testing.T) {
	c := newChain(t)
	c.block(c.signed(transaction{signer: 1, call: remark(100)}), c.signed(transaction{signer: 1, nonce: 1, call: remark(300)}))
}
