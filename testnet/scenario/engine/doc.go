// Package engine runs many nodes' cores in one goroutine under virtual time: a
// heap of events ordered by (time, sequence), and four seams at which faults
// enter:
//
//	clock    per node off, drifting, stepped; processes stopped and slow
//	network  latency, loss, duplicates, late messages, bandwidth, one-way cuts,
//	         splits that come and go; gossip that forgets like the real one
//	disk     loses what was not synced; fails, is full, is slow, and ends the
//	         process at any operation
//	random   a stream for each node and purpose
//
// The same seed gives the same run, event by event; [Engine.Trace] is its hash.
//
// It knows no protocol. A [Node] stands for one process: its cores, plus the few
// lines that stand in for its shells. What a node wants checked it emits as
// [Note]; invariants live in the observer, and what should happen now and then is
// counted by [Sometimes].
//
// Gossip floods a full mesh. A node passes a message on only if it answered its
// delivery with [Forward]. Every node remembers the messages it saw, and drops
// those it sees again, its own included: there is no history, and whoever was
// away must pull.
package engine
