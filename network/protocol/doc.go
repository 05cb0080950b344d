// Package protocol names what Rampart nodes say to each other: the ids of
// request protocols and gossip topics, the limits of each, and the handshake
// that two nodes exchange before anything else.
//
// It decides whether two nodes may talk ([Check]) and how large and how slow a
// message may be. It does not send anything: network/request enforces [Limits],
// network/gossip enforces [TopicLimits], network/host performs the handshake.
//
// Inputs are the genesis hash and the slot duration of a chain; outputs are
// strings, limits and verdicts.
//
// The formats are Rampart's own (no Polkadot node speaks them), SCALE encoded
// and versioned by the last component of each id.
package protocol
