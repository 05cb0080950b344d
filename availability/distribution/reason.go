package distribution

import "github.com/rampart-chain/rampart/network/request"

// Reason says why something was not kept or not fetched. Never rename one.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons of this package.
const (
	ErrErasureRoot = Reason("erasure root is not that of the data")
	ErrAbsent      = Reason("peer does not hold what was asked for")
)

// Refusals of this package.
const refusedMalformed = request.Refusal("malformed request for data of a candidate")
