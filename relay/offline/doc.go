// Package offline works on the chain in the database of a node that is not running:
// it shows it, copies blocks out and in, executes blocks again and lists states. A
// running node holds the database's lock; then nothing opens.
//
//	Open(Config)           database            → Chain
//	Info, Find             heads; block by number or hash
//	Export(from, to)       canonical blocks    → one after the other
//	Import(next)           blocks, verified    → the same database
//	Check(block)           executed again      → nil or why it is invalid
//	State(block)           its keys and values
//
// What is imported passes relay/chain as blocks of peers do, and becomes final only
// with proof. Nothing here signs, and nothing takes a block back.
package offline
