package discovery

// Reason says why a message was refused. Never rename one.
type Reason string

func (r Reason) Error() string { return string(r) }

// ErrKind: only records are gossiped. What is wrong with a record, package book
// says.
const ErrKind = Reason("gossiped message is not a record")
