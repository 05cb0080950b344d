package transactions

import "github.com/rampart-chain/rampart/relay/primitives"

// Message is what neighbors tell each other of their pools, beside gossip.
//
//frame:enum
type Message interface{ message() }

// Summary is what the sender has; see txpool.Summary. The receiver sends what is
// not in it.
//
//frame:variant Message 0
type Summary struct{ IDs []uint64 }

// Lacked is an extrinsic that the receiver lacks.
//
//frame:variant Message 1
type Lacked struct{ Extrinsic primitives.Extrinsic }

func (Summary) message() {}
func (Lacked) message()  {}
