// Package babe decides who may author a block in which slot: it claims slots
// for our own keys, verifies the claims in headers of others, keeps the epochs
// of every fork apart and collects proofs of authorities that made two blocks in
// one slot.
//
// It does not sign, evaluate VRFs with secret keys, build or execute blocks,
// choose between forks (package forkchoice) or make randomness (the pallet
// does). Time comes in as an argument.
//
//	imported header                → Epochs.Import   → epochs of its descendants
//	header, View of its parent     → Verify          → Verified or a Reason
//	Verified header                → Detector        → EquivocationProof
//	Wake, Best, Keys, Syncing, VRFEvaluated → Core.Step → EvaluateVRF, ClaimSlot
//
// A header is checked and taken in:
//
//	view, ok := epochs.At(header.ParentHash)
//	verified, err := babe.Verify(verifier, header, view, babe.SlotAt(now, slotDuration))
//	if err == babe.ErrFuture { /* keep it until its slot comes */ }
//	if proof, found := detector.Observe(header, verified); found { /* report */ }
//	// after execution:
//	err = epochs.Import(header)
//
// A slot is claimed in two steps, because only the signer holds keys: the core
// asks for a VRF evaluation of each own authority and compares the answer with
// the threshold.
//
// Source: Polkadot specification, "Block production".
package babe

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen
