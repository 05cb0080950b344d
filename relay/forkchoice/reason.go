package forkchoice

// Reason says why a block was refused.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons of this package.
const (
	ErrUnknown       = Reason("block is not in the tree of unfinalized blocks")
	ErrUnknownParent = Reason("parent is not in the tree of unfinalized blocks")
	ErrKnown         = Reason("block is already in the tree")
	ErrNumber        = Reason("number is not one more than the parent's")
	ErrFull          = Reason("too many unfinalized blocks")
)
