// Package discovery knows which peer is which validator.
//
// Every validator signs a record (authority-discovery key, node, addresses, time)
// and gossips it; which records count is decided by network/discovery/book. This
// package makes the own records, tells neighbors once per slot and new peers at
// once what it has, so that who was away catches up, and has the host keep
// connections to all validators.
//
//	Session: authority-discovery keys of the present and the next session
//	Announced, Receive: messages of peers → verdict
//	Peer, Authority: look-ups
//	→ Config.Publish, Config.Send, Config.Reserve
//
// A validator that starts again with another node key is found again as soon as its
// new record is there: it is newer. Should this node's clock have gone back, its
// next record is later than the one that others have.
//
// Source: polkadot-sdk client/authority-discovery.
package discovery
