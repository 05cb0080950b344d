// Package signer is the only place that holds secret session keys, and the only
// one that signs with them. It signs typed messages, never bytes, and never two
// that contradict each other: neither after a crash, a power loss or a clock
// that went back, nor with two processes on one directory.
//
// It does not decide what to sign; the cores do. Of another machine with the same
// keys it learns from what is heard of that one (HeardSeal and the like).
//
//	Keystore            key files in Substrate's format, or keys in memory
//	OpenDir             the directory of the guards, locked for this process
//	Open                → Signer
//	Generate, Insert, Reload  keys that come while others sign
//	SignBABESeal, SignGRANDPA, SignBacking, SignBitfield → signature or a Reason
//	EvaluateVRF         needs no guard: a VRF has one output
//	SignAuthorityRecord needs no guard: the later record counts
//	HeardSeal, HeardVote, HeardStatement, HeardBitfield
//	                    signature of an own key from the network → ErrForeign
//
// # Guard
//
// Each key that signs has a guard: an append-only file of what it signed,
// outside the database. A signature leaves this package only after its record
// was written and fsynced:
//
//	check the rule → sign → write record with signature → fsync → return
//
// The record holds the signature, because the same message must not be signed
// twice either: sr25519 signatures are randomized, and one BABE header under two
// seals is two blocks. Who asks for the same message again, also after a
// restart, gets the stored signature.
//
//	kind      rule
//	BABE      slot strictly increasing
//	GRANDPA   (set, round) does not decrease; in one round one message per kind
//	backing   one statement per candidate; at most N Seconded per relay parent;
//	          sessions before the last one are closed
//	bitfield  one per relay parent; sessions before the last one are closed
//
// When a guard is opened it is written again, to a new file, so that only what is
// certainly durable counts. A torn last record is dropped then: its signature
// was never returned. Any other damage is ErrCorrupt. If a guard is missing or
// corrupt beside chain data, it is unknown what was signed, and the key waits:
// BABE for the next slot, GRANDPA for the next set, backing and bitfields for
// the next session ([ChainState]). A record of a kind this version does not know
// refuses to open, as ErrNewer. There is no switch that turns the guard off.
//
// A write or fsync that fails is ErrFatal; from then on every request is
// refused, because it is unknown what reached the disk. The process must end.
package signer

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen
