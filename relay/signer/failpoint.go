package signer

import "github.com/rampart-chain/rampart/relay/failpoint"

// points are where a record is about to be written, about to be synced, and
// durable but not answered; nil for a record without points.
type points []failpoint.Point

// What is about to happen at each of the points of a record.
const (
	toWrite = iota
	toSync
	toAnswer
)

func (p points) reach(next int) {
	if p != nil {
		failpoint.Here(p[next])
	}
}

var (
	sealPoints      = points{failpoint.GuardSealWrite, failpoint.GuardSealSync, failpoint.GuardSealAnswer}
	votePoints      = points{failpoint.GuardVoteWrite, failpoint.GuardVoteSync, failpoint.GuardVoteAnswer}
	statementPoints = points{failpoint.GuardStatementWrite, failpoint.GuardStatementSync, failpoint.GuardStatementAnswer}
	bitfieldPoints  = points{failpoint.GuardBitfieldWrite, failpoint.GuardBitfieldSync, failpoint.GuardBitfieldAnswer}
)

func pointsOf(r Record) points {
	switch r.(type) {
	case SealedBlock:
		return sealPoints
	case CastVote:
		return votePoints
	case MadeStatement:
		return statementPoints
	case SentBitfield:
		return bitfieldPoints
	}
	return nil
}
