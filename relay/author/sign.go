package author

import (
	"errors"

	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/relay/babe"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/signer"
)

// errRefused says that the guard does not allow a signature: the slot stays
// empty, and the node goes on.
var errRefused = errors.New("guard refused")

// evaluate has the signer evaluate the VRF of a slot.
func (a *Author) evaluate(e babe.EvaluateVRF) (babe.VRFEvaluated, error) {
	answer := babe.VRFEvaluated{Key: e.Key, Slot: e.Slot}
	var err error
	answer.VRF, answer.Ticket, err = a.config.Signer.EvaluateVRF(e.Key, e.Input)
	if errors.Is(err, signer.ErrFatal) {
		return answer, err
	}
	if err != nil {
		a.config.Logger.Warn("VRF not evaluated", zap.NamedError("reason", err))
		answer.Refused = true
	}
	return answer, nil
}

// seal has the signer sign the header of a claimed slot. An error that is not
// errRefused means that nothing can be signed any more.
func (a *Author) seal(claim babe.ClaimSlot, preHash primitives.Hash) (primitives.Signature, error) {
	signature, err := a.config.Signer.SignBABESeal(claim.Key, claim.Slot, preHash)
	if err != nil && !errors.Is(err, signer.ErrFatal) {
		return signature, errors.Join(errRefused, err)
	}
	return signature, err
}
