// Package vrf is the verifiable random function of BABE and of approval
// assignments: schnorrkel's VRF over Ristretto255, in the mode that Kusama and
// Polkadot fixed (the public key enters the proof's transcript late).
//
// It decides whether a pre-output is the one that a key gives for a transcript,
// and turns it into bytes. It knows no threshold, slot or core.
//
//	secret key, Transcript           → Evaluate → InOut → PreOutput, MakeBytes
//	secret key, InOut, extra         → Prove    → proof
//	public key, Transcript, pre-output, proof → Verify → InOut
//
// The input point is the hash of the transcript and the public key; the
// pre-output is secret·input; the proof c ‖ s shows that both have the same
// logarithm. Transcript is plain data, in every build; the rest is absent in a
// guest (GOOS=wasip1).
//
// Source: schnorrkel 0.11 src/vrf.rs; sp-consensus-babe.
package vrf
