// Package authorship is the pallet that says who made the present block.
//
//frame:pallet Authorship
package authorship

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen

import "github.com/rampart-chain/rampart/relay/primitives"

// storage of the pallet.
//
//frame:storage
type storage struct {
	// Author is the account of the author of the present block, absent if it
	// has none (genesis).
	Author primitives.AccountID `frame:"optional"`
}
