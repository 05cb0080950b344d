// Package grandpa is the GRANDPA finality gadget as a pure state machine: it
// decides what this node votes for, which blocks are final, and what a peer
// must be told to get on.
//
// It does not sign (the shell's signer writes its guard, then signs), does not
// send, store or import blocks, keeps no clock, and does not choose among
// forks: the best block that may be voted for is an input.
//
//	in:  imported headers, the best block, votes, commits, catch-ups, summaries
//	     and justifications of peers, signatures made, writes done, the time
//	out: votes to sign, messages to send, blocks to finalize with their
//	     justification, state to persist, verdicts, evidence of equivocation
//
// [Core.Step] takes one event and returns effects to be performed in order;
// [Core.Next] says when to call it with [Wake] next.
//
//	core, err := grandpa.New(params, grandpa.Genesis(genesisID, authorities), nil)
//	effects := core.Step(now, grandpa.BlockImported{Hash: hash, Header: header})
//	effects = core.Step(now, grandpa.BestBlock{Hash: hash})
//
// A round has two votes. Each voter prevotes the best block it may vote for; the
// prevote-GHOST is the highest block with a supermajority of prevotes on it or
// its descendants. Each voter precommits the prevote-GHOST; a block with a
// supermajority of precommits as well is final. The next round builds on the
// estimate: the highest block that might still become final in this one. An
// equivocator counts for every block.
//
// A change of authorities signalled in a header takes effect with the finality
// of the block delay blocks later; nobody votes past that block before, and
// after it rounds start again at 1 under the next set id.
//
// # What the shell must do
//
// Perform effects in order; answer Sign with Signed and Persist with Persisted.
// Give each gossip message as [Received], and pass it on if the Verdict in the
// same effects is Accept; a vote that a peer sent directly and that was accepted
// may be published too. Send [Core.Summary] to each peer on connecting and once
// per slot, and limit how often a peer may send one, or ask for a catch-up. Give
// justifications of block sync in the order of their blocks: they do not name
// their set. After a restart follow [State].
//
// # Pull
//
// Gossip is only the fast path. Neighbors exchange a [Summary] on connecting
// and once per slot; [Core.Missing] is what the other lacks. A peer several
// rounds behind asks for a [CatchUp]; one several sets behind gets the
// justifications of the set-changing blocks from block sync.
//
// Sources: Polkadot specification, "Finality"; A. Stewart and E. Kokoris-Kogias,
// "GRANDPA: a Byzantine Finality Gadget"; paritytech/finality-grandpa.
package grandpa

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen
