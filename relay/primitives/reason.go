package primitives

// Reason says why a value of this package was refused.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons of this package.
const (
	ErrBalance         = Reason("not a decimal number below 2^128")
	ErrExtrinsicFormat = Reason("extrinsic is not version 4, bare or signed")
	ErrDigestOrder     = Reason("digest items are not in the order the protocol fixes")
	ErrNoPreDigest     = Reason("header has no BABE pre-runtime digest")
	ErrNoSeal          = Reason("header does not end with its only seal")
	ErrDescriptor      = Reason("candidate descriptor is not version 2")
)
