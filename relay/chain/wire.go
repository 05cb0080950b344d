package chain

import "github.com/rampart-chain/rampart/relay/primitives"

// Announcement is what nodes gossip about a new block: all of it while it is
// small, else the header, and whoever wants the block fetches it.
//
//frame:enum
type Announcement interface {
	// Head returns the header of the block announced.
	Head() primitives.Header
}

// AnnouncedHeader is a block too large to be gossiped.
//
//frame:variant Announcement 0
type AnnouncedHeader struct{ Header primitives.Header }

// AnnouncedBlock is a whole block.
//
//frame:variant Announcement 1
type AnnouncedBlock struct{ Block primitives.Block }

// Head implements Announcement.
func (a AnnouncedHeader) Head() primitives.Header { return a.Header }

// Head implements Announcement.
func (a AnnouncedBlock) Head() primitives.Header { return a.Block.Header }

// maxAnnounced bounds a whole block in an announcement, in bytes.
const maxAnnounced = 512 << 10

// Announce returns the announcement of block, encoded.
func Announce(block primitives.Block) []byte {
	whole := AppendAnnouncement(nil, AnnouncedBlock{Block: block})
	if len(whole) <= maxAnnounced {
		return whole
	}
	return AppendAnnouncement(nil, AnnouncedHeader{Header: block.Header})
}

// StoredBlock is a block as nodes fetch it from each other: with the proof of
// its finality if the sender keeps one.
//
//frame:codec
type StoredBlock struct {
	Block         primitives.Block
	Justification *primitives.Justification
}
