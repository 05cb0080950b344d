package reputation

// Reason is what a peer did. Reasons appear in metrics; never rename one.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons that count towards a ban: no honest node causes them, or only in the
// rare race that the cost allows for.
const (
	Malformed       = Reason("malformed message")
	Oversize        = Reason("message exceeds its size limit")
	InvalidMessage  = Reason("message breaks a rule")
	BadSignature    = Reason("bad signature")
	InvalidBlock    = Reason("invalid block")
	InvalidProof    = Reason("invalid proof")
	UnlinkedBlocks  = Reason("blocks do not follow each other")
	UselessResponse = Reason("response does not answer the request")
)

// Reasons of lateness: they lower the score, never towards a ban.
const (
	Timeout = Reason("no answer before the deadline")
	Refused = Reason("request refused")
	Late    = Reason("message came too late")
)

// cost is what a report adds to the fault of a peer, in points. Ten malformed
// messages within a half-life are a ban, two invalid blocks are. Asking too much
// has no price: an honest node that catches up does, and limits hold it anyway.
func (r Reason) cost() uint64 {
	switch r {
	case InvalidBlock:
		return 50_000
	case BadSignature, InvalidProof, UnlinkedBlocks:
		return 25_000
	case Malformed, Oversize, InvalidMessage:
		return 10_000
	case UselessResponse:
		return 5_000
	case Timeout, Refused, Late:
		return 1_000
	}
	return 10_000
}

// late says whether r is a reason of lateness.
func (r Reason) late() bool { return r == Timeout || r == Refused || r == Late }
