// Package chunkstore keeps on disk what a validator promised to hold: its own
// chunks and, as a backer, the full available data, both by candidate hash.
//
// [Store.Put] returns when the item survives a crash, so that what follows it
// (a signed availability bitfield) stays true. [Store.Get] returns an item as it
// was put or says why not; it never returns damaged data. [Store.Prune] forgets
// items by block number; when that may be is the caller's decision, and so is
// whether an item belongs to its candidate: nothing is decoded or verified here.
//
// # On disk
//
// One file per item, below two directories named after the first two hex digits
// of the candidate hash, and one directory for files being written:
//
//	<dir>/tmp/put-*
//	<dir>/3/f/3f…64 hex digits….<part>.<block>
//
// part is the decimal index of a chunk, or "data"; block is the decimal number
// of the block up to which the item is kept. Contents:
//
//	0..4    magic "RCS1"
//	4..36   candidate hash
//	36..40  part, little-endian; AvailableData = 2^32−1
//	40..44  length of the data, little-endian
//	44..48  CRC-32C of bytes 0..44 and the data, little-endian
//	48..    data
//
// A file is written in tmp, synced, renamed to its name and its directory
// synced. A crash therefore leaves a file in tmp, which Open deletes, or a whole
// item, whose directory Open syncs. The index of what is held is kept in memory
// and made from file names at Open. Only one process may use a directory at a
// time; the node's lock on its base path sees to that.
package chunkstore
