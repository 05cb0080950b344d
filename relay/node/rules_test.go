package node

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/parachain/shared/initializer"
	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/crypto/keys"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/genesis"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/store"
	"github.com/rampart-chain/rampart/relay/trie"
)

// genesisOf returns block 0 of the chain with the network id.
func genesisOf(t *testing.T, network byte) genesis.Genesis {
	t.Helper()
	alice, err := keys.Sr25519("//Alice")
	if err != nil {
		t.Fatal(err)
	}
	voter, err := keys.Ed25519("//Alice")
	if err != nil {
		t.Fatal(err)
	}
	public := primitives.SR25519Public(alice.Public())
	g, err := genesis.Config{
		NetworkID: primitives.Hash{network}, SlotDuration: 1000, EpochDuration: 6,
		BABE:       primitives.BABEConfiguration{C: [2]uint64{1, 4}, AllowedSlots: primitives.PrimaryAndSecondaryPlainSlots},
		Parachains: initializer.Genesis{Host: configuration.Local()},
		Balances:   []genesis.Balance{{Account: primitives.AccountID(public), Amount: primitives.NewBalance(1e12)}},
		Validators: []session.Validator{{Account: primitives.AccountID(public), Keys: session.Keys{
			GRANDPA: primitives.ED25519Public(voter.Public()), BABE: public, ParaValidator: public, ParaAssignment: public, AuthorityDiscovery: public,
		}}},
	}.Build()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// open opens the disk of a node and closes it again after use.
func open(t *testing.T, c Config, use func(*store.Store)) error {
	t.Helper()
	d, err := openDisk(c)
	if err != nil {
		return err
	}
	if use != nil {
		use(d.store)
	}
	return d.close()
}

// grow adds a block, by rules of the version, to the best one.
func grow(t *testing.T, version uint32) func(*store.Store) {
	return func(st *store.Store) {
		t.Helper()
		best := st.Best()
		view, err := st.View(best.Hash)
		if err != nil {
			t.Fatal(err)
		}
		parent, err := st.Header(best.Hash)
		if err != nil {
			t.Fatal(err)
		}
		state := frame.NewState(view)
		system.Upgrade(state, runtime.SpecName, version, "marker")
		system.Number.Put(state, parent.Number+1)
		o, err := executive.Commit(view, parent.StateRoot, state.Changes())
		if err != nil {
			t.Fatal(err)
		}
		header := primitives.Header{ParentHash: best.Hash, Number: parent.Number + 1, StateRoot: o.Root, ExtrinsicsRoot: executive.ExtrinsicsRoot(nil)}
		hash := header.Hash()
		err = st.Import(store.Import{Block: primitives.Block{Header: header}, Hash: hash, Diff: store.Diff{Values: o.Changes, Nodes: o.Nodes}, Best: hash})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestRulesOfAnotherVersion: a node goes on with a chain of its own rules only.
func TestRulesOfAnotherVersion(t *testing.T) {
	for name, version := range map[string]uint32{"later": runtime.SpecVersion + 1, "earlier": runtime.SpecVersion - 1} {
		t.Run(name, func(t *testing.T) {
			c := Config{BasePath: t.TempDir(), Genesis: genesisOf(t, 1), Logger: zap.NewNop()}
			if err := open(t, c, grow(t, runtime.SpecVersion)); err != nil {
				t.Fatal(err)
			}
			if err := open(t, c, grow(t, version)); err != nil {
				t.Fatalf("a chain of own rules is refused: %v", err)
			}
			err := open(t, c, nil)
			if !errors.Is(err, chain.ErrOtherRules) || errors.Is(err, store.ErrForeignGenesis) {
				t.Fatalf("got %v, want ErrOtherRules", err)
			}
			for _, want := range []string{c.paths().Database, "block #2", fmt.Sprintf("rampart, spec_version %d", runtime.SpecVersion), "purge-chain"} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
			// Its own fault would hide the reason: that the genesis differs, too.
			c.Genesis = genesisOf(t, 2)
			if err := open(t, c, nil); !errors.Is(err, chain.ErrOtherRules) || !errors.Is(err, store.ErrForeignGenesis) {
				t.Errorf("with another genesis: %v, want ErrOtherRules and ErrForeignGenesis", err)
			}
		})
	}
}

// TestGenesisOfAnotherVersion: a chain may begin with the state of one of older rules.
func TestGenesisOfAnotherVersion(t *testing.T) {
	state := frame.NewState(frame.Memory{})
	for _, change := range genesisOf(t, 1).Outcome.Changes {
		state.Put(change.Key, change.Value)
	}
	system.Upgrade(state, runtime.SpecName, runtime.SpecVersion+7, "marker")
	o, err := executive.Commit(trie.ProofSource(nil), trie.EmptyRoot, state.Changes())
	if err != nil {
		t.Fatal(err)
	}
	header := primitives.Header{StateRoot: o.Root, ExtrinsicsRoot: executive.ExtrinsicsRoot(nil)}
	c := Config{BasePath: t.TempDir(), Genesis: genesis.Genesis{Header: header, Outcome: o}, Logger: zap.NewNop()}
	if err := open(t, c, nil); err != nil {
		t.Errorf("refused: %v", err)
	}
}

func TestForeignGenesis(t *testing.T) {
	c := Config{BasePath: t.TempDir(), Genesis: genesisOf(t, 1), Logger: zap.NewNop()}
	if err := open(t, c, grow(t, runtime.SpecVersion)); err != nil {
		t.Fatal(err)
	}
	c.Genesis = genesisOf(t, 2)
	if err := open(t, c, nil); !errors.Is(err, store.ErrForeignGenesis) || errors.Is(err, chain.ErrOtherRules) || !strings.Contains(err.Error(), "purge-chain") {
		t.Errorf("got %v, want ErrForeignGenesis and what to do", err)
	}
}
