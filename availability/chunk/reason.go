package chunk

// Reason says why a chunk or recovered data was refused. What package erasure
// refuses comes with its own Reasons.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons for which this package refuses its input.
const (
	// ErrDepth, ErrProof: the one who sent the chunk is at fault.
	ErrDepth = Reason("proof does not have the length its index asks for")
	ErrProof = Reason("chunk and proof do not lead to the root")
	// ErrRoot, ErrTail: the one who committed to the root is at fault; the
	// candidate is invalid.
	ErrRoot = Reason("root does not commit to an encoding of the recovered data")
	ErrTail = Reason("recovered data is not the payload and the fewest zeros")
)
