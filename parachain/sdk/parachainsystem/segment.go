package parachainsystem

import (
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// unincluded returns the segment of unincluded ancestors of a child of parent,
// once the included head is known: the relay chain counts what the ancestors up
// to it sent, and nothing of what those after it did.
//
// Source: polkadot-sdk cumulus/pallets/parachain-system, UnincludedSegment.
func unincluded(s *frame.State, parent, included primitives.Hash) ([]Ancestor, error) {
	if included == parent {
		return nil, nil
	}
	segment := UnincludedSegment.Get(s)
	if len(segment) == 0 {
		return nil, ErrIncludedHead
	}
	segment[len(segment)-1].Head = parent
	if included == RelayParent.Get(s).IncludedHead {
		return segment, nil
	}
	for i := range segment {
		if segment[i].Head == included {
			return segment[i+1:], nil
		}
	}
	return nil, ErrIncludedHead
}

// extend adds the present block, which sends these messages, to the segment.
func extend(s *frame.State, upward []primitives.UpwardMessage, horizontal []primitives.OutboundHRMPMessage) error {
	own := Ancestor{DownwardProcessed: ProcessedDownwardMessages.Get(s), UpwardCount: uint32(len(upward))}
	for _, m := range upward {
		own.UpwardSize += uint32(len(m))
	}
	for _, m := range horizontal {
		own.Horizontal = append(own.Horizontal, Sent{Recipient: m.Recipient, Size: uint32(len(m.Data))})
	}
	segment := append(UnincludedSegment.Get(s), own)
	if len(segment) > MaxUnincluded {
		return ErrUnincluded
	}
	UnincludedSegment.Put(s, segment)
	return nil
}

// MaxUnincluded bounds the blocks that wait for their inclusion; relay chains
// allow far fewer.
const MaxUnincluded = 64

// upwardUsed returns what the ancestors in segment sent upward.
func upwardUsed(segment []Ancestor) (count, size uint64) {
	for _, a := range segment {
		count += uint64(a.UpwardCount)
		size += uint64(a.UpwardSize)
	}
	return count, size
}

// channelUsed returns what the ancestors in segment sent to recipient.
func channelUsed(segment []Ancestor, recipient primitives.ParaID) (count, size uint64) {
	for _, a := range segment {
		for _, sent := range a.Horizontal {
			if sent.Recipient == recipient {
				count++
				size += uint64(sent.Size)
			}
		}
	}
	return count, size
}
