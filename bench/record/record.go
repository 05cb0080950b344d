// Package record has the two types that the codec is measured with: a record
// of twelve fields, shaped like a candidate descriptor with its collator's
// signature, and a transaction of 76 bytes.
package record

import "github.com/rampart-chain/rampart/relay/scale"

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen

// Record has seven fields of 32 bytes, one of 64, three integers and bytes.
//
//frame:codec
type Record struct {
	Para        uint32
	RelayParent [32]byte
	Collator    [32]byte
	Data        [32]byte
	PoV         [32]byte
	Erasure     [32]byte
	Signature   [64]byte
	Head        [32]byte
	Code        [32]byte
	Number      uint32
	Session     uint64
	Payload     []byte
}

// Transfer is 76 bytes.
//
//frame:codec
type Transfer struct {
	From, To [32]byte
	Amount   uint64
	Nonce    uint32
}

// Transfers is a list as a block body has it.
//
//frame:codec
type Transfers []Transfer

var (
	_ scale.Unmarshaler = (*Record)(nil)
	_ scale.Unmarshaler = (*Transfers)(nil)
)
