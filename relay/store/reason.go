package store

// Reason says why the store refused. Never rename one.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons of Open.
const (
	// ErrLocked: another process, or another Store of this one, has the directory.
	ErrLocked = Reason("database directory is in use")
	// ErrSchema: the directory was written by another version of this package.
	ErrSchema = Reason("database has another schema version")
	// ErrNotStore: the directory holds files that are no database.
	ErrNotStore = Reason("directory is not a database")
	// ErrCorrupt: records are missing, damaged or contradict each other. Any call
	// that reads may return it.
	ErrCorrupt = Reason("database is corrupt")
)

// Reasons of the other calls.
const (
	// ErrClosed: the store was closed.
	ErrClosed = Reason("database is closed")
	// ErrFailed: an earlier write failed; nothing is written any more.
	ErrFailed = Reason("database failed earlier")
	// ErrDiskFull: less than Config.MinFreeBytes are left where the database is.
	ErrDiskFull = Reason("disk is full")
	// ErrNoGenesis: the store is still empty.
	ErrNoGenesis = Reason("database has no genesis block")
	// ErrForeignGenesis: the store belongs to a chain with another genesis.
	ErrForeignGenesis = Reason("database belongs to another chain")
	// ErrUnknownBlock: the block is not stored; it may have been pruned.
	ErrUnknownBlock = Reason("block is unknown")
	// ErrUnknownParent: the parent is neither the finalized head nor above it.
	ErrUnknownParent = Reason("parent is unknown or below the finalized block")
	// ErrKnown: the block is stored already.
	ErrKnown = Reason("block is already known")
	// ErrBlock: hash or number do not belong to the header or its parent.
	ErrBlock = Reason("block has a wrong hash or number")
	// ErrBadBest: the best block is not above or at the finalized one.
	ErrBadBest = Reason("best block does not descend from the finalized one")
	// ErrDiffOrder: a diff is not strictly ascending, or a key is too long.
	ErrDiffOrder = Reason("diff is not in order")
	// ErrStateRoot: the diff's root node does not have the header's state root.
	ErrStateRoot = Reason("state root differs from the header's")
	// ErrStateDiscarded: the state is older than what is retained.
	ErrStateDiscarded = Reason("state discarded")
)
