package erasure

// Reason says why parameters or shards were refused.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons for which this package refuses its input.
const (
	ErrValidatorCount = Reason("number of validators is out of range")
	ErrPayloadSize    = Reason("payload is too large")
	ErrShardSize      = Reason("size of a shard is not possible or differs from the others")
	ErrIndex          = Reason("shard index is not below the number of validators")
	ErrDuplicate      = Reason("shard index occurs twice")
	ErrTooFew         = Reason("too few shards to recover")
)
