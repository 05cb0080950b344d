// Package runtime is the rules of the relay chain: the one list of its pallets,
// the order in which they see a block, and what happens when a session ends.
//
// It executes blocks on a view of the state and returns what changed. It keeps
// nothing itself, knows no clock and no disk, and trusts that the claim and the
// seal of a block were verified before (package relay/babe).
package runtime
