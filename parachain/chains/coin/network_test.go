package coin_test

import (
	"bytes"
	"testing"

	"github.com/rampart-chain/rampart/parachain/chains/coin"
	"github.com/rampart-chain/rampart/parachain/chains/coin/transfer"
	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/parachain/sdk"
	"github.com/rampart-chain/rampart/parachain/sdk/parachainsystem"
	"github.com/rampart-chain/rampart/parachain/sdk/relaytest"
	"github.com/rampart-chain/rampart/relay/crypto/keys"
	"github.com/rampart-chain/rampart/relay/crypto/sr25519"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
)

// tester is a testing.TB or a rapid.T.
type tester interface {
	Helper()
	Fatalf(format string, args ...any)
	Fatal(args ...any)
	Errorf(format string, args ...any)
}

// first is what each of the development accounts owns at the start.
const first = 1_000_000_000_000_000

// people are the development accounts, known to every test.
var people = func() map[string]*sr25519.SecretKey {
	out := map[string]*sr25519.SecretKey{}
	for _, name := range []string{"Alice", "Bob", "Charlie", "Dave", "Eve", "Ferdie"} {
		key, err := keys.Sr25519("//" + name)
		if err != nil {
			panic(err)
		}
		out[name] = key
	}
	return out
}()

func account(name string) primitives.AccountID { return primitives.AccountID(people[name].Public()) }

func to(a primitives.AccountID) primitives.MultiAddress { return primitives.AddressID{ID: a} }

// node is a chain as its collators have it.
type node struct {
	id      primitives.ParaID
	chain   *sdk.Chain
	line    []*sr25519.SecretKey
	genesis primitives.Hash
	view    relaytest.View
	head    primitives.Header
	waiting []relaytest.Candidate // built and not included
}

// network is a relay chain with two coin chains and channels between them.
type network struct {
	tester
	relay *relaytest.Relay
	nodes [2]*node
	// history is what was ever sent from the first chain to the second, if
	// the test keeps it.
	history []primitives.InboundHRMPMessage
}

// channel is the capacity and the message size of the channels of a network.
type channel struct{ capacity, size uint32 }

func newNetwork(t tester, c channel) *network {
	t.Helper()
	n := &network{tester: t}
	heads := map[primitives.ParaID]primitives.HeadData{}
	for i, id := range []primitives.ParaID{2000, 2001} {
		line := []*sr25519.SecretKey{people["Alice"], people["Bob"], people["Charlie"]}
		g := coin.Genesis{ParaID: id, Peers: []primitives.ParaID{2000, 2001}}
		for _, key := range line {
			g.Collators = append(g.Collators, primitives.SR25519Public(key.Public()))
		}
		for _, name := range []string{"Alice", "Bob", "Charlie", "Dave", "Eve", "Ferdie"} {
			g.Balances = append(g.Balances, sdk.Balance{Account: account(name), Amount: primitives.NewBalance(first)})
		}
		block, err := g.Build()
		if err != nil {
			t.Fatal(err)
		}
		heads[id] = block.Head()
		n.nodes[i] = &node{id: id, chain: coin.Chain(), line: line, genesis: block.Header.Hash(),
			view: relaytest.View{}.After(block.Outcome), head: block.Header}
	}
	relay, err := relaytest.New(heads,
		hrmp.Preopened{From: 2000, To: 2001, Capacity: c.capacity, Size: c.size},
		hrmp.Preopened{From: 2001, To: 2000, Capacity: c.capacity, Size: c.size})
	if err != nil {
		t.Fatal(err)
	}
	n.relay = relay
	return n
}

// begin makes another genesis of chain i: with change.
func (n *network) begin(i int, change func(s *frame.State)) {
	n.Helper()
	c, s := n.nodes[i], n.state(i)
	change(s)
	outcome, err := executive.Commit(c.view, c.head.StateRoot, s.Changes())
	if err != nil {
		n.Fatal(err)
	}
	c.view, c.head.StateRoot = c.view.After(outcome), outcome.Root
	c.genesis = c.head.Hash()
	err = n.relay.Change(func(s *frame.State, _ primitives.BlockNumber) { paras.Heads.Put(s, c.id, c.head.AppendSCALE(nil)) })
	if err != nil {
		n.Fatal(err)
	}
}

// state returns the state after the head of chain i.
func (n *network) state(i int) *frame.State { return frame.NewState(n.nodes[i].view) }

// signed returns call as an extrinsic on chain i, with the given distance to the
// account's nonce.
func (n *network) signed(i int, who string, ahead primitives.Nonce, call frame.Call) primitives.Extrinsic {
	nonce := system.Account.Get(n.state(i), account(who)).Nonce
	return coin.Sign(people[who], nonce+ahead, n.nodes[i].genesis, call)
}

// made is a block on the head of a chain, with what validates it.
type made struct {
	block     primitives.Block
	collation sdk.Collation
	params    primitives.ValidationParams
	refused   []error
}

// propose builds the next block of chain i, sealed, at the last relay block.
func (n *network) propose(i int, extrinsics ...primitives.Extrinsic) (primitives.Block, []error) {
	n.Helper()
	c := n.nodes[i]
	var author uint32
	key := (*sr25519.SecretKey)(nil)
	for _, k := range c.line {
		place, ok, err := c.chain.Turn(c.view, n.relay.Slot(), primitives.SR25519Public(k.Public()))
		if err != nil {
			n.Fatal(err)
		}
		if ok {
			author, key = place, k
		}
	}
	if key == nil {
		n.Fatalf("nobody may author in slot %d", n.relay.Slot())
	}
	var refused []error
	block, err := c.chain.Build(c.view, c.head, sdk.Proposal{
		Author: author, Relay: n.relay.Collect(c.id, c.head.AppendSCALE(nil)),
		Next: func() (primitives.Extrinsic, bool) {
			if len(extrinsics) == 0 {
				return nil, false
			}
			x := extrinsics[0]
			extrinsics = extrinsics[1:]
			return x, true
		},
		Refused: func(_ primitives.Extrinsic, why error) { refused = append(refused, why) },
	})
	if err != nil {
		n.Fatalf("chain %d, block %d: %v", c.id, c.head.Number+1, err)
	}
	block.Header = seal(key, block.Header)
	return block, refused
}

func seal(key *sr25519.SecretKey, header primitives.Header) primitives.Header {
	return sdk.Seal(header, primitives.Signature(key.Sign(sdk.SealPayload(header), [32]byte{})))
}

// make builds the next block of chain i and its proof, and checks that building,
// executing and validating it agree.
func (n *network) make(i int, extrinsics ...primitives.Extrinsic) made {
	n.Helper()
	c := n.nodes[i]
	block, refused := n.propose(i, extrinsics...)
	collation, err := c.chain.Collate(c.view, c.head, block)
	if err != nil {
		n.Fatalf("chain %d, block %d does not execute as it was built: %v", c.id, block.Header.Number, err)
	}
	relay := n.relay.Collect(c.id, c.head.AppendSCALE(nil)).ValidationData
	m := made{block: block, collation: collation, refused: refused, params: primitives.ValidationParams{
		ParentHead: relay.ParentHead, BlockData: collation.PoV.BlockData,
		RelayParentNumber: relay.RelayParentNumber, RelayParentStorageRoot: relay.RelayParentStorageRoot,
	}}
	outcome, result, err := c.chain.Execute(c.view, c.head, block)
	if err != nil {
		n.Fatalf("chain %d, block %d: %v", c.id, block.Header.Number, err)
	}
	validated, err := c.chain.ValidateBlock(m.params.AppendSCALE(nil))
	if err != nil {
		n.Fatalf("chain %d, block %d is not valid: %v", c.id, block.Header.Number, err)
	}
	want := result.AppendSCALE(nil)
	if outcome.Root != collation.Outcome.Root || !bytes.Equal(want, collation.Result.AppendSCALE(nil)) || !bytes.Equal(want, validated.AppendSCALE(nil)) {
		n.Fatalf("chain %d, block %d: executed %x, collated %x, validated %x", c.id, block.Header.Number,
			want, collation.Result.AppendSCALE(nil), validated.AppendSCALE(nil))
	}
	return m
}

// accept makes m the head of chain i. It waits for inclusion.
func (n *network) accept(i int, m made) {
	c := n.nodes[i]
	c.view, c.head = c.view.After(m.collation.Outcome), m.block.Header
	c.waiting = append(c.waiting, relaytest.Candidate{Para: c.id, RelayParent: m.params.RelayParentNumber, Result: m.collation.Result})
}

// include makes a relay block, skip slots later, with the first candidates of the
// chains that wait.
func (n *network) include(skip primitives.Slot, chains ...int) {
	n.Helper()
	var candidates []relaytest.Candidate
	for _, i := range chains {
		if c := n.nodes[i]; len(c.waiting) > 0 {
			candidates = append(candidates, c.waiting[0])
			c.waiting = c.waiting[1:]
		}
	}
	if err := n.relay.Include(skip, candidates...); err != nil {
		n.Fatal(err)
	}
}

// grow makes the next block of chain i, with these extrinsics, and has it
// included; the other chain rests.
func (n *network) grow(i int, extrinsics ...primitives.Extrinsic) made {
	n.Helper()
	m := n.make(i, extrinsics...)
	if len(m.refused) > 0 {
		n.Fatalf("chain %d refused extrinsics: %v", n.nodes[i].id, m.refused)
	}
	n.accept(i, m)
	n.include(1, i)
	return m
}

// emitted reports whether the head of chain i has the event.
func (n *network) emitted(i int, event frame.Event) bool {
	return bytes.Contains(system.Events.Get(n.state(i)), n.nodes[i].chain.Pallets().AppendEvent(nil, event))
}

// free returns the free balance of an account on chain i.
func (n *network) free(i int, who primitives.AccountID) primitives.Balance {
	return system.Account.Get(n.state(i), who).Data.Free
}

// coins returns the coins of both chains, those that are held, and those under
// way.
func (n *network) coins() primitives.Balance {
	var sum primitives.Balance
	for i, c := range n.nodes {
		s, other := n.state(i), n.nodes[1-i]
		sum = sum.SaturatingAdd(balances.TotalIssuance.Get(s))
		for _, held := range transfer.Held.All(s) {
			sum = sum.SaturatingAdd(held)
		}
		for _, blob := range parachainsystem.Waiting(s, other.id) {
			sum = sum.SaturatingAdd(n.payment(blob))
		}
		for _, candidate := range c.waiting {
			for _, m := range candidate.Result.HorizontalMessages {
				sum = sum.SaturatingAdd(n.payments(m.Data))
			}
		}
		watermark := parachainsystem.HrmpWatermark.Get(s)
		for _, in := range n.relay.Collect(c.id, nil).Horizontal {
			for _, m := range in.Messages {
				if m.SentAt > watermark {
					sum = sum.SaturatingAdd(n.payments(m.Data))
				}
			}
		}
	}
	return sum
}

// payments returns what a horizontal message carries.
func (n *network) payments(data []byte) primitives.Balance {
	var sum primitives.Balance
	d := scale.NewDecoder(data)
	if d.U8() != parachainsystem.FormatBlobs {
		n.Errorf("message %x is not of blobs", data)
	}
	for d.Remaining() > 0 {
		sum = sum.SaturatingAdd(n.payment(d.Bytes(1000)))
	}
	if err := d.Finish(); err != nil {
		n.Errorf("message %x: %v", data, err)
	}
	return sum
}

func (n *network) payment(blob []byte) primitives.Balance {
	var p transfer.Payment
	if err := scale.Unmarshal(blob, &p); err != nil {
		n.Errorf("blob %x: %v", blob, err)
	}
	return p.Amount
}

var _ tester = (*testing.T)(nil)
