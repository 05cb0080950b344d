package node

import (
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/relay/failpoint"
)

// points are before and behind the sending of a message; nil for a message
// without points.
type points []failpoint.Point

const (
	toSend = iota
	sent
)

func (p points) reach(i int) {
	if p != nil {
		failpoint.Here(p[i])
	}
}

var (
	blockPoints     = points{failpoint.SendBlockBefore, failpoint.SendBlockAfter}
	votePoints      = points{failpoint.SendVoteBefore, failpoint.SendVoteAfter}
	statementPoints = points{failpoint.SendStatementBefore, failpoint.SendStatementAfter}
	bitfieldPoints  = points{failpoint.SendBitfieldBefore, failpoint.SendBitfieldAfter}
	authorityPoints = points{failpoint.SendAuthorityBefore, failpoint.SendAuthorityAfter}
	pullPoints      = points{failpoint.SendPullBefore, failpoint.SendPullAfter}
)

func pointsOf(topic protocol.Topic) points {
	switch topic {
	case protocol.BlockAnnounce:
		return blockPoints
	case protocol.GRANDPA:
		return votePoints
	case protocol.Statements:
		return statementPoints
	case protocol.Bitfields:
		return bitfieldPoints
	case protocol.Authorities:
		return authorityPoints
	}
	return nil
}
