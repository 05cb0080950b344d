package protocol

import "github.com/rampart-chain/rampart/relay/primitives"

const (
	kib = 1 << 10
	mib = 1 << 20

	// maxPoV is the largest proof of validity a chain may configure, in bytes.
	// polkadot primitives/src/v8/mod.rs, MAX_POV_SIZE.
	maxPoV = 10 * mib
	// maxCode is the largest validation code, in bytes.
	// polkadot primitives/src/v8/mod.rs, MAX_CODE_SIZE.
	maxCode = 3 * mib
)

// MaxBlocks bounds the blocks of one sync response.
const MaxBlocks = 128

// Limits bounds one request protocol. Sizes are bytes of payload.
type Limits struct {
	Name        Name
	MaxRequest  int
	MaxResponse int
	// Deadline is the duration from opening the stream to the last byte of the
	// response.
	Deadline primitives.Millis
	// Queue is how many requests may wait for a handler before others are
	// refused.
	Queue int
}

// Requests returns the limits of every request protocol for a chain with this
// slot duration. Collation, chunk and PoV must arrive within half a slot;
// the other deadlines do not depend on it.
//
// Sizes follow polkadot node/network/protocol/src/request_response/mod.rs.
func Requests(slot primitives.Millis) []Limits {
	half := max(slot/2, 100)
	return []Limits{
		{Handshaking, 256, 256, 5_000, 64},
		{Peers, 0, 32 * kib, 5_000, 16},
		{Sync, 64, 8 * mib, 10_000, 16},
		{Pull, maxCode + mib, kib, 5_000, 64},
		{Collation, kib, maxPoV + 64*kib, half, 10},
		{CollationOffer, 4 * kib, kib, half, 64},
		{PoV, kib, maxPoV + 64*kib, half, 100},
		{Chunk, kib, maxPoV + mib + 64*kib, half, 100}, // with few validators all data
		{AvailableData, kib, maxPoV + mib + 64*kib, 12_000, 16},
	}
}

// TopicLimits bounds one gossip topic.
type TopicLimits struct {
	Topic Topic
	// MaxMessage is the largest message, in bytes.
	MaxMessage int
	// Queue is how many validated messages may wait for the handler before
	// others are dropped.
	Queue int
}

// Topics returns the limits of every gossip topic. Statements and transactions
// may carry validation code, hence their size.
func Topics() []TopicLimits {
	return []TopicLimits{
		{BlockAnnounce, mib, 256},
		{GRANDPA, 256 * kib, 4096},
		{Transactions, maxCode + 64*kib, 4096},
		{Statements, maxCode + mib, 4096},
		{Bitfields, kib, 4096},
		{Approvals, 64 * kib, 4096},
		{Disputes, 64 * kib, 1024},
		{Authorities, 4 * kib, 1024},
	}
}
