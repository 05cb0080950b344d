package relaychain_test

import (
	"maps"

	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/parachain/shared/initializer"
	"github.com/rampart-chain/rampart/relay/crypto/cryptotest"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/genesis"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/trie"
)

const (
	slotMillis  = 2000
	epochSlots  = 15
	buildMillis = 20
	signMillis  = 5
	writeMillis = 3
	// maxBlocks bounds the unfinalized blocks of a node, and maxServed those in
	// an answer.
	maxBlocks = 1 << 12
	maxServed = 64
)

const start = primitives.Millis(1_700_000_000_000 / slotMillis * slotMillis)

// world is what the nodes of a simulation agree on.
type world struct {
	scheme  cryptotest.Stub
	runtime *runtime.Runtime
	keys    []cryptotest.Keys // by node
	genesis primitives.Header
	state   *stateView // after genesis
	// eager nodes make blocks at once after a start, others first wait for what
	// their peers have.
	eager bool
}

func newWorld(n int) *world {
	scheme := cryptotest.NewStub([32]byte{1})
	w := &world{scheme: scheme, runtime: runtime.New(scheme)}
	config := genesis.Config{
		SlotDuration: slotMillis, EpochDuration: epochSlots,
		BABE:       primitives.BABEConfiguration{C: [2]uint64{1, 4}, AllowedSlots: primitives.PrimaryAndSecondaryVRFSlots},
		Parachains: initializer.Genesis{Host: configuration.Local()},
	}
	for id := range n {
		keys, account := scheme.Keys([32]byte{byte(id), 1}), primitives.AccountID{byte(id), 1}
		other := func(kind byte) primitives.SR25519Public {
			return scheme.Keys([32]byte{byte(id), kind}).Sr25519Public()
		}
		w.keys = append(w.keys, keys)
		config.Validators = append(config.Validators, session.Validator{Account: account, Keys: session.Keys{
			GRANDPA: keys.Ed25519Public(), BABE: keys.Sr25519Public(),
			ParaValidator: other(2), ParaAssignment: other(3), AuthorityDiscovery: other(4),
		}})
		config.Balances = append(config.Balances, genesis.Balance{Account: account, Amount: primitives.NewBalance(1e15)})
	}
	g, err := config.Build()
	must(err)
	w.genesis = g.Header
	w.state = (&stateView{frame.Memory{}, map[string][]byte{}}).after(g.Outcome)
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
