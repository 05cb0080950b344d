package primitives

import "strconv"

// BlockNumber is the height of a relay-chain or parachain block; genesis is 0.
// It is a plain little-endian u32 everywhere but in a header, where it is
// compact.
type BlockNumber uint32

// Slot is the number of slot durations since the Unix epoch.
type Slot uint64

// Millis is a moment in milliseconds since the Unix epoch, or a duration in
// milliseconds.
type Millis uint64

// Epoch is the index of a BABE epoch, counted from the genesis slot.
type Epoch uint64

// SessionIndex counts sessions from genesis. A session is one BABE epoch.
type SessionIndex uint32

// AuthorityIndex is a position in the BABE authorities of an epoch.
type AuthorityIndex uint32

// ValidatorIndex is a position in the active validators of a session, the list
// that all parachain messages refer to (shuffled, not the session's order).
type ValidatorIndex uint32

// GroupIndex is a position in the validator groups of a session.
type GroupIndex uint32

// CoreIndex is the number of an availability core.
type CoreIndex uint32

// ParaID identifies a parachain.
type ParaID uint32

// SetID counts GRANDPA authority sets from genesis.
type SetID uint64

// Round counts GRANDPA voting rounds within an authority set, from 1.
type Round uint64

// Nonce counts the signed extrinsics of an account.
type Nonce uint32

func (n BlockNumber) String() string { return strconv.FormatUint(uint64(n), 10) }
func (p ParaID) String() string      { return strconv.FormatUint(uint64(p), 10) }
