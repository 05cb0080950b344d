// Package wire is what nodes say to each other about the data of candidates:
// requests for an erasure chunk, for the whole available data and for the proof
// of validity, and the answers.
//
// Every message is SCALE and begins with a byte that is 1, the version of these
// formats. An answer is an Option: None says that the peer does not hold what was
// asked for, which blames nobody. [Chunk] and [Data] also say whether an answer is
// what the candidate's erasure root commits to. Sizes are bounded by
// network/protocol before a message gets here.
//
//	bytes of a peer, erasure root → chunk or data, or a Reason that blames the peer
//
// It sends nothing; availability/distribution and availability/recovery do.
package wire

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen
