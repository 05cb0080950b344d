// Package backing decides which candidates this node vouches for, collects what
// other validators say, and gives the author of a block what can be backed in it.
//
// It executes nothing, fetches nothing, stores nothing and does not sign: effects
// ask for it, events answer.
//
//	in:  leaves, candidates of collators, outcomes of validation, proofs of
//	     validity, statements and summaries of peers, signatures made
//	out: candidates to validate, proofs to fetch, data to store, statements to sign
//	     and to send, verdicts, evidence of equivocation, own statements heard from
//	     peers; BackedCandidates
//
// [Core.Step] takes one event and returns effects to be performed in order;
// [Core.Next] says when to call it with [Wake] next.
//
// The group that backs on a core at a relay parent is fixed by the relay chain. Of
// its members one gets a candidate from a collator, executes it and says Seconded;
// the others fetch the proof of validity, execute too and say Valid. What a
// statement says is true of this node before it is signed: the candidate was
// executed here, its commitments and erasure root are as it says, it can be next
// in the chain of its para, and its data is stored.
//
//	own collation ─────────────► validate ─► store ─► sign ─► broadcast
//	Seconded of the group ─► fetch ─┘
//
// A candidate that execution refutes gets no statement. Neither does one that
// could not be executed for a reason of this machine: after one more attempt the
// node abstains, with an alarm.
//
// A validator may second max_candidate_depth + 1 candidates per relay parent, no
// two of them on the same head of a para. More is equivocation: it is evidence,
// the statement does not count, and no further Seconded of the validator at the
// relay parent is heard. So that a node that starts again cannot contradict what
// it forgot, it seconds at relay parents above its first leaf only.
//
// All nodes collect the statements of all groups, so that any author can use them.
// Gossip is only the fast path: neighbors exchange a [Summary] on connecting and
// once per slot, and [Core.Missing] is what the other lacks. Statements at a relay
// parent that is not known yet, and votes for a candidate that is not, wait a
// bounded time.
//
// Source: polkadot-sdk node/core/backing, node/network/statement-distribution;
// the messages are Rampart's own.
package backing

//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen
