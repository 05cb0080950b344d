package executive

import (
	"bytes"
	"math"
	"strconv"

	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/trie"
)

// Verifier checks the signatures of extrinsics; see crypto.Signatures.
type Verifier interface {
	Sr25519(public [32]byte, message []byte, signature [64]byte) bool
	Ed25519(public [32]byte, message []byte, signature [64]byte) bool
	Sr25519Batch(entries []crypto.Signed) []bool
}

// Hook is called by the runtime at a fixed moment of every block. An error
// means that the block is invalid.
type Hook func(c *frame.Context) error

// Runtime is the rules of a chain.
type Runtime struct {
	Pallets frame.Pallets
	// SpecVersion changes with every change of the rules;
	// TransactionVersion when encoded calls change their meaning.
	SpecVersion        uint32
	TransactionVersion uint32
	// SpecName and Code are what the state says of the rules; see
	// system.Upgrade. It says nothing if SpecName is empty.
	SpecName, Code string
	// OnInitialize and OnFinalize are called in order, before the first and
	// after the last extrinsic.
	OnInitialize []Hook
	OnFinalize   []Hook
	// MaxLength bounds the extrinsics of a block together, in bytes with their
	// length prefixes; signed ones of class normal may use three quarters of it.
	MaxLength int
	// MaxWeight gives the bound of the time that a block takes by its weights, in
	// picoseconds: no signed extrinsic makes it take longer, and none of class
	// normal longer than NormalShare of it. An inherent has no bound here: what
	// it may do, its pallet bounds. Nil means no bound: then something else must
	// bound execution.
	MaxWeight func(s *frame.State) uint64
	// EmptyWeight gives what the block weighs without extrinsics, once OnInitialize
	// was called: the beginning of a block counts before its first extrinsic. Nil
	// means nothing.
	EmptyWeight func(s *frame.State) frame.Weight
	Verifier    Verifier
}

// Execution is a block being made or checked.
type Execution struct {
	runtime *Runtime
	context *frame.Context
	index   uint32
	signed  bool // an extrinsic that is no inherent was applied
	// length and weights are what the extrinsics so far used.
	length               uint64
	weights              system.ConsumedWeight
	maxLength, maxWeight uint64
}

// Begin starts the block after parent on the state that parent left. digest is
// what the author puts in front: the pre-runtime items.
func (r *Runtime) Begin(state *frame.State, parent primitives.Header, digest primitives.Digest) (*Execution, error) {
	c := &frame.Context{
		State: state, Pallets: r.Pallets, Number: parent.Number + 1, ParentHash: parent.Hash(),
		Digest: append(primitives.Digest(nil), digest...), Phase: frame.Initialization{},
	}
	system.Initialize(c)
	if r.SpecName != "" && system.Upgrade(state, r.SpecName, r.SpecVersion, r.Code) {
		c.DepositLog(primitives.RuntimeEnvironmentUpdated{})
	}
	for _, hook := range r.OnInitialize {
		if err := hook(c); err != nil {
			return nil, fault{"initialization", err}
		}
	}
	return r.execution(c), state.Err()
}

// execution returns the Execution of the empty block of c.
func (r *Runtime) execution(c *frame.Context) *Execution {
	x := &Execution{runtime: r, context: c, maxLength: uint64(r.MaxLength), maxWeight: math.MaxUint64}
	if r.MaxWeight != nil {
		x.maxWeight = r.MaxWeight(c.State)
	}
	if r.EmptyWeight != nil {
		x.weights.Add(frame.Mandatory, r.EmptyWeight(c.State))
	}
	return x
}

// Context returns the context of the block, for queries between extrinsics.
func (x *Execution) Context() *frame.Context { return x.context }

// End finishes the block and returns its digest without the seal.
func (x *Execution) End() (primitives.Digest, error) {
	c := x.context
	c.Phase = frame.Finalization{}
	system.BlockWeight.Put(c.State, x.weights)
	for _, hook := range x.runtime.OnFinalize {
		if err := hook(c); err != nil {
			return nil, fault{"finalization", err}
		}
	}
	system.Finalize(c)
	return c.Digest, c.State.Err()
}

// Execute checks block, whose header carries no seal, against the state that
// parent left: state holds the outcome afterwards. The state root is the
// caller's to compare. It returns a Reason or an InvalidTransaction, wrapped, if
// the block is invalid, and a fault of the state's backend as it is.
func (r *Runtime) Execute(state *frame.State, parent primitives.Header, block primitives.Block) error {
	header := block.Header
	if header.ParentHash != parent.Hash() {
		return ErrParent
	}
	if header.Number != parent.Number+1 {
		return ErrNumber
	}
	if ExtrinsicsRoot(block.Extrinsics) != header.ExtrinsicsRoot {
		return ErrExtrinsicsRoot
	}
	x, err := r.Begin(state, parent, preRuntime(header.Digest))
	if err != nil {
		return err
	}
	var good []bool // of the extrinsics from the last multiple of aheadSize on
	for i, extrinsic := range block.Extrinsics {
		if i%aheadSize == 0 {
			good = r.verifyAhead(x.context, block.Extrinsics[i:min(i+aheadSize, len(block.Extrinsics))])
		}
		if err := x.apply(extrinsic, good[i%aheadSize]); err != nil {
			return fault{"extrinsic " + strconv.Itoa(i), err}
		}
	}
	digest, err := x.End()
	if err != nil {
		return err
	}
	if !bytes.Equal(encodeDigest(digest), encodeDigest(header.Digest)) {
		return ErrDigest
	}
	return nil
}

// preRuntime returns the items that the author put in front.
func preRuntime(digest primitives.Digest) primitives.Digest {
	n := 0
	for n < len(digest) {
		if _, ok := digest[n].(primitives.PreRuntime); !ok {
			break
		}
		n++
	}
	return digest[:n]
}

func encodeDigest(digest primitives.Digest) []byte {
	return primitives.Header{Digest: digest}.AppendSCALE(nil)
}

// ExtrinsicsRoot returns the root, in the version 0 layout, of the trie that
// maps compact indices to extrinsics with their length prefix.
func ExtrinsicsRoot(extrinsics []primitives.Extrinsic) primitives.Hash {
	items := make([][]byte, len(extrinsics))
	for i, x := range extrinsics {
		items[i] = appendExtrinsic(make([]byte, 0, len(x)+4), x)
	}
	return primitives.Hash(trie.OrderedRoot(trie.V0, items))
}
