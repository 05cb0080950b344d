package relaychain

import (
	"maps"

	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/relay/crypto/cryptotest"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/genesis"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/trie"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

const (
	// SlotMillis is the length of a slot, EpochSlots that of a session in slots.
	SlotMillis = 2000
	EpochSlots = 15

	buildMillis = 20
	signMillis  = 5
	writeMillis = 3
	// maxBlocks bounds the unfinalized blocks of a node, and maxServed those in
	// an answer.
	maxBlocks = 1 << 12
	maxServed = 64
	// maxOrphans bounds the unknown parents for which blocks are kept, and
	// maxSiblings the blocks kept for one.
	maxOrphans  = 256
	maxSiblings = 16
	// maxPool bounds the transactions that wait at a node.
	maxPool = 256
	// users have funds and send transactions.
	users = 8
)

// Start is the virtual time at which simulations begin, in Unix milliseconds.
const Start = primitives.Millis(1_700_000_000_000 / SlotMillis * SlotMillis)

// World is what the nodes of a simulation agree on.
type World struct {
	seed     uint64
	paras    *paraWorld
	scheme   cryptotest.Stub
	runtime  *runtime.Runtime
	keys     []cryptotest.Keys // by node
	real     []realKeys        // of the guards, by node
	users    []cryptotest.Keys
	genesis  primitives.Header
	state    *stateView // after genesis
	views    views
	executed executed
	blocks   map[primitives.Hash]sharedBlock // that were stored
	thorough bool                            // every node executes every block
	// Eager nodes make blocks at once after a start, others first wait for what
	// their peers have.
	Eager     bool
	forgetful bool
}

// NewWorld returns the world of n validators and the collators of p.
func NewWorld(seed uint64, n int, p Paras) *World {
	return newWorld(Config{Seed: seed, Nodes: n, Paras: p})
}

func newWorld(c Config) *World {
	if c.Primary == ([2]uint64{}) {
		c.Primary = [2]uint64{1, 4}
	}
	if c.Epoch == 0 {
		c.Epoch = EpochSlots
	}
	seed, n, p := c.Seed, c.Nodes, c.Paras
	scheme := cryptotest.NewStub([32]byte{1})
	w := &World{
		seed: seed, scheme: scheme, runtime: runtime.New(scheme), thorough: c.Thorough, paras: newParaWorld(p, scheme, n),
		blocks: map[primitives.Hash]sharedBlock{},
	}
	config := genesis.Config{
		SlotDuration: SlotMillis, EpochDuration: c.Epoch,
		BABE:       primitives.BABEConfiguration{C: c.Primary, AllowedSlots: primitives.PrimaryAndSecondaryVRFSlots},
		Parachains: w.paras.genesis(),
	}
	for id := range n {
		keys, account := scheme.Keys([32]byte{byte(id), 1}), primitives.AccountID{byte(id), 1}
		other := func(kind byte) primitives.SR25519Public {
			return scheme.Keys([32]byte{byte(id), kind}).Sr25519Public()
		}
		w.keys = append(w.keys, keys)
		w.real = append(w.real, newRealKeys(engine.NodeID(id)))
		config.Validators = append(config.Validators, session.Validator{Account: account, Keys: session.Keys{
			GRANDPA: keys.Ed25519Public(), BABE: keys.Sr25519Public(),
			ParaValidator: other(2), ParaAssignment: other(3), AuthorityDiscovery: other(4),
		}})
		config.Balances = append(config.Balances, genesis.Balance{Account: account, Amount: primitives.NewBalance(1e15)})
	}
	for id := range users {
		keys := scheme.Keys([32]byte{byte(id), 9})
		w.users = append(w.users, keys)
		config.Balances = append(config.Balances, genesis.Balance{Account: keys.Sr25519Public(), Amount: primitives.NewBalance(1e15)})
	}
	g, err := config.Build()
	must(err)
	w.genesis = g.Header
	w.state = w.remember(w.genesis, &stateView{frame.Memory{}, map[string][]byte{}}, g.Outcome)
	return w
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// stateView is the state after a block, in memory.
type stateView struct {
	frame.Memory
	nodes map[string][]byte
}

func (v *stateView) Node(path []byte, _ [32]byte) ([]byte, error) {
	if node, ok := v.nodes[string(path)]; ok {
		return node, nil
	}
	return nil, trie.ErrMissingNode
}

func (v *stateView) Value(key []byte, _ [32]byte) ([]byte, error) { return v.Get(key) }

// after returns the state after a child with outcome o.
func (v *stateView) after(o executive.Outcome) *stateView {
	child := &stateView{maps.Clone(v.Memory), maps.Clone(v.nodes)}
	child.Apply(o.Changes)
	for _, n := range o.Nodes {
		if n.Encoding == nil {
			delete(child.nodes, string(n.Path))
		} else {
			child.nodes[string(n.Path)] = n.Encoding
		}
	}
	return child
}

// maxViews bounds the states that nodes share.
const maxViews = 64

// views are the states after the blocks executed last, by root: nodes that come
// to the same state hold it once, and relay parents are known by theirs.
type views struct {
	byRoot map[primitives.Hash]*stateView
	order  []primitives.Hash
}

// after returns the state after a child of parent with outcome o.
func (v *views) after(parent *stateView, o executive.Outcome) *stateView {
	if known := v.byRoot[o.Root]; known != nil {
		return known
	}
	if v.byRoot == nil {
		v.byRoot = map[primitives.Hash]*stateView{}
	}
	if len(v.order) == maxViews {
		delete(v.byRoot, v.order[0])
		v.order = v.order[1:]
	}
	child := parent.after(o)
	v.byRoot[o.Root], v.order = child, append(v.order, o.Root)
	return child
}
