package relaychain

import (
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

// finalWithin is how many slots a transaction may take to be final (I-30), and
// resubmitAfter when its sender, while nothing is promised, tries another node.
const (
	finalWithin   = 20
	resubmitAfter = 5
)

// workload is what users do: each has one transfer under way.
type workload struct {
	on     bool
	strict bool // I-30 is demanded
	users  [users]struct {
		nonce primitives.Nonce
		hash  primitives.Hash
		since primitives.Millis // submitted first, or when strict began
		tried primitives.Millis
	}
}

// Transact begins or ends a stream of transfers.
func (s *Simulation) Transact(on bool) { s.workload.on = on }

// Strict demands from now on that transfers are final in time, or no longer.
func (s *Simulation) Strict(on bool) {
	s.workload.strict = on
	for i := range s.workload.users {
		s.workload.users[i].since = s.Now()
		s.workload.users[i].tried = 0
	}
}

// transact does what the users do in a slot.
func (s *Simulation) transact() {
	w := &s.workload
	if !w.on {
		return
	}
	for i := range w.users {
		u := &w.users[i]
		if u.hash != (primitives.Hash{}) && s.included[u.hash] > 0 {
			u.nonce, u.hash = u.nonce+1, primitives.Hash{}
			s.Sometimes.Add("transaction final")
		}
		if u.hash == (primitives.Hash{}) {
			u.hash, u.since, u.tried = primitives.Blake2b256(s.world.transfer(i, u.nonce)), s.Now(), 0
		}
		if w.strict && s.Now() > u.since+finalWithin*SlotMillis {
			s.fail("I-30: transfer %d of user %d is not final after %d slots", u.nonce, i, finalWithin)
		}
		if s.Now() >= u.tried+resubmitAfter*SlotMillis {
			u.tried = s.Now()
			if at := s.someone(); at >= 0 {
				s.Tell(at, s.world.transfer(i, u.nonce))
			}
		}
	}
}

// someone returns a random honest node that runs, -1 if there is none.
func (s *Simulation) someone() engine.NodeID {
	for _, id := range s.Random().Shuffled(len(s.final)) {
		if s.well(id) {
			return id
		}
	}
	return -1
}

// well reports whether a validator is honest and runs.
func (s *Simulation) well(id engine.NodeID) bool {
	return !s.Byzantine[id] && s.Node(id) != nil && !s.Suspended(id)
}

// carry notes the signed transactions of a block.
func (o *Observer) carry(hash primitives.Hash, b primitives.Block) {
	for _, x := range b.Extrinsics {
		if u, err := primitives.DecodeExtrinsic(x); err == nil && u.Signature != nil {
			o.carried[hash] = append(o.carried[hash], primitives.Blake2b256(x))
		}
	}
}

// include notes the transactions of a final block.
func (o *Observer) include(hash primitives.Hash, number primitives.BlockNumber) {
	for _, x := range o.carried[hash] {
		if before := o.included[x]; before > 0 {
			o.fail("transaction %s is final in blocks %d and %d", x, before, number)
		}
		o.included[x] = number
	}
	delete(o.carried, hash)
}

// Recount checks I-19 in the best state of a node: what all accounts have is
// what was issued.
func (s *Simulation) Recount() {
	id := s.someone()
	n := s.nodes[id]
	state := n.states[n.tree.Best().Hash]
	query := runtime.NewQuery(state)
	sum, accounts := primitives.Balance{}, 0
	for _, info := range system.Account.All(query.State()) {
		total, ok := sum.CheckedAdd(info.Data.Free)
		total, ok2 := total.CheckedAdd(info.Data.Reserved)
		if !ok || !ok2 {
			s.fail("I-21: balances overflow")
		}
		sum = total
		accounts++
	}
	if issued := balances.TotalIssuance.Get(query.State()); sum != issued || accounts < users {
		s.fail("I-19: %d accounts have %v, issued are %v", accounts, sum, issued)
	}
}

// bounded checks I-26: nothing that a node holds is beyond its bound.
func (s *Simulation) bounded() {
	for id, n := range s.nodes {
		if n == nil || !n.running || s.Node(engine.NodeID(id)) == nil {
			continue
		}
		over := func(what string, size, limit int) {
			if size > limit {
				s.fail("I-26: node %d holds %d %s, at most %d", id, size, what, limit)
			}
		}
		over("unfinalized blocks", n.tree.Len(), maxBlocks)
		over("epoch views", n.epochs.Len(), maxBlocks)
		over("states", len(n.states), n.tree.Len()+1)
		over("orphans", len(n.orphans), maxOrphans)
		over("transactions", len(n.pool.waiting), maxPool)
		over("finality events", len(n.events), 0)
	}
}
