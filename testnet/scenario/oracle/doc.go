// Package oracle is a toy parachain whose validation function is a few lines of
// Go: a counter, and a log of the messages that went through its HRMP channels.
// Collators of a simulation build its blocks, validators ask [Validate] in place
// of executing WebAssembly, and observers know what every candidate leads to.
//
//	Parent head, Block, state after the relay parent → head, commitments or a Reason
//
// A block takes all messages that were sent to the chain up to its watermark, in
// order. The head keeps, for each channel, how many messages were taken and the
// head of the message queue chain of them, so that a message left out, added,
// changed or moved shows. In place of a proof of relay storage it is given the
// state itself.
package oracle

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen
