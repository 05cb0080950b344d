package sdk

// Reason says why a block of the chain, or its proof of validity, is refused.
// Reasons of the packages executive, trie, scale, relaystate, parachainsystem and
// collators come besides.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons.
const (
	ErrParams     = Reason("validation parameters do not decode")
	ErrPoVFormat  = Reason("proof of validity is not of version 1")
	ErrBlockCount = Reason("proof of validity has not exactly one block")
	ErrParentHead = Reason("parent head is not the header of the block's parent")
	ErrWitness    = Reason("state proof does not fit the parent")
	ErrSeal       = Reason("seal is not the author's")
	ErrStateRoot  = Reason("state root differs from what execution gives")
	ErrRelay      = Reason("block was made for another relay parent")
	ErrPoVSize    = Reason("proof of validity exceeds what the relay chain allows")
	ErrHeadSize   = Reason("header is larger than a head may be")
)

// ErrView marks an error as a fault of the view: it says nothing of the block.
const ErrView = Reason("state could not be read")

// both is a kind of error with its cause; errors.Is finds either.
type both struct{ kind, cause error }

func (b both) Error() string   { return b.kind.Error() + ": " + b.cause.Error() }
func (b both) Unwrap() []error { return []error{b.kind, b.cause} }
