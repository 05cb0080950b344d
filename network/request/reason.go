package request

import "strings"

// Reason says why a request got no answer. Never rename one.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons of this package.
const (
	ErrUnknownProtocol = Reason("unknown request protocol")
	ErrHandled         = Reason("request protocol has a handler already")
	ErrRunning         = Reason("request service runs already")
	ErrNotConnected    = Reason("peer is not connected")
	ErrUnsupported     = Reason("peer does not speak the protocol")
	ErrTooLarge        = Reason("message exceeds its size limit")
	ErrMalformed       = Reason("malformed response")
	ErrTimeout         = Reason("no answer before the deadline")
)

// Refusal is the reason a peer gave for not answering, or one a handler gives: a
// handler that returns an error wrapping a Refusal sends its text to the caller,
// whose Do returns an error wrapping the same Refusal. Keep it constant, short
// and in ASCII.
type Refusal string

func (r Refusal) Error() string { return string(r) }

// Refusals that any protocol may answer.
const (
	Busy       = Refusal("busy")
	NotAllowed = Refusal("handshake not completed")
	TooLarge   = Refusal("request exceeds its size limit")
	Internal   = Refusal("internal error")
)

// maxRefusal bounds the text of a Refusal, in bytes.
const maxRefusal = 256

// text returns r as it is sent: bounded and printable.
func (r Refusal) text() []byte {
	s := strings.Map(printable, string(r))
	return []byte(s[:min(len(s), maxRefusal)])
}

func printable(r rune) rune {
	if r < 0x20 || r > 0x7e {
		return '?'
	}
	return r
}
