// Package engine runs many nodes' cores in one goroutine under virtual time: a
// heap of events ordered by (time, sequence), a network with latency, loss,
// duplication and one-way cuts, gossip that forgets like the real one, disks
// that lose what was not synced, crashes and restarts. The same seed gives the
// same run, event by event; [Engine.Trace] is its hash.
//
// It knows no protocol. A [Node] stands for one process: its cores, plus the few
// lines that stand in for its shells. What a node wants checked it emits as
// [Note]; invariants live in the observer.
//
// Gossip floods a full mesh. A node passes a message on only if it answered its
// delivery with [Forward]. Every node remembers the messages it saw, and drops
// those it sees again, its own included: there is no history, and whoever was
// away must pull.
package engine
