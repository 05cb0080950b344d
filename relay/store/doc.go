// Package store keeps a chain on disk: headers, bodies, justifications, and the
// state of every block that can still be asked for. It is the only importer of
// badger.
//
// It decides what is written together, what a restart finds, which states are
// retained and how they are read. It does not choose the best block, check
// blocks, or compute roots; it compares the root node it is given with the
// header.
//
//	Open(Config)                      directory                 → Store
//	InitGenesis(header, state)        first block               → durable
//	Import(block, diff, best)         one executed block        → durable
//	Finalize(hash, justification)     finality                  → what became canonical, what was pruned
//	View(hash)                        block                     → its state, immutable
//	Header, Body, Justification, CanonicalHash, Best, Finalized, Unfinalized, Aux
//
// # What lies where
//
// The flat state (key → value) and the trie nodes (path → encoding) are those of
// the finalized head. Each block above it has its forward diff. Finalizing a block
// writes its diff over the flat state at a timestamp of its own, and badger keeps
// the older versions of what was overwritten: that is the undo record, and reading
// the state of finalized block n is reading the flat state at n's timestamp. The
// last [Retained] states stay readable (badger's discard timestamp follows at that
// distance). See key.go for the records.
//
// An archive never lets it follow. Nothing is ever dropped then, diffs that were
// deleted included, so it takes about twice what the states need; and all versions
// of a key lie in one table, which makes compactions dear after some million blocks.
//
// # Why a View stays right
//
// A [View] is a timestamp, that of the head that was final when it was made, and
// the immutable diffs from there up to its block. Neither changes when blocks are
// finalized or pruned later, so an old view cannot show anything new; it needs no
// lock against the writer. Every read from disk checks afterwards that the view's
// timestamp is still retained, and is ErrStateDiscarded if not. A fresh view is
// faster than an old one, though: only reads at the present finalized head go
// through the cache.
//
// Diffs of unfinalized blocks are kept in memory up to Config.LayerBytes, lowest
// blocks dropped first and loaded again when a view needs them. In a finality stall
// a read never walks more than 64 of them: every 64 blocks all diffs
// above the finalized head are merged into one.
//
// # Atomicity
//
// What belongs together is one badger transaction, synced before the call returns:
// after a crash all of it is there or none. Parts of large values may be written
// ahead of it. What does not fit in one, because it is large or because several
// blocks are finalized at once, is first written to a journal (stored diffs by
// name only), whose last record is the commit; then applied; then removed. Opening
// applies a complete journal and removes an incomplete one. A run of blocks whose
// diffs exceed 32 MiB together is finalized in several such steps, each of which is a
// consistent store; justification, aux records and head go with the last.
//
// All values live in badger's LSM tree, larger ones in parts: badger logs and
// otherwise ignores a failed sync of its value log, and deletes from it only by a
// separate collection.
//
// # Faults
//
// A failed write or sync makes every later write fail ([ErrFailed]): the process
// should end. All tables are verified against their checksums when the store is
// opened, and the root node against the header; a node that is read is checked
// against the hash its parent has. A full disk is found out
// before a write ([ErrDiskFull]), since badger writes through memory maps, where a
// full disk kills the process.
//
// Many goroutines may read; writes are serialized.
package store
