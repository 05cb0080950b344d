package runtime

import (
	"slices"
	"strconv"

	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/parachain/inclusion/inherent"
	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/parachain/scheduler"
	"github.com/rampart-chain/rampart/parachain/shared"
	"github.com/rampart-chain/rampart/parachain/shared/initializer"
	"github.com/rampart-chain/rampart/parachain/shared/sessioninfo"
	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/authorship"
	"github.com/rampart-chain/rampart/relay/pallet/babe"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/pallet/grandpa"
	"github.com/rampart-chain/rampart/relay/pallet/multisig"
	"github.com/rampart-chain/rampart/relay/pallet/proxy"
	"github.com/rampart-chain/rampart/relay/pallet/sudo"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/pallet/timestamp"
	"github.com/rampart-chain/rampart/relay/pallet/transactionpayment"
	"github.com/rampart-chain/rampart/relay/pallet/utility"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/trie"
	"github.com/rampart-chain/rampart/xcmp/dmp"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
)

// Versions of the rules. SpecVersion changes with every change of what a block
// does, and whenever TransactionVersion does; TransactionVersion when encoded
// calls change their meaning.
const (
	SpecName           = "rampart"
	SpecVersion        = 2
	TransactionVersion = 1
)

// CodeMarker returns what the state has at :code, where other chains keep the
// WebAssembly code of their rules. The rules of this one are part of the node, so
// there is no code: the marker only tells their versions, and changes with them,
// in the first block by new rules.
func CodeMarker() string {
	return SpecName + " native runtime, spec_version " + strconv.Itoa(SpecVersion) + ", transaction_version " + strconv.Itoa(TransactionVersion)
}

// maxBlockLength bounds the extrinsics of a block together, in bytes.
const maxBlockLength = 5 << 20

// maxBlockWeight bounds the time that a block takes by its weights, in
// picoseconds: a third of a slot, 2 s of 6 as on Polkadot.
func maxBlockWeight(s *frame.State) uint64 {
	const picoseconds = 1_000_000_000 // of a millisecond
	return uint64(babe.SlotDuration.Get(s)) * picoseconds / 3
}

// pallets is the one list of the pallets of the relay chain. An index is part
// of every call, event and error: never reuse one.
var pallets = frame.Pallets{
	{Index: 0, Pallet: system.Pallet},
	{Index: 2, Pallet: babe.Pallet},
	{Index: 3, Pallet: timestamp.Pallet},
	{Index: 5, Pallet: balances.Pallet},
	{Index: 6, Pallet: authorship.Pallet},
	{Index: 9, Pallet: session.Pallet},
	{Index: 11, Pallet: grandpa.Pallet},
	{Index: 26, Pallet: utility.Pallet},
	{Index: 29, Pallet: proxy.Pallet},
	{Index: 30, Pallet: multisig.Pallet},
	{Index: 32, Pallet: transactionpayment.Pallet},
	{Index: 51, Pallet: configuration.Pallet},
	{Index: 52, Pallet: shared.Pallet},
	{Index: 53, Pallet: inclusion.Pallet},
	{Index: inherentIndex, Pallet: inherent.Pallet},
	{Index: 55, Pallet: scheduler.Pallet},
	{Index: 56, Pallet: paras.Pallet},
	{Index: 57, Pallet: initializer.Pallet},
	{Index: 58, Pallet: dmp.Pallet},
	{Index: 60, Pallet: hrmp.Pallet},
	{Index: 61, Pallet: sessioninfo.Pallet},
	{Index: 255, Pallet: sudo.Pallet},
}

// inherentIndex is the index of the parachains inherent.
const inherentIndex = 54

// Pallets returns the list of the pallets of the relay chain.
func Pallets() frame.Pallets { return pallets }

// Crypto is what the rules need to check and compute with keys.
type Crypto interface {
	executive.Verifier
	// VRFBytes returns n bytes, bound to context, of a verified VRF output
	// over input, or nil if there is none.
	VRFBytes(public [32]byte, input crypto.VRFInput, preOutput [32]byte, context string, n int) []byte
}

// Runtime executes relay blocks. It is immutable and safe for concurrent use.
type Runtime struct {
	rules  executive.Runtime
	crypto Crypto
	each   trie.Each
}

// New returns the rules of the relay chain.
func New(crypto Crypto) *Runtime {
	r := &Runtime{crypto: crypto}
	checking := slices.Clone(pallets)
	for i := range checking {
		if checking[i].Index == inherentIndex {
			checking[i].Pallet = inherent.WithVerifier(crypto)
		}
	}
	r.rules = executive.Runtime{
		Pallets: checking, SpecVersion: SpecVersion, TransactionVersion: TransactionVersion,
		SpecName: SpecName, Code: CodeMarker(),
		MaxLength: maxBlockLength, MaxWeight: maxBlockWeight, EmptyWeight: emptyWeight, Verifier: crypto,
		OnInitialize: []executive.Hook{r.initializeSlot},
		OnFinalize:   []executive.Hook{adjustFees, timestamp.Finalize, babe.CheckTimestamp, initializer.Finalize},
	}
	return r
}

// WithEach returns the same rules, with the work on a block's state root divided by each,
// which may use several processors. Views must then be safe for concurrent reads.
func (r *Runtime) WithEach(each trie.Each) *Runtime {
	divided := *r
	divided.each = each
	return &divided
}

// emptyWeight returns what the block weighs besides its extrinsics: more if it ends a
// session, from whose block on the session of the relay chain is one ahead of that of
// parachains until the block ends.
func emptyWeight(s *frame.State) frame.Weight {
	weight := frame.Weight{RefTime: frame.BlockTime}
	if session.CurrentIndex.Get(s) != shared.CurrentSessionIndex.Get(s) {
		weight = weight.Add(endSessionWeight(len(session.Validators.Get(s)), len(scheduler.ClaimQueue.Get(s))))
	}
	return weight
}

// adjustFees sets the price of weight for the next block.
func adjustFees(c *frame.Context) error {
	transactionpayment.Adjust(c.State, executive.NormalShare(maxBlockWeight(c.State)))
	return nil
}

// initializeSlot reads the claim of the block, ends the session if its epoch is
// over, and notes author and VRF output under the authorities that then hold.
func (r *Runtime) initializeSlot(c *frame.Context) error {
	claim, err := babe.Initialize(c)
	if err != nil {
		return err
	}
	if babe.ShouldEndEpoch(c) {
		EndSession(c)
	}
	index, _ := claim.Author()
	validators := session.Validators.Get(c.State)
	if int(index) >= len(validators) {
		return babe.ErrAuthority
	}
	authorship.Author.Put(c.State, validators[index])
	return babe.NoteVRF(c, claim, r.vrf)
}

func (r *Runtime) vrf(public primitives.SR25519Public, randomness [32]byte, slot primitives.Slot, epoch primitives.Epoch, preOutput [32]byte, context string, n int) []byte {
	return r.crypto.VRFBytes(public, crypto.VRFInput{Randomness: randomness, Slot: uint64(slot), Epoch: uint64(epoch)}, preOutput, context, n)
}
