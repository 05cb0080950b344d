package subsystem

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rampart-chain/rampart/availability/chunk"
	"github.com/rampart-chain/rampart/parachain/backing"
	"github.com/rampart-chain/rampart/parachain/pvf"
	"github.com/rampart-chain/rampart/parachain/worker"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// Reason says why a candidate is invalid. Whoever made it is at fault.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons for which a candidate is invalid, besides those of parachain/pvf and
// parachain/backing.
const (
	ErrValidationData = Reason("persisted validation data differ from the descriptor's hash")
	ErrPoVHash        = Reason("proof of validity differs from the descriptor's hash")
	ErrPoVSize        = Reason("proof of validity is larger than the chain may have")
	ErrResult         = Reason("validation function returned something else than a result")
	ErrHead           = Reason("head differs from the descriptor's hash")
)

// errCode says that this node does not have the validation function that a
// candidate names. It is no verdict.
var errCode = errors.New("validation code is not known here")

// backingDeadline is how long a validation function may run before this node
// gives up on a candidate. That says nothing about the candidate: no vote
// follows from it.
const backingDeadline = 2 * time.Second

// invalid reports whether err says that the candidate is at fault. Any other
// error is this machine's, and no verdict.
func invalid(err error) bool {
	var reason Reason
	return errors.As(err, &reason) || pvf.IsInvalid(err)
}

// validate executes a candidate and returns what backing must know of it.
func validate(ctx context.Context, pool *worker.Pool, v backing.Validate, code func() ([]byte, error)) backing.Validated {
	out := backing.Validated{Candidate: v.Candidate}
	out.Commitments, out.ErasureRoot, out.Reason = execute(ctx, pool, v, code)
	switch {
	case out.Reason == nil:
		out.Outcome = backing.Executed
	case invalid(out.Reason):
		out.Outcome = backing.Invalid
	}
	return out
}

// validity returns what out is to Polkadot's metrics.
func validity(out backing.Validated) string {
	switch {
	case out.Outcome == backing.Executed:
		return validityValid
	case out.Outcome == backing.Invalid:
		return validityInvalid
	}
	return validityFailure
}

func execute(ctx context.Context, pool *worker.Pool, v backing.Validate, code func() ([]byte, error)) (primitives.CandidateCommitments, primitives.Hash, error) {
	none := primitives.CandidateCommitments{}
	descriptor := v.Receipt.Descriptor
	pov := v.PoV.AppendSCALE(nil)
	switch {
	case v.ValidationData.Hash() != descriptor.PersistedValidationDataHash:
		return none, primitives.Hash{}, ErrValidationData
	case primitives.Blake2b256(pov) != descriptor.PoVHash:
		return none, primitives.Hash{}, ErrPoVHash
	case uint64(len(pov)) > uint64(v.ValidationData.MaxPoVSize):
		return none, primitives.Hash{}, ErrPoVSize
	}
	params := primitives.ValidationParams{
		ParentHead: v.ValidationData.ParentHead, BlockData: v.PoV.BlockData,
		RelayParentNumber: v.ValidationData.RelayParentNumber, RelayParentStorageRoot: v.ValidationData.RelayParentStorageRoot,
	}
	raw, err := pool.Execute(ctx, descriptor.ValidationCodeHash, code, params.AppendSCALE(nil), backingDeadline)
	if err != nil {
		return none, primitives.Hash{}, fmt.Errorf("validation function: %w", err)
	}
	var result primitives.ValidationResult
	if err := scale.Unmarshal(raw, &result); err != nil {
		return none, primitives.Hash{}, fmt.Errorf("%w: %w", ErrResult, err)
	}
	if result.HeadData.Hash() != descriptor.ParaHead {
		return none, primitives.Hash{}, ErrHead
	}
	available := primitives.AvailableData{PoV: v.PoV, ValidationData: v.ValidationData}
	root, _, err := chunk.Encode(available.AppendSCALE(nil), v.Validators)
	if err != nil {
		return none, primitives.Hash{}, fmt.Errorf("chunks: %w", err)
	}
	return result.Commitments(), root, nil
}
