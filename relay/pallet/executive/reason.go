package executive

// InvalidTransaction says why an extrinsic cannot be included in a block now.
type InvalidTransaction string

func (i InvalidTransaction) Error() string { return string(i) }

// Kinds of InvalidTransaction.
const (
	ErrCall              = InvalidTransaction("call does not decode")
	ErrPayment           = InvalidTransaction("signer cannot pay the fee")
	ErrFuture            = InvalidTransaction("nonce is ahead of the account")
	ErrStale             = InvalidTransaction("nonce was used before")
	ErrBadProof          = InvalidTransaction("signature does not verify")
	ErrAncientBirthBlock = InvalidTransaction("era began at a block whose hash is not known")
	ErrExhaustsResources = InvalidTransaction("block has no room for it")
	ErrOversize          = InvalidTransaction("no block has room for it")
	ErrMandatory         = InvalidTransaction("call is an inherent and cannot be signed")
	ErrUnsigned          = InvalidTransaction("call must be signed")
	ErrSigner            = InvalidTransaction("signer is not an account")
	ErrScheme            = InvalidTransaction("signature scheme is not supported")
	ErrMetadataMode      = InvalidTransaction("metadata hash cannot be checked: use mode 0")
)

// Reason says why a block is invalid.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons for which a block is invalid.
const (
	ErrNumber         = Reason("block number does not follow the parent's")
	ErrParent         = Reason("block is not a child of the parent")
	ErrExtrinsicsRoot = Reason("extrinsics root does not match the body")
	ErrDigest         = Reason("digest differs from what execution gives")
	ErrInherentOrder  = Reason("inherent after a signed extrinsic")
	ErrInherentFailed = Reason("inherent failed")
)

// fault says where in a block err arose.
type fault struct {
	where string
	err   error
}

func (f fault) Error() string { return f.where + ": " + f.err.Error() }
func (f fault) Unwrap() error { return f.err }

// both is a kind of error with its cause; errors.Is finds either.
type both struct{ kind, cause error }

// join returns kind, because of cause.
func join(kind, cause error) error { return both{kind, cause} }

func (b both) Error() string   { return b.kind.Error() + ": " + b.cause.Error() }
func (b both) Unwrap() []error { return []error{b.kind, b.cause} }
