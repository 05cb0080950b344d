// Package txpool is the transaction pool as a pure state machine: it decides
// which extrinsics a node keeps, in which order an author tries them, what is
// gossiped, and what those who watch a transaction are told.
//
// It does not execute: the runtime judges each extrinsic, asked for by
// [Validate] and answered by [Validated]. It does not send, store or choose
// among forks, and keeps no clock.
//
//	in:  extrinsics of users and peers, validities, new best and final blocks,
//	     peers that were sent to, what an author could not use, the time
//	out: extrinsics to validate, answers to users, judgments of gossip,
//	     statuses for watchers, extrinsics to gossip
//
// [Core.Step] takes one event and returns effects to be performed in order;
// [Core.Next] says when to call it with [Wake] next; [Core.Ready] gives an
// author what to put into a block.
//
//	pool := txpool.New(txpool.Params{}, best)
//	pool.Step(now, txpool.Submit{Request: 1, Extrinsic: x, Watch: true}) // Validate
//	pool.Step(now, txpool.Validated{Hash: txpool.Hash(x), At: best, Validity: valid}) // Accepted, Notify ready
//	for r := pool.Ready(); ; {
//		t, ok := r.Next()
//		…
//	}
//
// # The graph
//
// A transaction requires tags and provides tags; for a signed extrinsic they
// are its account with the nonce before and its own ([primitives.NonceTag]). It is ready
// when each required tag is provided by a ready transaction or by the chain, else
// it is a future one. No two transactions of the pool provide the same tag: a
// newcomer replaces those it conflicts with if its priority is higher than
// theirs together, and is refused otherwise.
//
// # Statuses
//
// A watcher sees a path through these, and nothing after the last line:
//
//	start      → future | ready | in block
//	future     → ready | in block | end
//	ready      → broadcast | future | in block | end
//	in block   → retracted | finalized | finality timeout
//	retracted  → future | ready | in block | end
//	end        = usurped | dropped | invalid
//
// Broadcast may come again and again while ready. They mean what
// author_submitAndWatchExtrinsic says; for transactionWatch_v1 ready and future
// are "validated", retracted is "bestChainBlockIncluded" of no block, finality
// timeout and dropped are "dropped", usurped and invalid are "invalid".
//
// # Where this differs from Substrate's pool
//
// Dependents of a transaction that is removed become future ones: their nonces
// are ahead, and they are valid again when the gap closes. A transaction that a
// block made impossible by including another with its tag is usurped by that one.
// When the pool is full and priorities are equal, the newest is dropped: a flood
// does not wash out what came before. A future transaction is neither gossiped nor
// may it share a tag with another. A transaction that is known can be watched.
//
// # What the shell must do
//
// Answer each Validate with one Validated, in any order, having read the state
// after Validate.At. Give NewBest with the blocks left and entered since the last
// one. Answer each Heard's message by its Judged, and each Broadcast with Sent.
// An author tells with Unfit what could not be in its block although there was
// room for it.
//
// Sources: substrate/client/transaction-pool (graph/base_pool.rs, ready.rs,
// rotator.rs, listener.rs), substrate/client/rpc-api/src/author/error.rs,
// substrate/client/rpc-spec-v2/src/transaction.
package txpool
