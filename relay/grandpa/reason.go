package grandpa

// Reason says why a message, block or block's digest was refused. Reasons are
// part of the API: the network prices them, logs and metrics print them.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons for which a peer's message is refused or ignored.
const (
	ErrMessageSize    = Reason("finality message is empty or too large")
	ErrMessageVersion = Reason("finality message has an unknown version")
	ErrOldSet         = Reason("message is of a past authority set")
	ErrFutureSet      = Reason("message is of a later authority set")
	ErrOldRound       = Reason("message is of a past round")
	ErrFutureRound    = Reason("message is of a round too far ahead")
	ErrUnknownVoter   = Reason("voter is not in the authority set")
	ErrNotPrimary     = Reason("proposal is not by the round's primary voter")
	ErrBadSignature   = Reason("signature does not verify")
	ErrDuplicate      = Reason("message is known")
	ErrEquivocated    = Reason("voter has already equivocated")
	ErrWrongNumber    = Reason("block number does not match the block")
	ErrUnknownBlock   = Reason("block is not known")
	ErrStaleCommit    = Reason("block is final already")
	ErrTooManyVotes   = Reason("more than two votes per voter")
	ErrAuthData       = Reason("signatures do not match precommits in number")
	ErrThreshold      = Reason("votes do not reach the threshold")
	ErrUnrequested    = Reason("catch-up was not asked for")
	ErrIncomplete     = Reason("catch-up does not complete its round")
	ErrNoCatchUp      = Reason("no completed round to answer the request with")
	ErrBadSummary     = Reason("summary does not fit the authority set")
	ErrAncestry       = Reason("precommit is not for a descendant of the target")
	ErrUnusedHeader   = Reason("ancestry holds a header no precommit needs")
)

// Reasons for an Alarm, and for New to refuse.
const (
	ErrConflict       = Reason("two conflicting blocks reached finality")
	ErrPastSetChange  = Reason("finality beyond an authority set change that was not enacted")
	ErrOwnEquivocated = Reason("a key of this node signed a vote this node did not make")
	ErrForcedChange   = Reason("forced authority change is not supported")
	ErrChangePending  = Reason("authority change signalled before the last one took effect")
	ErrVoterSet       = Reason("authority set is empty, too large or too heavy")
	ErrDigest         = Reason("finality digest item does not decode")
	ErrSignRefused    = Reason("signer refused a vote")
)
