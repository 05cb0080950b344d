package benchmark

import (
	"bytes"
	"encoding/binary"
	"maps"
	"slices"

	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/parachain/chains/coin"
	"github.com/rampart-chain/rampart/parachain/inclusion/inherent"
	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/parachain/sdk"
	"github.com/rampart-chain/rampart/parachain/shared/initializer"
	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/crypto/cryptotest"
	"github.com/rampart-chain/rampart/relay/crypto/hash"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/genesis"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/trie"
)

// The chain that costs are measured on.
const (
	// Accounts is how many it has where keys and proofs are counted.
	Accounts = 100_000
	// fewAccounts is how many it has where time is measured: in a small heap,
	// so that collecting garbage takes what it does in a node.
	fewAccounts = 1000

	validators = 100
	cores      = 20
)

// ground is what a World is of.
type ground struct {
	// coin says that it is of a coin chain, not of the relay chain.
	coin bool
	// validators and cores of the relay chain; 100 and 20 if both are 0.
	validators, cores int
}

// worlds are those that cases are made in, each with so many accounts, but few in a
// relay chain of another size.
type worlds struct {
	accounts int
	made     map[ground]*World
}

// of returns the world of g, made at most once.
func (w *worlds) of(g ground) (*World, error) {
	if made := w.made[g]; made != nil {
		return made, nil
	}
	var world *World
	var err error
	switch {
	case g.coin:
		world, err = newCoinWorld(w.accounts)
	case g == ground{}:
		world, err = NewWorld(w.accounts, 0)
	default:
		world, err = newRelayWorld(fewAccounts, 0, g.validators, g.cores)
	}
	if err != nil {
		return nil, err
	}
	if w.made == nil {
		w.made = map[ground]*World{}
	}
	w.made[g] = world
	return world, nil
}

// slotDuration of the chain, in milliseconds.
const slotDuration = 6000

// rich is what every account has.
var rich = primitives.NewBalance(1_000_000_000_000_000)

// pallets are those of the runtime, with calls that check signatures.
var pallets = palletsWith(crypto.Real{})

// palletsWith returns the pallets of the runtime, with calls that check signatures
// by v.
func palletsWith(v inherent.Verifier) frame.Pallets {
	list := slices.Clone(runtime.Pallets())
	for i := range list {
		if list[i].Pallet.Name == inherent.Pallet.Name {
			list[i].Pallet = inherent.WithVerifier(v)
		}
	}
	return list
}

// seed returns the seed of the n-th key of a kind.
func seed(kind string, n int) [32]byte {
	return hash.Blake2b256(binary.LittleEndian.AppendUint64([]byte(kind), uint64(n)))
}

// account returns the n-th account that exists from the start. Nobody has its
// key, unless it is a signer.
func account(n int) primitives.AccountID { return seed("account", n) }

// World is a chain at its genesis: the state in memory, and the trie over it.
type World struct {
	genesis genesis.Genesis
	pallets frame.Pallets
	values  frame.Memory
	keys    [][]byte // of values, ascending
	nodes   map[string][]byte
	signers []cryptotest.Keys
	paras   map[primitives.SR25519Public]cryptotest.Keys
}

// NewWorld returns a chain with so many accounts, at least 1000, with signers more
// whose keys are known, and with 100 validators and 20 cores with a parachain each.
// Worlds made with equal arguments are equal.
func NewWorld(accounts, signers int) (*World, error) {
	return newRelayWorld(accounts, signers, validators, cores)
}

func newRelayWorld(accounts, signers, validators, cores int) (*World, error) {
	w := &World{pallets: pallets, paras: map[primitives.SR25519Public]cryptotest.Keys{}}
	config := genesis.Config{
		NetworkID: seed("network", 0), SlotDuration: slotDuration, EpochDuration: 2400,
		BABE:       primitives.BABEConfiguration{C: [2]uint64{1, 4}, AllowedSlots: primitives.PrimaryAndSecondaryPlainSlots},
		Parachains: initializer.Genesis{Host: configuration.Live()},
		Sudo:       new(primitives.AccountID),
	}
	*config.Sudo = account(0)
	for i := range validators {
		keys := cryptotest.Real{}.Keys(seed("validator", i))
		public := primitives.SR25519Public(keys.Sr25519Public())
		w.paras[public] = keys
		config.Validators = append(config.Validators, session.Validator{Account: account(i), Keys: session.Keys{
			GRANDPA: primitives.ED25519Public(seed("grandpa", i)), BABE: primitives.SR25519Public(seed("babe", i)), ParaValidator: public,
			ParaAssignment: primitives.SR25519Public(seed("assignment", i)), AuthorityDiscovery: primitives.SR25519Public(seed("discovery", i))}})
	}
	for i := range cores {
		config.Parachains.Paras = append(config.Parachains.Paras, paras.Registration{ID: para(i), Head: primitives.HeadData("head"), Code: primitives.ValidationCode("code")})
		config.Parachains.Cores = append(config.Parachains.Cores, []primitives.ParaID{para(i)})
	}
	for i := range accounts {
		config.Balances = append(config.Balances, genesis.Balance{Account: account(i), Amount: rich})
	}
	for i := range signers {
		w.signers = append(w.signers, cryptotest.Real{}.Keys(seed("signer", i)))
		config.Balances = append(config.Balances, genesis.Balance{Account: w.signers[i].Sr25519Public(), Amount: rich})
	}
	begun, err := config.Build()
	w.begin(begun)
	return w, err
}

// newCoinWorld returns a coin chain with so many accounts.
func newCoinWorld(accounts int) (*World, error) {
	config := coin.Genesis{ParaID: para(0), Collators: []primitives.SR25519Public{seed("collator", 0)}}
	for i := range accounts {
		config.Balances = append(config.Balances, sdk.Balance{Account: account(i), Amount: rich})
	}
	begun, err := config.Build()
	w := &World{pallets: coin.Chain().Pallets()}
	w.begin(genesis.Genesis(begun))
	return w, err
}

// begin sets the state.
func (w *World) begin(g genesis.Genesis) {
	w.genesis, w.values, w.nodes = g, frame.Memory{}, map[string][]byte{}
	w.values.Apply(g.Outcome.Changes)
	for _, c := range g.Outcome.Changes {
		w.keys = append(w.keys, c.Key)
	}
	for _, n := range g.Outcome.Nodes {
		w.nodes[string(n.Path)] = n.Encoding
	}
}

func para(i int) primitives.ParaID { return primitives.ParaID(2000 + i) }

// layer is the world's state with changes over it. It notes the keys that are
// read where touched is not nil.
type layer struct {
	world   *World
	changes frame.Memory // nil value: deleted
	sorted  [][]byte     // keys of changes
	touched map[string]bool
}

// over returns the state with changes, which are ascending.
func (w *World) over(changes []frame.Change) *layer {
	l := &layer{world: w, changes: frame.Memory{}}
	for _, c := range changes {
		l.changes[string(c.Key)] = c.Value
		l.sorted = append(l.sorted, c.Key)
	}
	return l
}

// Get implements frame.Backend.
func (l *layer) Get(key []byte) ([]byte, error) {
	if l.touched != nil {
		l.touched[string(key)] = true
	}
	if value, changed := l.changes[string(key)]; changed {
		return value, nil
	}
	return l.world.values[string(key)], nil
}

// Next implements frame.Backend. The key that it finds counts as read.
func (l *layer) Next(key []byte) ([]byte, bool, error) {
	for {
		a, b := after(l.world.keys, key), after(l.sorted, key)
		if a == nil || b != nil && bytes.Compare(b, a) < 0 {
			a = b
		}
		if a == nil {
			return nil, false, nil
		}
		if value, changed := l.changes[string(a)]; changed && value == nil {
			key = a
			continue
		}
		if l.touched != nil {
			l.touched[string(a)] = true
		}
		return a, true, nil
	}
}

// after returns the first of sorted keys that is greater than key, or nil.
func after(sorted [][]byte, key []byte) []byte {
	i, found := slices.BinarySearchFunc(sorted, key, bytes.Compare)
	if found {
		i++
	}
	if i == len(sorted) {
		return nil
	}
	return sorted[i]
}

// Node implements trie.Source: that of the world without the changes.
func (l *layer) Node(path []byte, _ [32]byte) ([]byte, error) {
	if node, ok := l.world.nodes[string(path)]; ok {
		return node, nil
	}
	return nil, trie.ErrMissingNode
}

// Value implements trie.Source.
func (l *layer) Value(key []byte, _ [32]byte) ([]byte, error) {
	if value, ok := l.world.values[string(key)]; ok {
		return value, nil
	}
	return nil, trie.ErrMissingNode
}

// proof returns how many bytes the proof of keys has in the state with the
// changes.
func (l *layer) proof(keys map[string]bool) (int, error) {
	t := trie.New(l, l.world.genesis.Header.StateRoot, trie.V1)
	var changes []trie.Change
	for _, key := range l.sorted {
		changes = append(changes, trie.Change{Key: key, Value: l.changes[string(key)]})
	}
	if err := t.Update(changes); err != nil {
		return 0, err
	}
	c := t.Commit()
	after := &committed{layer: l, nodes: map[string][]byte{}}
	for _, n := range c.Nodes {
		after.nodes[string(n.Path)] = n.Encoding
	}
	var list [][]byte
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		list = append(list, []byte(key))
	}
	nodes, err := trie.Prove(after, c.Root, list)
	total := 0
	for _, n := range nodes {
		total += len(n)
	}
	return total, err
}

// committed is the trie with the changes.
type committed struct {
	*layer
	nodes map[string][]byte
}

// Node implements trie.Source.
func (c *committed) Node(path []byte, hash [32]byte) ([]byte, error) {
	if node, changed := c.nodes[string(path)]; changed {
		if node == nil {
			return nil, trie.ErrMissingNode
		}
		return node, nil
	}
	return c.layer.Node(path, hash)
}

// Value implements trie.Source.
func (c *committed) Value(key []byte, hash [32]byte) ([]byte, error) {
	if value, changed := c.changes[string(key)]; changed && value != nil {
		return value, nil
	}
	return c.layer.Value(key, hash)
}
