package prospective

// Reason says why a candidate has no place in the chain of its para. Rules of the
// relay chain give the Reasons of inclusion, ump, dmp and hrmp.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons.
const (
	ErrNoLeaf         = Reason("no active leaf allows the relay parent")
	ErrNoCore         = Reason("para has no claim on the core")
	ErrUnknownParent  = Reason("parent head is not in the chain of the para")
	ErrDepth          = Reason("chain of the para is as long as allowed")
	ErrSameHead       = Reason("candidate leads to the head that it builds on")
	ErrValidationData = Reason("persisted validation data does not match the descriptor or the relay parent")
)
