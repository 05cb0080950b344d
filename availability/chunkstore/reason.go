package chunkstore

// Reason is the kind of an error of a Store, to be tested with errors.Is.
// Errors of the file system come wrapped and without one.
type Reason string

func (r Reason) Error() string { return string(r) }

const (
	// ErrNotFound: the item was never put, or was pruned.
	ErrNotFound = Reason("item is not stored")
	// ErrCorrupt: the item's file was damaged or deleted by something else. It
	// is no longer stored; it may be put again.
	ErrCorrupt = Reason("stored item is damaged")
	// ErrTooLarge: the item is larger than MaxItem.
	ErrTooLarge = Reason("item is too large to store")
	// ErrForeign: the directory holds what no Store wrote there.
	ErrForeign = Reason("directory holds something that is not a stored chunk")
	// ErrNotDurable: syncing failed, now or earlier. The Store takes no more
	// items; the process should end.
	ErrNotDurable = Reason("data could not be made durable")
)
