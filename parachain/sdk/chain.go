package sdk

import (
	"slices"

	"github.com/rampart-chain/rampart/parachain/sdk/collators"
	"github.com/rampart-chain/rampart/parachain/sdk/parachainsystem"
	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/authorship"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/pallet/timestamp"
	"github.com/rampart-chain/rampart/relay/pallet/transactionpayment"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// base are the pallets of every chain. Indices up to 49 are kept for them.
var base = frame.Pallets{
	{Index: 0, Pallet: system.Pallet},
	{Index: 1, Pallet: parachainsystem.Pallet},
	{Index: 2, Pallet: timestamp.Pallet},
	{Index: 10, Pallet: balances.Pallet},
	{Index: 11, Pallet: transactionpayment.Pallet},
	{Index: 20, Pallet: authorship.Pallet},
	{Index: 21, Pallet: collators.Pallet},
}

// FirstOwn is the least index of an author's own pallets.
const FirstOwn = 50

// defaultMaxLength is what of a block's extrinsics leaves room for the proof in
// the least PoV that relay chains allow.
const defaultMaxLength = 3 << 20

// defaultMaxWeight is the default of Rules.MaxWeight. Source of the two seconds:
// polkadot-sdk node/core/candidate-validation, DEFAULT_BACKING_EXECUTION_TIMEOUT.
const defaultMaxWeight = 600_000_000_000

// Rules are what an author says of a chain.
type Rules struct {
	// Name is the chain's spec name.
	Name string
	// SpecVersion changes with every change of the rules, TransactionVersion
	// when encoded calls change their meaning.
	SpecVersion        uint32
	TransactionVersion uint32
	// Own are the author's pallets, at indices from FirstOwn on. An index is
	// part of every call, event and error: never reuse one.
	Own frame.Pallets
	// OnInitialize are called in order before the first extrinsic, and
	// OnFinalize after the inbound messages were delivered, which is after the
	// last extrinsic.
	OnInitialize []executive.Hook
	OnFinalize   []executive.Hook
	// Inbound takes what other chains and the relay chain send.
	Inbound parachainsystem.Handlers
	// MaxLength bounds the extrinsics of a block together, in bytes; signed
	// ones may use three quarters of it. Default 3 MiB.
	MaxLength int
	// MaxWeight bounds the time that a block takes by the weights of its
	// extrinsics, in picoseconds; signed ones may use three quarters of it, less
	// what the inherents take.
	// Default 0.6 s: slower machines, and what is not weighed, must find their
	// place in the two seconds that backing a candidate may take. The price of
	// weight rises while signed extrinsics use more than a quarter of what they
	// may, and falls while they use less.
	MaxWeight uint64
	// Verifier checks signatures. Default: sr25519 and ed25519.
	Verifier executive.Verifier
}

// Chain is a parachain: its rules, ready to be followed. It is immutable and safe
// for concurrent use.
type Chain struct {
	name  string
	rules executive.Runtime
}

// New returns the chain with the rules. It panics if an index or a name of a
// pallet is taken.
func New(r Rules) *Chain {
	pallets := slices.Clone(base)
	for _, own := range r.Own {
		for _, other := range pallets {
			if own.Index < FirstOwn || own.Index == other.Index || own.Pallet.Name == other.Pallet.Name {
				panic("sdk: pallet " + own.Pallet.Name + " at an index, or by a name, that is taken")
			}
		}
		pallets = append(pallets, own)
	}
	c := &Chain{name: r.Name, rules: executive.Runtime{
		Pallets: pallets, SpecVersion: r.SpecVersion, TransactionVersion: r.TransactionVersion,
		MaxLength: r.MaxLength, Verifier: r.Verifier,
		OnInitialize: append([]executive.Hook{parachainsystem.Initialize, collators.Initialize}, r.OnInitialize...),
	}}
	limit := r.MaxWeight
	if limit == 0 {
		limit = defaultMaxWeight
	}
	adjustFees := func(context *frame.Context) error {
		transactionpayment.Adjust(context.State, executive.NormalShare(limit))
		return nil
	}
	c.rules.OnFinalize = slices.Concat([]executive.Hook{adjustFees, r.Inbound.Deliver}, r.OnFinalize,
		[]executive.Hook{parachainsystem.Finalize, timestamp.Finalize, collators.Finalize})
	c.rules.MaxWeight = func(*frame.State) uint64 { return limit }
	if c.rules.MaxLength == 0 {
		c.rules.MaxLength = defaultMaxLength
	}
	if c.rules.Verifier == nil {
		c.rules.Verifier = crypto.Real{}
	}
	return c
}

// Name returns the chain's spec name.
func (c *Chain) Name() string { return c.name }

// Pallets returns the list of the chain's pallets.
func (c *Chain) Pallets() frame.Pallets { return c.rules.Pallets }

// Versions returns the spec and the transaction version: what a signed extrinsic
// covers.
func (c *Chain) Versions() (spec, transaction uint32) {
	return c.rules.SpecVersion, c.rules.TransactionVersion
}

// bare returns call as an inherent.
func (c *Chain) bare(call frame.Call) primitives.Extrinsic {
	return primitives.UncheckedExtrinsic{Call: c.rules.Pallets.AppendCall(nil, call)}.Encode()
}
