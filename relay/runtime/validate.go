package runtime

import (
	"fmt"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Validate checks an extrinsic that is to be in a block after parent; state is
// the state after parent and is left as it was. See executive.Runtime.Validate;
// an error that is ErrView says nothing of the extrinsic.
func (r *Runtime) Validate(state *frame.State, parent primitives.Header, extrinsic primitives.Extrinsic) (executive.Validity, error) {
	validity, err := r.rules.Validate(state, parent, extrinsic)
	if state.Err() != nil {
		return executive.Validity{}, fmt.Errorf("%w: %w", ErrView, state.Err())
	}
	return validity, err
}

// Try applies an extrinsic as the first of a block after parent, before which
// pallets did nothing. See executive.Runtime.Try; an error that is ErrView says
// nothing of the extrinsic.
func (r *Runtime) Try(state *frame.State, parent primitives.Header, extrinsic primitives.Extrinsic) (frame.DispatchError, error) {
	failure, err := r.rules.Try(state, parent, extrinsic)
	if state.Err() != nil {
		return nil, fmt.Errorf("%w: %w", ErrView, state.Err())
	}
	return failure, err
}
