package host

// Reason says why a Host cannot work. Never rename one.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons of this package. Why peers refuse each other: protocol.ErrGenesis,
// protocol.ErrProtocolVersion and the Refusals below.
const (
	ErrPortInUse = Reason("port is in use")
	ErrTransport = Reason("address is not TCP, WebSocket or QUIC")
	ErrClosed    = Reason("host is closed")
	ErrOwnPeer   = Reason("peer id is that of this node")
	// ErrReservedFull: as many peers are reserved as may be.
	ErrReservedFull = Reason("too many reserved peers")
)
