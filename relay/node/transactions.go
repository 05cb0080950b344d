package node

import (
	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/transactions"
)

// maxJudged is how many extrinsics from gossip wait at once to be validated.
const maxJudged = 256

// buildTransactions makes the transaction pool.
func (n *Node) buildTransactions(rules *runtime.Runtime) {
	params := n.config.Pool
	params.Author = n.config.Validator
	n.transactions = transactions.New(transactions.Config{
		Store: n.disk.store, Rules: rules, Slot: n.chain.SlotDuration(),
		Params:    params,
		Publish:   func(x primitives.Extrinsic) { n.outbox.Publish(protocol.Transactions, x) },
		Send:      func(to protocol.PeerID, messages [][]byte) { n.outbox.Send(pullTransactions, to, messages) },
		Neighbors: n.neighbors, Now: n.clock.Now,
		Beat: n.loops.Beat("transactions"), Logger: n.log, Registerer: n.config.Registerer,
	})
}

// judgeTransaction takes a gossiped extrinsic to the pool.
func (n *Node) judgeTransaction(from peer.ID, data []byte) protocol.Verdict {
	verdict, _ := n.transactions.Heard(protocol.PeerID(from), data)
	return verdict
}
