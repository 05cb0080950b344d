// Package book decides which peer is which validator, from records that
// validators sign with their authority-discovery keys.
//
//	Expect: keys of the present and the next session → whose records count
//	Add: Signed record → Accept, Ignore or Reject, with the Reason
//	Digest, List, Missing: what two nodes tell each other to have the same records
//
// Of each key the record with the highest sequence counts. A record is signed by
// the key of the authority and by the key of the node it names, so that nobody can
// pass off another's node as his. Records of other keys, older ones, and those from
// the future are no use, but blame nobody: nodes disagree for a moment about
// sessions and clocks.
//
// It does not know how records travel, nor what addresses mean; network/discovery
// does.
//
// Source: polkadot-sdk client/authority-discovery.
package book

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen
