package babe

import (
	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Event is an input of Core.Step: Wake, Best, Keys, Syncing or VRFEvaluated.
type Event interface{ event() }

// Wake says that the time asked for by Core.Next has come.
type Wake struct{}

// Best says on which block to build.
type Best struct{ View View }

// Keys replaces the sr25519 keys that the signer holds for BABE.
type Keys struct{ Keys []primitives.SR25519Public }

// Syncing says whether the node is still behind the chain. While it is, no slot
// is claimed. A Core starts as syncing.
type Syncing struct{ On bool }

// VRFEvaluated answers EvaluateVRF. Ticket is made of the output for
// vrf.ContextBabe. Refused says that the signer gave no
// answer; the key then does not claim the slot.
type VRFEvaluated struct {
	Key     primitives.SR25519Public
	Slot    primitives.Slot
	VRF     primitives.VRFSignature
	Ticket  [TicketSize]byte
	Refused bool
}

func (Wake) event()         {}
func (Best) event()         {}
func (Keys) event()         {}
func (Syncing) event()      {}
func (VRFEvaluated) event() {}

// Effect is an output of Core.Step: EvaluateVRF or ClaimSlot.
type Effect interface{ effect() }

// EvaluateVRF asks the signer to evaluate and prove the VRF of a slot with one
// of its keys; the answer is VRFEvaluated.
type EvaluateVRF struct {
	Key   primitives.SR25519Public
	Slot  primitives.Slot
	Input crypto.VRFInput
}

// ClaimSlot says that Key authors Slot with Claim as pre-digest, on Parent.
type ClaimSlot struct {
	Parent primitives.BlockID
	Slot   primitives.Slot
	Epoch  primitives.Epoch
	Claim  primitives.BABEPreDigest
	Key    primitives.SR25519Public
}

func (EvaluateVRF) effect() {}
func (ClaimSlot) effect()   {}
