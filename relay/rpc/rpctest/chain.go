package rpctest

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/parachain/shared/initializer"
	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/crypto"
	"github.com/rampart-chain/rampart/relay/crypto/ed25519"
	"github.com/rampart-chain/rampart/relay/crypto/keys"
	"github.com/rampart-chain/rampart/relay/crypto/sr25519"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/genesis"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/backend"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/store"
)

// Of the first block, and of the slots.
const (
	firstSlot     = 1_000_000
	slotDuration  = 1000 // milliseconds
	epochDuration = 5    // slots
)

// Endowment is the first balance of Alice, Bob and Charlie.
var Endowment = primitives.NewBalance(1e18)

// Chain is a relay chain. It is for one goroutine, what it gives to methods (the
// embedded backend.Chain) for any.
type Chain struct {
	backend.Chain
	// Genesis is block 0.
	Genesis primitives.BlockID
	t       testing.TB
	runtime *runtime.Runtime
	babe    *sr25519.SecretKey
	grandpa *ed25519.SecretKey
	forks   primitives.Slot // slots that tell siblings apart
	// listeners are told beside the feed.
	listeners []chain.Listener
}

// New returns a chain that has block 0 only; t closes it. An archive keeps every
// state, any other the last 256 finalized ones.
func New(t testing.TB, archive bool) *Chain {
	t.Helper()
	alice, err := keys.Sr25519("//Alice")
	must(t, err)
	voter, err := keys.Ed25519("//Alice")
	must(t, err)
	first, err := configured(t, alice, voter).Build()
	must(t, err)
	s, err := store.Open(store.Config{InMemory: true, Archive: archive})
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	must(t, s.InitGenesis(first.Header, diff(first.Outcome)))
	r := runtime.New(crypto.NewRemembering())
	return &Chain{
		Chain: backend.Chain{Store: s, Feed: backend.NewFeed(s), Rules: backend.Relay(r), Spec: backend.Spec{
			Name: "Rampart Test", ID: "rampart_test", Type: "Development", SS58Prefix: runtime.SS58Prefix,
			Properties: json.RawMessage(`{"ss58Format":42,"tokenDecimals":12,"tokenSymbol":"RMP"}`),
		}},
		Genesis: first.Header.ID(), t: t, runtime: r, babe: alice, grandpa: voter,
	}
}

// configured is the configuration of block 0.
func configured(t testing.TB, alice *sr25519.SecretKey, voter *ed25519.SecretKey) genesis.Config {
	public := primitives.SR25519Public(alice.Public())
	config := genesis.Config{
		NetworkID: primitives.Hash{7}, SlotDuration: slotDuration, EpochDuration: epochDuration,
		BABE:       primitives.BABEConfiguration{C: [2]uint64{1, 4}, AllowedSlots: primitives.PrimaryAndSecondaryPlainSlots},
		Parachains: initializer.Genesis{Host: configuration.Local()},
		Validators: []session.Validator{{Account: primitives.AccountID(public), Keys: session.Keys{
			GRANDPA: primitives.ED25519Public(voter.Public()), BABE: public, ParaValidator: public, ParaAssignment: public, AuthorityDiscovery: public,
		}}},
	}
	for _, uri := range []string{"//Alice", "//Bob", "//Charlie"} {
		config.Balances = append(config.Balances, genesis.Balance{Account: Account(t, uri), Amount: Endowment})
	}
	return config
}

// Account returns the account of a secret URI, such as //Alice.
func Account(t testing.TB, uri string) primitives.AccountID {
	t.Helper()
	key, err := keys.Sr25519(uri)
	must(t, err)
	return primitives.AccountID(key.Public())
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func diff(o executive.Outcome) store.Diff { return store.Diff{Values: o.Changes, Nodes: o.Nodes} }

// Build makes, and does not add, the child of a block with extrinsics; one that is
// refused ends the test.
func (c *Chain) Build(parent primitives.BlockID, extrinsics ...primitives.Extrinsic) (primitives.Block, executive.Outcome) {
	c.t.Helper()
	header, err := c.Store.Header(parent.Hash)
	must(c.t, err)
	view, err := c.Store.View(parent.Hash)
	must(c.t, err)
	slot := c.slot(header) + 1 + c.forks
	block, outcome, err := c.runtime.Build(view, header, runtime.Proposal{
		Claim: primitives.SecondaryPlainClaim{Slot: slot}, Now: primitives.Millis(slot * slotDuration),
		Next: func() (x primitives.Extrinsic, ok bool) {
			if len(extrinsics) > 0 {
				x, extrinsics, ok = extrinsics[0], extrinsics[1:], true
			}
			return x, ok
		},
		Refused: func(x primitives.Extrinsic, why error) { c.t.Fatalf("%x is refused: %v", x, why) },
	})
	must(c.t, err)
	hash := block.Header.Hash()
	seal := c.babe.Sign(hash[:], [32]byte{})
	block.Header = block.Header.Sealed(primitives.Seal{Engine: primitives.EngineBABE, Data: seal[:]})
	return block, outcome
}

// slot returns that of a block.
func (c *Chain) slot(h primitives.Header) primitives.Slot {
	for _, item := range h.Digest {
		if claim, ok := item.(primitives.PreRuntime); ok {
			d := scale.NewDecoder(claim.Data)
			decoded := primitives.DecodeBABEPreDigest(d)
			must(c.t, d.Finish())
			_, slot := decoded.Author()
			return slot
		}
	}
	return firstSlot - 1
}

// Grow adds a child to a block. It is a new one each time.
func (c *Chain) Grow(parent primitives.BlockID, extrinsics ...primitives.Extrinsic) primitives.BlockID {
	c.t.Helper()
	block, outcome := c.Build(parent, extrinsics...)
	id := block.Header.ID()
	if _, err := c.Store.Header(id.Hash); !errors.Is(err, store.ErrUnknownBlock) {
		must(c.t, err)
		c.forks++ // it would be the one that is there
		return c.Grow(parent, extrinsics...)
	}
	best := c.Store.Best()
	if id.Number > best.Number {
		best = id
	}
	must(c.t, c.Store.Import(store.Import{Block: block, Hash: id.Hash, Diff: diff(outcome), Best: best.Hash}))
	e := chain.Imported{Hash: id.Hash, Header: block.Header, Extrinsics: block.Extrinsics, Best: best}
	for _, l := range c.listeners {
		l.Imported(e)
	}
	c.Feed.Imported(e)
	return id
}

// Listen has l told of blocks that are added from now on.
func (c *Chain) Listen(l chain.Listener) { c.listeners = append(c.listeners, l) }

// GrowBest adds n children, each to the best block, and returns the last.
func (c *Chain) GrowBest(n int) primitives.BlockID {
	c.t.Helper()
	for range n {
		c.Grow(c.Store.Best())
	}
	return c.Store.Best()
}

// Finalize makes a block final, with Alice's justification if justified.
func (c *Chain) Finalize(id primitives.BlockID, justified bool) {
	c.t.Helper()
	finality := store.Finality{Hash: id.Hash, Best: c.bestAbove(id)}
	if justified {
		finality.Justification = c.justify(id)
	}
	cut, err := c.Store.Finalize(finality)
	must(c.t, err)
	e := chain.Finalized{Block: id, Best: c.Store.Best(), Canonical: cut.Canonical, Pruned: cut.Pruned}
	for _, l := range c.listeners {
		l.Finalized(e)
	}
	c.Feed.Finalized(e)
}

// bestAbove returns the best block if id becomes final.
func (c *Chain) bestAbove(id primitives.BlockID) primitives.Hash {
	best, above := c.Store.Best(), map[primitives.Hash]bool{id.Hash: true}
	highest := id
	for _, b := range c.Store.Unfinalized() { // each after its parent
		if !above[b.Header.ParentHash] {
			continue
		}
		above[b.Hash] = true
		if b.Header.Number > highest.Number {
			highest = primitives.BlockID{Hash: b.Hash, Number: b.Header.Number}
		}
	}
	if above[best.Hash] {
		return best.Hash
	}
	return highest.Hash
}

// justify returns the proof that the set in charge finalized a block.
func (c *Chain) justify(id primitives.BlockID) *primitives.Justification {
	header, err := c.Store.Header(id.Hash)
	must(c.t, err)
	view, err := c.Store.View(header.ParentHash)
	must(c.t, err)
	query := runtime.NewQuery(view)
	_, set := query.GRANDPA()
	must(c.t, query.Err())
	vote := primitives.Precommit{TargetBlock: id}
	signed := primitives.SignedPrecommit{
		Precommit: vote, ID: primitives.ED25519Public(c.grandpa.Public()),
		Signature: primitives.Signature(c.grandpa.Sign(primitives.GRANDPAPayload(vote, 1, set))),
	}
	proof := primitives.GRANDPAJustification{Round: 1, Commit: primitives.Commit{Target: id, Precommits: []primitives.SignedPrecommit{signed}}}
	return &primitives.Justification{Engine: primitives.EngineGRANDPA, Data: scale.Marshal(proof)}
}

// Transfer returns the signed extrinsic with a nonce that moves an amount from one
// account to another, both given by their secret URIs. It never expires.
func (c *Chain) Transfer(from string, nonce primitives.Nonce, to string, amount uint64) primitives.Extrinsic {
	c.t.Helper()
	return c.Sign(from, primitives.SignedExtra{Nonce: nonce}, balances.TransferKeepAlive{
		Dest: primitives.AddressID{ID: Account(c.t, to)}, Value: primitives.NewBalance(amount),
	})
}

// Sign returns call as a signed extrinsic of the account with the secret URI. An
// era in extra must be that of genesis.
func (c *Chain) Sign(from string, extra primitives.SignedExtra, call frame.Call) primitives.Extrinsic {
	c.t.Helper()
	key, err := keys.Sr25519(from)
	must(c.t, err)
	encoded := runtime.Pallets().AppendCall(nil, call)
	version := c.Rules.Version()
	signature := key.Sign(primitives.SigningPayload(encoded, extra, primitives.SignedImplicit{
		SpecVersion: version.SpecVersion, TransactionVersion: version.TransactionVersion,
		GenesisHash: c.Genesis.Hash, EraBirthHash: c.Genesis.Hash,
	}), [32]byte{})
	return primitives.UncheckedExtrinsic{
		Signature: &primitives.ExtrinsicSignature{
			Signer:    primitives.AddressID{ID: primitives.AccountID(key.Public())},
			Signature: primitives.SR25519Signature{Signature: primitives.Signature(signature)}, Extra: extra,
		},
		Call: encoded,
	}.Encode()
}
