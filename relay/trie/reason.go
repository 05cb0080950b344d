package trie

// Reason says why an operation or a proof was refused. Never rename one.
type Reason string

func (r Reason) Error() string { return string(r) }

const (
	// ErrMissingNode: a node or detached value is not in the source.
	ErrMissingNode = Reason("trie node is missing")
	// ErrBadNode: bytes that are not a canonical node where they stand.
	ErrBadNode = Reason("trie node is malformed")
	// ErrDuplicateNode: a strict proof has the same item twice.
	ErrDuplicateNode = Reason("proof has an item twice")
	// ErrUnusedNode: a strict proof has an item nobody needed.
	ErrUnusedNode = Reason("proof has an unused item")
	// ErrWrongRoot: a compact proof is of another trie.
	ErrWrongRoot = Reason("proof is for another root")
	// ErrOrder: changes are not ascending by key, or one key has two.
	ErrOrder = Reason("changes are not in order of their keys")
	// ErrKeyTooLong: a key has more than MaxKeyLen bytes.
	ErrKeyTooLong = Reason("key is too long")
	// ErrValueTooLong: a value has more than MaxInlineLen bytes under V0.
	ErrValueTooLong = Reason("value is too long for layout V0")
)
