// Package finality runs the GRANDPA core of this node: it feeds it with what is
// imported and heard, and does what it asks for (sign, persist, send, finalize).
//
// Votes travel by gossip, which is fast and forgets; what gossip lost comes by
// the pull path: neighbors exchange summaries on connecting and once per slot,
// and send each other what the other lacks.
package finality
