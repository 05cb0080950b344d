package genesis_test

import (
	"errors"
	"testing"

	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/parachain/shared/initializer"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/genesis"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/pallet/sudo"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
)

func validator(n byte) session.Validator {
	return session.Validator{Account: primitives.AccountID{n}, Keys: session.Keys{GRANDPA: primitives.ED25519Public{n}, BABE: primitives.SR25519Public{n, 1},
		ParaValidator: primitives.SR25519Public{n, 2}, ParaAssignment: primitives.SR25519Public{n, 3}, AuthorityDiscovery: primitives.SR25519Public{n, 4}}}
}

func config() genesis.Config {
	c := genesis.Config{NetworkID: primitives.Hash{7}, SlotDuration: 2000, EpochDuration: 15, Parachains: initializer.Genesis{Host: configuration.Local()},
		BABE: primitives.BABEConfiguration{C: [2]uint64{1, 4}, AllowedSlots: primitives.PrimaryAndSecondaryVRFSlots}}
	for n := byte(1); n <= 3; n++ {
		c.Validators = append(c.Validators, validator(n))
		c.Balances = append(c.Balances, genesis.Balance{Account: primitives.AccountID{n}, Amount: primitives.NewBalance(1e15)})
	}
	return c
}

func build(t *testing.T, c genesis.Config) genesis.Genesis {
	t.Helper()
	g, err := c.Build()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// TestEverythingCounts changes one thing at a time: each gives another chain, and
// nothing changed gives the same.
func TestEverythingCounts(t *testing.T) {
	seen := map[primitives.Hash]string{build(t, config()).Header.Hash(): "nothing"}
	if seen[build(t, config()).Header.Hash()] == "" {
		t.Fatal("the same configuration gives two chains")
	}
	for name, change := range map[string]func(c *genesis.Config){
		"network id":     func(c *genesis.Config) { c.NetworkID[3] = 1 },
		"slot duration":  func(c *genesis.Config) { c.SlotDuration++ },
		"epoch duration": func(c *genesis.Config) { c.EpochDuration++ },
		"primary share":  func(c *genesis.Config) { c.BABE.C[1]++ },
		"allowed slots":  func(c *genesis.Config) { c.BABE.AllowedSlots-- },
		"a key":          func(c *genesis.Config) { c.Validators[0].Keys.ParaAssignment[9] = 1 },
		"order":          func(c *genesis.Config) { c.Validators[0], c.Validators[1] = c.Validators[1], c.Validators[0] },
		"a balance":      func(c *genesis.Config) { c.Balances[2].Amount.Lo++ },
		"a key of root":  func(c *genesis.Config) { c.Sudo = &primitives.AccountID{} },
		"another one":    func(c *genesis.Config) { c.Sudo = &primitives.AccountID{1} },
	} {
		c := config()
		change(&c)
		hash := build(t, c).Header.Hash()
		if twin := seen[hash]; twin != "" {
			t.Errorf("changing %s gives the chain of %s", name, twin)
		}
		seen[hash] = name
	}
}

func TestFaultsAreRefused(t *testing.T) {
	for name, test := range map[string]struct {
		change func(c *genesis.Config)
		want   error
	}{
		"short slots":         {func(c *genesis.Config) { c.SlotDuration = 99 }, genesis.ErrSlotDuration},
		"long slots":          {func(c *genesis.Config) { c.SlotDuration = 3_600_001 }, genesis.ErrSlotDuration},
		"empty epochs":        {func(c *genesis.Config) { c.EpochDuration = 0 }, genesis.ErrEpochDuration},
		"no validators":       {func(c *genesis.Config) { c.Validators = nil }, genesis.ErrValidators},
		"too many validators": {func(c *genesis.Config) { c.Validators = make([]session.Validator, 10_001) }, genesis.ErrValidators},
		"no primary slots":    {func(c *genesis.Config) { c.BABE.C[0] = 0 }, genesis.ErrPrimaryShare},
		"more than all slots": {func(c *genesis.Config) { c.BABE.C = [2]uint64{2, 1} }, genesis.ErrPrimaryShare},
		"unknown fallback":    {func(c *genesis.Config) { c.BABE.AllowedSlots = 3 }, genesis.ErrAllowedSlots},
		"dust": {func(c *genesis.Config) {
			c.Balances[0].Amount = primitives.NewBalance(balances.ExistentialDeposit.Lo - 1)
		}, genesis.ErrBalance},
		"nothing":                   {func(c *genesis.Config) { c.Balances[0].Amount = primitives.Balance{} }, genesis.ErrBalance},
		"two balances":              {func(c *genesis.Config) { c.Balances = append(c.Balances, c.Balances[0]) }, genesis.ErrBalance},
		"more than there can be":    {func(c *genesis.Config) { c.Balances[0].Amount = primitives.MaxBalance }, genesis.ErrBalance},
		"validator without balance": {func(c *genesis.Config) { c.Balances = c.Balances[1:] }, genesis.ErrValidator},
		"validator twice": {func(c *genesis.Config) {
			c.Validators = append(c.Validators, session.Validator{Account: c.Validators[0].Account, Keys: validator(9).Keys})
		}, genesis.ErrValidator},
		"shared key": {func(c *genesis.Config) { c.Validators[1].Keys.GRANDPA = c.Validators[0].Keys.GRANDPA }, genesis.ErrValidator},
	} {
		t.Run(name, func(t *testing.T) {
			c := config()
			test.change(&c)
			if _, err := c.Build(); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}

// TestStateOfGenesis reads the state of block 0.
func TestStateOfGenesis(t *testing.T) {
	g := build(t, config())
	if g.Header.Number != 0 || !g.Header.ParentHash.IsZero() || len(g.Header.Digest) != 0 || g.Header.StateRoot != g.Outcome.Root {
		t.Errorf("header %+v", g.Header)
	}
	state := frame.Memory{}
	state.Apply(g.Outcome.Changes)
	q := runtime.NewQuery(state)
	if total := balances.TotalIssuance.Get(q.State()); total != primitives.NewBalance(3e15) {
		t.Errorf("issuance %s, want 3000000000000000", total)
	}
	b := q.BABE()
	if b.EpochDuration != 15 || b.SlotDuration != 2000 || len(b.Authorities) != 3 || b.Authorities[1].Key != validator(2).Keys.BABE || b.Randomness != [32]byte{7} {
		t.Errorf("BABE %+v", b)
	}
	voters, set := q.GRANDPA()
	if set != 0 || len(voters) != 3 || voters[2].Key != validator(3).Keys.GRANDPA {
		t.Errorf("set %d of %+v", set, voters)
	}
	if got := string(state[":code"]); got != runtime.CodeMarker() || got != "rampart native runtime, spec_version 2, transaction_version 1" {
		t.Errorf("code is %q", got)
	}
	if last := system.LastRuntimeUpgrade.Get(q.State()); last.SpecName != runtime.SpecName || last.SpecVersion != runtime.SpecVersion {
		t.Errorf("last upgrade %+v", last)
	}
	if _, ok := sudo.Key.Lookup(q.State()); ok {
		t.Error("there is a key that nobody asked for")
	}
	for key, value := range state {
		if value == nil {
			t.Errorf("key %x has no value", key)
		}
	}
}
