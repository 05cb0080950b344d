package primitives

import "github.com/rampart-chain/rampart/relay/scale"

// GRANDPAAuthority is a member of an authority set.
//
//frame:codec
//frame:tuple
type GRANDPAAuthority struct {
	Key    ED25519Public
	Weight uint64
}

// GRANDPAMessage is a vote: Prevote, Precommit or PrimaryPropose.
//
//frame:enum
type GRANDPAMessage interface {
	// Target returns the block voted for.
	Target() BlockID
}

// Prevote is the first vote of a round.
//
//frame:variant GRANDPAMessage 0
type Prevote struct{ TargetBlock BlockID }

// Precommit is the second vote of a round.
//
//frame:variant GRANDPAMessage 1
type Precommit struct{ TargetBlock BlockID }

// PrimaryPropose is the hint of the round's primary voter.
//
//frame:variant GRANDPAMessage 2
type PrimaryPropose struct{ TargetBlock BlockID }

// Target implements GRANDPAMessage.
func (v Prevote) Target() BlockID { return v.TargetBlock }

// Target implements GRANDPAMessage.
func (v Precommit) Target() BlockID { return v.TargetBlock }

// Target implements GRANDPAMessage.
func (v PrimaryPropose) Target() BlockID { return v.TargetBlock }

// GRANDPAPayload returns the 53 bytes that a voter signs with ed25519:
// message ‖ round u64 ‖ set id u64.
func GRANDPAPayload(m GRANDPAMessage, round Round, set SetID) []byte {
	b := AppendGRANDPAMessage(make([]byte, 0, 53), m)
	return scale.AppendU64(scale.AppendU64(b, uint64(round)), uint64(set))
}

// SignedMessage is a vote with its signature over GRANDPAPayload.
//
//frame:codec
type SignedMessage struct {
	Message   GRANDPAMessage
	Signature Signature
	ID        ED25519Public
}

// SignedPrevote is a prevote as catch-up messages carry it.
//
//frame:codec
type SignedPrevote struct {
	Prevote   Prevote
	Signature Signature
	ID        ED25519Public
}

// SignedPrecommit is a precommit as commits carry it.
//
//frame:codec
type SignedPrecommit struct {
	Precommit Precommit
	Signature Signature
	ID        ED25519Public
}

// Commit says that a block was finalized in some round, with the precommits
// that prove it.
//
//frame:codec
type Commit struct {
	Target     BlockID
	Precommits []SignedPrecommit `scale:"max=20000"`
}

// CompactCommit is a Commit with the signatures apart from the votes: the form
// on the wire.
//
//frame:codec
type CompactCommit struct {
	Target     BlockID
	Precommits []Precommit        `scale:"max=20000"`
	AuthData   []PrecommitAuthTag `scale:"max=20000"`
}

// PrecommitAuthTag is signature and voter of one precommit of a CompactCommit.
//
//frame:codec
type PrecommitAuthTag struct {
	Signature Signature
	ID        ED25519Public
}

// GRANDPAJustification proves finality of Commit.Target without the block tree:
// VotesAncestries holds the headers between the target and each precommit's
// target, the latter included.
//
//frame:codec
type GRANDPAJustification struct {
	Round           Round
	Commit          Commit
	VotesAncestries []Header `scale:"max=1024"`
}

// GRANDPALog is a message of the runtime to GRANDPA.
//
//frame:enum
type GRANDPALog interface{ grandpaLog() }

// ScheduledChange replaces the authority set once the block Delay blocks after
// the one that carries it is finalized.
//
//frame:variant GRANDPALog 1
type ScheduledChange struct {
	NextAuthorities []GRANDPAAuthority `scale:"max=10000"`
	Delay           BlockNumber
}

// ForcedChange replaces the authority set without finality, after the block
// MedianLastFinalized.
//
//frame:variant GRANDPALog 2
type ForcedChange struct {
	MedianLastFinalized BlockNumber
	Change              ScheduledChange
}

// GRANDPAOnDisabled says that an authority is disabled until the set changes.
//
//frame:variant GRANDPALog 3
type GRANDPAOnDisabled struct{ AuthorityIndex uint64 }

// Pause asks the voters to stop Delay blocks later.
//
//frame:variant GRANDPALog 4
type Pause struct{ Delay BlockNumber }

// Resume asks the voters to go on Delay blocks later.
//
//frame:variant GRANDPALog 5
type Resume struct{ Delay BlockNumber }

func (ScheduledChange) grandpaLog()   {}
func (ForcedChange) grandpaLog()      {}
func (GRANDPAOnDisabled) grandpaLog() {}
func (Pause) grandpaLog()             {}
func (Resume) grandpaLog()            {}

// GRANDPAScheduledChange returns the first scheduled change in h, or nil. An
// error is a fault of the encoding of a GRANDPA digest item.
func (h Header) GRANDPAScheduledChange() (*ScheduledChange, error) {
	for _, item := range h.Digest {
		c, ok := item.(Consensus)
		if !ok || c.Engine != EngineGRANDPA {
			continue
		}
		d := scale.NewDecoder(c.Data)
		log := DecodeGRANDPALog(d)
		if err := d.Finish(); err != nil {
			return nil, err
		}
		if change, ok := log.(ScheduledChange); ok {
			return &change, nil
		}
	}
	return nil, nil
}
