// Package plan decides whom to ask for what to recover the data of one candidate.
//
//	New: how many validators, who backed, what is held already
//	Begin → AskChunk, AskData
//	Chunk, Data, Absent, Failed, Lied → further asks, Drop, Blame
//	enough → Assemble from chunks, or Accept the data of a backer
//	deadline → GiveUp
//
// Data that is known to be small is asked of the backers, one after the other, in
// random order. Otherwise, and if no backer has it, chunks are asked of all
// validators in random order, only as many at once as are missing; one that does
// not answer soon is not waited for, another is asked meanwhile. When all were
// asked and chunks are missing still, backers are asked for the data whatever its
// size; then, after a pause, everybody once more, until the deadline. Who lied is
// not asked again.
//
// It sees no network and no data; availability/recovery does what the effects say,
// and judges what was recovered.
//
// Source: Polkadot parachain implementers' guide, availability recovery.
package plan
