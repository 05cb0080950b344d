// Package relaychain runs whole relay nodes in the simulator of package engine. A
// node is made of the real cores (relay/babe, relay/forkchoice, relay/grandpa) and
// really executes blocks with relay/runtime: those it makes, those on its disk at a
// start, and those that their hash tells it and one more node to; with
// Config.Thorough all. After another block it has the state that others came to. It
// asks the real relay/signer, on a disk that loses what was not synced, what it may
// sign; signatures on the wire are those of cryptotest.Stub. Network and database
// are modelled, and there is a simple pool of transactions.
//
// With Config.Paras a validator also runs the real cores of parachains
// (parachain/backing, parachain/collation, the plans of availability), and there
// are collator nodes, which build candidates of the toy chain of package oracle
// from the real relay state and recover included ones from chunks. Executing a
// candidate is asking the oracle, after as much virtual time as it would take;
// chunks, requests, channels, the inherent and its filter are real. The observer
// recomputes from the candidates enacted in each block of every fork what heads,
// channels and watermarks must be, and who must hold chunks.
//
// After a restart a node has the blocks, votes and cores' states of its disk, and
// executes its finalized chain again in place of a stored state.
//
// Validators may be byzantine ([Behavior]): one stands between an honest node and
// the network and drops, delays, repeats, garbles or doubles what it sends. Faults
// of clock, process, network and disk are those of package engine. Scenarios are
// the tests TestSimC… (blocks and finality) and TestSimS… (storage, crash and
// keys); package swarm draws others at random.
//
// Checked after every event, by number:
//
//	I-1   no two nodes finalize conflicting blocks, and none goes back
//	I-2   each final block has a justification of the set that the one before it
//	      led to
//	I-4   who executes a block gets the same state: its author and two others; and
//	      who has the same blocks prefers the same one
//	I-5   no honest key signs two headers in a slot, or two votes of a kind in a
//	      round, as seen on the wire; evidence is against byzantine keys only
//	I-7   set ids grow by one
//	I-21  an honest author's block can be built
//	I-22  blocks announced are there after a crash; so are votes, by I-5
//	I-26  trees, queues and caches are within their bounds
//
// and at the end of a phase, or of a run: I-19 (issuance), I-23 and I-28 (finality
// goes on, also on nodes that were away), I-25 (one seed, one trace) and I-30
// (transfers become final).
//
// Not modelled: eras and slashing, and peers that are banned.
package relaychain
