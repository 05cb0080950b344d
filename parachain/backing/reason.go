package backing

// Reason says why a statement, message or candidate was refused. Reasons are part
// of the API: the network prices them, logs and metrics print them. Where a rule
// of the chain is broken the Reason is one of inclusion, prospective, ump, dmp or
// hrmp.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons for which a peer's message is refused or ignored.
const (
	ErrMessageSize      = Reason("backing message is empty or too large")
	ErrMessageVersion   = Reason("backing message has an unknown version")
	ErrRelayParent      = Reason("no active leaf allows the relay parent")
	ErrEarly            = Reason("relay parent is not known yet, message waits for it")
	ErrUnknownCandidate = Reason("vote is for a candidate that nobody seconded yet")
	ErrUnknownValidator = Reason("validator is not in the session")
	ErrGroup            = Reason("validator is not in the group that backs the candidate")
	ErrOtherParent      = Reason("vote names another relay parent than its candidate")
	ErrDisabled         = Reason("validator is disabled")
	ErrDuplicate        = Reason("statement is known")
	ErrSignature        = Reason("signature does not verify")
	ErrHeard            = Reason("validator equivocated at the relay parent and is not heard there")
)

// Reasons of an Equivocation.
const (
	ErrTooMany     = Reason("validator seconded more candidates than allowed at a relay parent")
	ErrConflicting = Reason("validator seconded two candidates on the same head")
	ErrBothKinds   = Reason("validator signed both statements about a candidate")
)

// Reasons for which this node does not vouch for a candidate.
const (
	ErrCommitments    = Reason("commitments are not those that execution leads to")
	ErrErasureRoot    = Reason("erasure root is not that of the data")
	ErrPoV            = Reason("proof of validity does not match the descriptor")
	ErrNotValidator   = Reason("node is not in the group that backs the candidate")
	ErrBeforeStart    = Reason("relay parent is not above the first leaf since the node started")
	ErrOwnTooMany     = Reason("node seconds as many candidates at the relay parent as it may")
	ErrOwnConflicting = Reason("node seconds another candidate on the same head")
	ErrKnown          = Reason("candidate is being looked at, or was")
	ErrSignRefused    = Reason("signer refused the statement")
)

// ErrOwnEquivocated is the Reason of an Alarm: a key of this node signed a
// statement that contradicts another one of it.
const ErrOwnEquivocated = Reason("a key of this node signed contradicting statements")
