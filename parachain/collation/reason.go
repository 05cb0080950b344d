package collation

// Reason says why an offer or a collation was refused.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons.
const (
	ErrRelayParent    = Reason("no active leaf allows the relay parent")
	ErrNotValidator   = Reason("node is not a validator of the session")
	ErrNotAssigned    = Reason("group of the validator does not back the para at the relay parent")
	ErrBeforeStart    = Reason("relay parent is not above the first leaf since the node started")
	ErrDuplicate      = Reason("offer is known")
	ErrTooMany        = Reason("more offers of a peer than the para has claims")
	ErrFull           = Reason("too many offers at the relay parent")
	ErrDeadline       = Reason("collation did not come in time")
	ErrFetch          = Reason("collation was offered and not delivered")
	ErrOtherCandidate = Reason("collation is not the one that was offered")
	ErrPoV            = Reason("proof of validity does not match the descriptor")
)
