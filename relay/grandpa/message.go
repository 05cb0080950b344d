package grandpa

import (
	"slices"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

const (
	// messageVersion is the first byte of an encoded message.
	messageVersion = 1
	// MaxMessage bounds an encoded message, in bytes: a catch-up of MaxVoters
	// voters with two votes each in both phases.
	MaxMessage = 4*MaxVoters*132 + 1024
)

// Message is what neighbors tell each other: Vote, CommitMessage,
// CatchUpRequest, CatchUp or Summary. Votes and commits are gossiped; the others
// go from peer to peer, as do votes and commits a peer was found to lack.
//
//frame:enum
type Message interface{ finalityMessage() }

// Vote is one voter's message of a round.
//
//frame:variant Message 0
type Vote struct {
	Set    primitives.SetID
	Round  primitives.Round
	Signed primitives.SignedMessage
}

// CommitMessage proves that a block was finalized in a round.
//
//frame:variant Message 1
type CommitMessage struct {
	Set    primitives.SetID
	Round  primitives.Round
	Commit primitives.CompactCommit
}

// CatchUpRequest asks for the votes of a completed round, Round or a later one.
//
//frame:variant Message 2
type CatchUpRequest struct {
	Set   primitives.SetID
	Round primitives.Round
}

// CatchUp is all votes of a completed round: of an equivocator two.
//
//frame:variant Message 3
type CatchUp struct {
	Set        primitives.SetID
	Round      primitives.Round
	Prevotes   []primitives.SignedPrevote   `scale:"max=20000"`
	Precommits []primitives.SignedPrecommit `scale:"max=20000"`
}

// VotesOf returns every vote of voters that a message carries, with its set and
// round; none of them is verified. It returns none of a commit whose lists differ
// in length.
func VotesOf(m Message, voters []primitives.ED25519Public) (votes []Vote) {
	switch m := m.(type) {
	case Vote:
		if slices.Contains(voters, m.Signed.ID) {
			votes = append(votes, m)
		}
	case CatchUp:
		for _, v := range m.Prevotes {
			if slices.Contains(voters, v.ID) {
				votes = append(votes, Vote{m.Set, m.Round, primitives.SignedMessage{Message: v.Prevote, Signature: v.Signature, ID: v.ID}})
			}
		}
		for _, v := range m.Precommits {
			if slices.Contains(voters, v.ID) {
				votes = append(votes, Vote{m.Set, m.Round, primitives.SignedMessage{Message: v.Precommit, Signature: v.Signature, ID: v.ID}})
			}
		}
	case CommitMessage:
		if len(m.Commit.AuthData) != len(m.Commit.Precommits) {
			return nil
		}
		for i, tag := range m.Commit.AuthData {
			if slices.Contains(voters, tag.ID) {
				votes = append(votes, Vote{m.Set, m.Round, primitives.SignedMessage{Message: m.Commit.Precommits[i], Signature: tag.Signature, ID: tag.ID}})
			}
		}
	}
	return votes
}

// Summary says what a node has: its set, round and finalized height, and which
// votes of the rounds it follows.
//
//frame:variant Message 4
type Summary struct {
	Set       primitives.SetID
	Round     primitives.Round
	Finalized primitives.BlockNumber
	// Salt makes the marks of this summary differ from those of others.
	Salt uint64
	// Rounds are the rounds votes are held of, ascending, at most Round−1 to
	// Round+1.
	Rounds []RoundSummary `scale:"max=3"`
}

// RoundSummary says which votes of a round a node has. Prevotes and Precommits
// have one mark per voter, in the order of the VoterSet:
//
//	0        no vote
//	1 … 254  one vote, 1 + H(salt u64 ‖ block hash)[0] mod 254
//	255      two different votes
//
// Two nodes that hold different votes of an equivocator see it by the marks: both
// votes must come to both, or they might disagree on the round for good. With
// another salt each time no two blocks can be made to look the same for long.
//
//frame:codec
type RoundSummary struct {
	Round      primitives.Round
	Proposal   bool
	Prevotes   []byte `scale:"max=10000"`
	Precommits []byte `scale:"max=10000"`
}

func (Vote) finalityMessage()           {}
func (CommitMessage) finalityMessage()  {}
func (CatchUpRequest) finalityMessage() {}
func (CatchUp) finalityMessage()        {}
func (Summary) finalityMessage()        {}

// Encode returns the version byte, the variant index and m.
func Encode(m Message) []byte { return AppendMessage([]byte{messageVersion}, m) }

// Decode reads what Encode wrote. ErrMessageSize,
// ErrMessageVersion or a scale.Reason.
func Decode(data []byte) (Message, error) {
	switch {
	case len(data) == 0 || len(data) > MaxMessage:
		return nil, ErrMessageSize
	case data[0] != messageVersion:
		return nil, ErrMessageVersion
	}
	d := scale.NewDecoder(data[1:])
	m := DecodeMessage(d)
	if err := d.Finish(); err != nil {
		return nil, err
	}
	return m, nil
}
