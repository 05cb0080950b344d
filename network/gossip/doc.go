// Package gossip spreads messages to all nodes of a chain, over gossipsub.
//
// It decides what is forwarded: a message within the size limit of its topic that
// the topic's validator accepts. Messages carry their own signatures where they
// need one, so gossipsub adds none; a message is known by the BLAKE2b-256 hash of
// topic and data.
//
// It is the fast path only. A message is remembered for two minutes and within
// them neither validated nor forwarded again, even when it was ignored the first
// time; a node that joins late never sees it. Whoever needs a message after all
// pulls it from a neighbor.
//
// Inputs are [Gossip.Publish] from inside and messages of peers; outputs are
// calls of each topic's Handle, one after another, and reports of peers whose
// messages were rejected. Full queues drop and count: towards a peer, before
// validation, before a handler.
//
// Source of the protocol: libp2p specs, pubsub/gossipsub v1.1 and v1.2.
package gossip
