// Package relaystate reads what a parachain needs to know from the state of the
// relay chain at the relay parent: the slot, the para's included head, its
// message queues and its limits.
//
// It reads through a trie.Source, so that one function serves both sides. The
// collator reads from a view of the relay chain with a trie.Recorder between,
// and what the recorder saw is the proof. The validation function reads from that
// proof, checks it against the storage root that the relay chain gave it, and
// refuses a proof that has a node too many or too few.
//
//	Source, storage root, para → State, or a Reason, or an error of the Source
//
// Values are read as far as they are needed: fields that the relay chain appends
// later change nothing here.
//
// Source: polkadot-sdk cumulus/pallets/parachain-system/src/relay_state_snapshot.rs.
package relaystate
