package session_test

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
)

func account(n byte) primitives.AccountID { return primitives.AccountID{n} }

func keys(n byte) session.Keys {
	return session.Keys{GRANDPA: primitives.ED25519Public{n, 1}, BABE: primitives.SR25519Public{n, 2}, ParaValidator: primitives.SR25519Public{n, 3},
		ParaAssignment: primitives.SR25519Public{n, 4}, AuthorityDiscovery: primitives.SR25519Public{n, 5}}
}

// context returns a chain with accounts 1 to 6, of which the given are the first
// validators.
func context(t testing.TB, validators ...byte) *frame.Context {
	t.Helper()
	c := &frame.Context{State: frame.NewState(frame.Memory{}), Phase: frame.Initialization{}}
	for n := byte(1); n <= 6; n++ {
		system.Provide(c, account(n))
	}
	var first []session.Validator
	for _, n := range validators {
		first = append(first, session.Validator{Account: account(n), Keys: keys(n)})
	}
	if err := session.Genesis(c, first); err != nil {
		t.Fatal(err)
	}
	return c
}

func names(validators []session.Validator) (out []byte) {
	for _, v := range validators {
		out = append(out, v.Account[0])
	}
	return out
}

func choose(numbers ...byte) session.Source {
	return func(*frame.Context, primitives.SessionIndex) ([]primitives.AccountID, bool) {
		var accounts []primitives.AccountID
		for _, n := range numbers {
			accounts = append(accounts, account(n))
		}
		return accounts, true
	}
}

func call(c *frame.Context, n byte, call frame.Call) error {
	return c.Transaction(func() error { return call.Dispatch(c, frame.Signed{Account: account(n)}) })
}

// TestRotation follows who is in charge when the source changes its mind, when
// keys change, and when a validator that is queued gives its keys back.
func TestRotation(t *testing.T) {
	c := context(t, 1, 2, 3)
	rotate := func(source session.Source, charge, queued string) session.Rotation {
		t.Helper()
		before := session.CurrentIndex.Get(c.State)
		c.Events = nil
		r := session.Rotate(c, source)
		text := func(list []byte) (s string) {
			for _, n := range list {
				s += string('0' + n)
			}
			return s
		}
		if text(names(r.Validators)) != charge || text(names(r.Queued)) != queued || r.Index != before+1 || session.CurrentIndex.Get(c.State) != r.Index {
			t.Fatalf("session %d: in charge %v, queued %v, want %s, %s", r.Index, names(r.Validators), names(r.Queued), charge, queued)
		}
		accounts := session.Validators.Get(c.State)
		if len(accounts) != len(charge) || len(c.Events) != 1 || c.Events[0].Event != frame.Event(session.NewSession{SessionIndex: r.Index}) {
			t.Fatalf("validators %v, events %+v", accounts, c.Events)
		}
		return r
	}
	rotate(session.Stay, "123", "123")
	for n := byte(4); n <= 5; n++ {
		if err := call(c, n, session.SetKeys{Keys: keys(n)}); err != nil {
			t.Fatal(err)
		}
	}
	rotate(choose(4, 2, 5, 6), "123", "425") // 6 has no keys
	if err := call(c, 4, session.PurgeKeys{}); err != nil {
		t.Fatal(err)
	}
	if err := call(c, 2, session.SetKeys{Keys: keys(22)}); err != nil {
		t.Fatal(err)
	}
	r := rotate(session.Stay, "425", "25") // 4 was queued with its keys, and leaves after that
	if r.Validators[0].Keys != keys(4) || r.Validators[1].Keys != keys(2) || r.Queued[0].Keys != keys(22) {
		t.Errorf("keys in charge %+v, queued %+v", r.Validators, r.Queued)
	}
	rotate(choose(6, 1), "25", "1")
	if err := call(c, 1, session.PurgeKeys{}); err != nil {
		t.Fatal(err)
	}
	rotate(session.Stay, "1", "1") // nobody has keys: better the old ones than none
	rotate(choose(), "1", "1")
}

// TestKeysAreOwned gives each of the five keys to a second account. Only BABE keys
// were once protected.
func TestKeysAreOwned(t *testing.T) {
	for i := range 5 {
		c := context(t, 1)
		stolen := keys(2)
		own := keys(1)
		switch i {
		case 0:
			stolen.GRANDPA = own.GRANDPA
		case 1:
			stolen.BABE = own.BABE
		case 2:
			stolen.ParaValidator = own.ParaValidator
		case 3:
			stolen.ParaAssignment = own.ParaAssignment
		case 4:
			stolen.AuthorityDiscovery = own.AuthorityDiscovery
		}
		if err := call(c, 2, session.SetKeys{Keys: stolen}); !errors.Is(err, session.ErrDuplicatedKey) {
			t.Errorf("key %d of another: %v, want %v", i, err, session.ErrDuplicatedKey)
		}
		if err := call(c, 1, session.SetKeys{Keys: keys(9)}); err != nil {
			t.Fatal(err)
		}
		if err := call(c, 2, session.SetKeys{Keys: stolen}); err != nil {
			t.Errorf("key %d that was given up: %v", i, err)
		}
	}
	c := context(t)
	one := keys(1)
	one.ParaValidator, one.ParaAssignment, one.AuthorityDiscovery = one.BABE, one.BABE, one.BABE
	if err := call(c, 1, session.SetKeys{Keys: one}); err != nil {
		t.Errorf("one key for several purposes: %v", err)
	}
}

func TestRegistrationKeepsTheAccountAlive(t *testing.T) {
	c := context(t)
	consumers := func() uint32 { return system.Account.Get(c.State, account(1)).Consumers }
	if err := call(c, 1, session.PurgeKeys{}); !errors.Is(err, session.ErrNoKeys) {
		t.Errorf("no keys to purge: %v", err)
	}
	for range 2 {
		if err := call(c, 1, session.SetKeys{Keys: keys(1)}); err != nil || consumers() != 1 {
			t.Errorf("set keys: %v, %d references, want 1", err, consumers())
		}
	}
	if err := call(c, 1, session.PurgeKeys{}); err != nil || consumers() != 0 {
		t.Errorf("purge: %v, %d references, want 0", err, consumers())
	}
	if err := call(c, 9, session.SetKeys{Keys: keys(9)}); !errors.Is(err, session.ErrNoAccount) {
		t.Errorf("keys of nobody: %v, want %v", err, session.ErrNoAccount)
	}
	if err := (session.SetKeys{}).Dispatch(c, frame.None{}); !errors.Is(err, frame.BadOrigin{}) {
		t.Errorf("keys without signer: %v", err)
	}
}

// TestGenesisRefusesTwins gives an account twice, and a key twice.
func TestGenesisRefusesTwins(t *testing.T) {
	for name, second := range map[string]session.Validator{
		"account": {Account: account(1), Keys: keys(2)}, "keys": {Account: account(2), Keys: keys(1)},
		"grandpa key": {Account: account(2), Keys: session.Keys{GRANDPA: keys(1).GRANDPA, BABE: primitives.SR25519Public{9}}},
	} {
		c := context(t)
		if err := session.Genesis(c, []session.Validator{{Account: account(1), Keys: keys(1)}, second}); !errors.Is(err, session.ErrDuplicatedKey) {
			t.Errorf("%s twice: %v, want %v", name, err, session.ErrDuplicatedKey)
		}
	}
}

// TestQuickOwners registers and purges at random: owners are exactly the keys of
// those who have some, each owned by one.
func TestQuickOwners(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c := context(t)
		who := func(r *rapid.T) byte { return byte(rapid.IntRange(1, 4).Draw(r, "who")) }
		r.Repeat(map[string]func(*rapid.T){
			"set": func(r *rapid.T) {
				k := keys(byte(rapid.IntRange(1, 3).Draw(r, "keys")))
				k.GRANDPA = keys(byte(rapid.IntRange(1, 3).Draw(r, "grandpa"))).GRANDPA
				_ = call(c, who(r), session.SetKeys{Keys: k})
			},
			"purge":  func(r *rapid.T) { _ = call(c, who(r), session.PurgeKeys{}) },
			"rotate": func(r *rapid.T) { session.Rotate(c, choose(who(r), who(r))) },
			"": func(r *rapid.T) {
				var want int
				for owner := range session.NextKeys.All(c.State) {
					want += 5
					if system.Account.Get(c.State, owner).Consumers != 1 {
						r.Fatalf("%s has keys, but no reference", owner)
					}
				}
				var owned []session.KeyID
				for id, owner := range session.KeyOwner.All(c.State) {
					owned = append(owned, id)
					k := session.NextKeys.Get(c.State, owner)
					if !slices.Contains([]session.KeyBytes{session.KeyBytes(k.GRANDPA), session.KeyBytes(k.BABE), session.KeyBytes(k.ParaValidator),
						session.KeyBytes(k.ParaAssignment), session.KeyBytes(k.AuthorityDiscovery)}, id.Key) {
						r.Fatalf("%s owns %x, which is not among its keys", owner, id.Key)
					}
				}
				if len(owned) != want {
					r.Fatalf("%d keys are owned, %d are registered", len(owned), want)
				}
			},
		})
	})
}
