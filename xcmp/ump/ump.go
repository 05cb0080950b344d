// Package ump is the rules of upward messages, from a parachain to the relay
// chain.
//
// The upward messages of a candidate are, in this order: messages to execute,
// then, if there are signals, one empty message and at most one signal of each
// kind. Signals tell the relay chain about the candidate itself and are not
// queued.
//
// How much a para may still send stands in the state under a well-known key,
// which paras read by proof. The relay chain executes no upward messages: that
// room is 0 for every para, and a candidate with messages to execute is refused
// for ErrNoRoom.
//
// Source: polkadot-sdk primitives/src/v9, runtime/parachains/src/inclusion.
package ump

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen

import (
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// Reason says why the upward messages of a candidate were refused.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons.
const (
	ErrSignal       = Reason("upward signal does not decode")
	ErrSignals      = Reason("more than one upward signal of a kind")
	ErrMessageCount = Reason("more upward messages than a candidate may have")
	ErrMessageSize  = Reason("upward message is too large")
	ErrNoRoom       = Reason("relay chain has no room for upward messages of the para")
)

// Signal tells the relay chain about the candidate that carries it.
//
//frame:enum
//frame:path polkadot_primitives::v9::UMPSignal
type Signal interface{ signal() }

// SelectCore says which core the candidate is for: of the cores that are the
// para's ClaimQueueOffset blocks ahead, by index ascending, that at CoreSelector
// modulo their number.
//
//frame:variant Signal 0
type SelectCore struct {
	CoreSelector     uint8
	ClaimQueueOffset uint8
}

// ApprovedPeer names the network peer of the collator who deserves the credit.
//
//frame:variant Signal 1
type ApprovedPeer struct {
	Peer []byte `scale:"max=64"`
}

func (SelectCore) signal()   {}
func (ApprovedPeer) signal() {}

// Signals are the signals of a candidate; nil where there is none.
type Signals struct {
	SelectCore   *SelectCore
	ApprovedPeer *ApprovedPeer
}

// Split parts the upward messages of a candidate into those to execute, which
// share memory with them, and the signals.
func Split(messages []primitives.UpwardMessage) ([]primitives.UpwardMessage, Signals, error) {
	end := 0
	for end < len(messages) && len(messages[end]) > 0 {
		end++
	}
	var signals Signals
	for i := end + 1; i < len(messages); i++ {
		d := scale.NewDecoder(messages[i])
		signal := DecodeSignal(d)
		if d.Finish() != nil {
			return nil, Signals{}, ErrSignal
		}
		switch signal := signal.(type) {
		case SelectCore:
			if signals.SelectCore != nil {
				return nil, Signals{}, ErrSignals
			}
			signals.SelectCore = &signal
		case ApprovedPeer:
			if signals.ApprovedPeer != nil {
				return nil, Signals{}, ErrSignals
			}
			signals.ApprovedPeer = &signal
		}
	}
	return messages[:end], signals, nil
}

// Capacity is how much a para may still send, in messages and in bytes.
//
//frame:codec
type Capacity struct {
	Count uint32
	Size  uint32
}

// CapacityKey returns the well-known key of the Capacity of para.
//
// Source: polkadot-sdk primitives/src/v8, well_known_keys.
func CapacityKey(para primitives.ParaID) []byte {
	return scale.AppendU32([]byte(":relay_dispatch_queue_remaining_capacity"), uint32(para))
}

// Remaining returns the Capacity of para: none if nothing is known of it.
func Remaining(s *frame.State, para primitives.ParaID) Capacity {
	var c Capacity
	if raw := s.Get(CapacityKey(para)); raw != nil {
		if err := scale.Unmarshal(raw, &c); err != nil {
			panic("upward capacity does not decode: " + err.Error())
		}
	}
	return c
}

// Genesis lets para know that it can send nothing.
func Genesis(s *frame.State, para primitives.ParaID) {
	s.Put(CapacityKey(para), Capacity{}.AppendSCALE(nil))
}

// Check returns the Reason for which messages, without signals, cannot be the
// upward messages of a candidate whose para has room left.
func Check(messages []primitives.UpwardMessage, room Capacity, maxSize, maxCount uint32) error {
	if uint64(len(messages)) > uint64(maxCount) {
		return ErrMessageCount
	}
	total := uint64(0)
	for _, m := range messages {
		if uint64(len(m)) > uint64(maxSize) {
			return ErrMessageSize
		}
		total += uint64(len(m))
	}
	if uint64(len(messages)) > uint64(room.Count) || total > uint64(room.Size) {
		return ErrNoRoom
	}
	return nil
}
