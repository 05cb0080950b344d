package inclusion

// Reason says why a candidate was refused. Those about messages are of the
// packages xcmp/ump, xcmp/dmp and xcmp/hrmp.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons.
const (
	ErrRelayParent      = Reason("relay parent is not among the allowed ones")
	ErrRelayParentOlder = Reason("relay parent is older than that of the candidate it builds on")
	ErrSession          = Reason("candidate is for another session")
	ErrPara             = Reason("candidate is of a para that is not registered")
	ErrCore             = Reason("candidate is for another core")
	ErrCoreOccupied     = Reason("core holds a pending candidate")
	ErrNotScheduled     = Reason("para is not next on the core")
	ErrGroup            = Reason("no validator group serves the core")
	ErrVotes            = Reason("backing votes are not one for each member of the group that voted")
	ErrBackingVotes     = Reason("too few backing votes")
	ErrSignature        = Reason("signature of a backing vote does not verify")
	ErrCodeUpgrade      = Reason("candidate announces new validation code, which is not supported")
	ErrCode             = Reason("validation code is not the one in force")
	ErrHeadSize         = Reason("head data is larger than allowed")
	ErrParaHead         = Reason("head data does not match the descriptor")
	ErrValidationData   = Reason("persisted validation data is not that of the latest candidate and relay parent")
)
