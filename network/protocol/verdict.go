package protocol

// Verdict is what is done with a message of a peer.
type Verdict uint8

// Verdicts.
const (
	// Accept: the message is handled and forwarded.
	Accept Verdict = iota
	// Reject: the message breaks a rule. It is dropped, and the peer that sent it
	// is blamed: honest nodes forward nothing that they have not checked.
	Reject
	// Ignore: the message is dropped and nobody is blamed. It is useless, or it
	// cannot be judged yet.
	Ignore
)

func (v Verdict) String() string {
	switch v {
	case Accept:
		return "accept"
	case Reject:
		return "reject"
	case Ignore:
		return "ignore"
	}
	return "unknown"
}
