package system_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

func context() *frame.Context {
	return &frame.Context{State: frame.NewState(frame.Memory{}), Pallets: frame.Pallets{{Index: 0, Pallet: system.Pallet}}, Phase: frame.Initialization{}}
}

// TestAccountsLiveWhileSomethingKeepsThem takes a provider from accounts in
// every state. An account without providers once got 2^32−1 of them.
func TestAccountsLiveWhileSomethingKeepsThem(t *testing.T) {
	who := primitives.AccountID{1}
	for name, test := range map[string]struct {
		before, after system.AccountInfo
		want          error
		killed        bool
	}{
		"last provider":            {before: system.AccountInfo{Nonce: 5, Providers: 1}, killed: true},
		"last, but referred to":    {before: system.AccountInfo{Providers: 1, Consumers: 1}, after: system.AccountInfo{Providers: 1, Consumers: 1}, want: frame.ConsumerRemaining{}},
		"one of two":               {before: system.AccountInfo{Providers: 2, Consumers: 1}, after: system.AccountInfo{Providers: 1, Consumers: 1}},
		"self-sufficient":          {before: system.AccountInfo{Providers: 1, Sufficients: 1}, after: system.AccountInfo{Sufficients: 1}},
		"sufficient, referred to":  {before: system.AccountInfo{Providers: 1, Sufficients: 1, Consumers: 1}, after: system.AccountInfo{Providers: 1, Sufficients: 1, Consumers: 1}, want: frame.ConsumerRemaining{}},
		"no provider":              {before: system.AccountInfo{Sufficients: 1}, after: system.AccountInfo{Sufficients: 1}, want: frame.NoProviders{}},
		"account that never lived": {want: frame.NoProviders{}},
	} {
		t.Run(name, func(t *testing.T) {
			c := context()
			if test.before != (system.AccountInfo{}) {
				system.Account.Put(c.State, who, test.before)
			}
			if err := system.Unprovide(c, who); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			if got := system.Account.Get(c.State, who); got != test.after {
				t.Errorf("left %+v, want %+v", got, test.after)
			}
			killed := len(c.Events) == 1 && c.Events[0].Event == frame.Event(system.KilledAccount{Account: who})
			if killed != test.killed || !killed && len(c.Events) != 0 {
				t.Errorf("events %+v, want the end told: %t", c.Events, test.killed)
			}
			if test.killed && system.Account.Has(c.State, who) {
				t.Error("something is left of the account")
			}
		})
	}
}

func TestReferences(t *testing.T) {
	c, who := context(), primitives.AccountID{1}
	if err := system.Consume(c, who); !errors.Is(err, frame.NoProviders{}) {
		t.Errorf("reference to nobody: %v, want %v", err, frame.NoProviders{})
	}
	system.Provide(c, who)
	system.Provide(c, who)
	if len(c.Events) != 1 || c.Events[0].Event != frame.Event(system.NewAccount{Account: who}) {
		t.Errorf("events %+v, want one new account", c.Events)
	}
	if err := system.Consume(c, who); err != nil {
		t.Error(err)
	}
	system.Release(c, who)
	system.Release(c, who) // more than there are
	if got := system.Account.Get(c.State, who); got.Consumers != 0 || got.Providers != 2 {
		t.Errorf("%+v, want no consumers, 2 providers", got)
	}
}

// TestBlockHashes keeps the last BlockHashCount hashes, and that of genesis.
func TestBlockHashes(t *testing.T) {
	c := context()
	last := system.BlockHashCount + 10
	for n := primitives.BlockNumber(1); n <= last; n++ {
		c.Number, c.ParentHash = n, primitives.Hash{byte(n), byte(n >> 8), 1}
		system.Initialize(c)
	}
	for n := primitives.BlockNumber(0); n < last; n++ {
		hash, known := system.BlockHash.Lookup(c.State, n)
		if want := n == 0 || n >= last-1-system.BlockHashCount+1; known != want {
			t.Fatalf("hash of block %d known: %t, want %t", n, known, want)
		}
		if child := n + 1; known && hash != (primitives.Hash{byte(child), byte(child >> 8), 1}) {
			t.Fatalf("hash of block %d is %s", n, hash)
		}
	}
}

// TestFinalizeWritesEvents checks the bytes of the record list.
func TestFinalizeWritesEvents(t *testing.T) {
	c := context()
	c.Deposit(system.NewAccount{Account: primitives.AccountID{7}})
	c.Phase = frame.ApplyExtrinsic{Index: 3}
	c.Deposit(system.KilledAccount{Account: primitives.AccountID{8}})
	c.DepositLog(primitives.Other{Data: []byte{1}})
	system.Finalize(c)
	one, two := primitives.AccountID{7}, primitives.AccountID{8}
	want := append([]byte{8, 2, 0, 3}, one[:]...)
	want = append(append(want, 0, 0, 3, 0, 0, 0, 0, 4), two[:]...)
	want = append(want, 0)
	if got := system.Events.Get(c.State); !bytes.Equal(got, want) || system.EventCount.Get(c.State) != 2 {
		t.Errorf("%d events %x, want 2, %x", system.EventCount.Get(c.State), got, want)
	}
	if got := system.Digest.Get(c.State); len(got) != 1 {
		t.Errorf("digest %v, want one item", got)
	}
	system.Initialize(c)
	if system.EventCount.Get(c.State) != 0 || system.Events.Get(c.State) != nil || system.Digest.Get(c.State) != nil {
		t.Error("the next block begins with events or digest of the last")
	}
}

func TestCalls(t *testing.T) {
	c, who := context(), primitives.AccountID{1}
	if err := (system.Remark{}).Dispatch(c, frame.None{}); !errors.Is(err, frame.BadOrigin{}) {
		t.Errorf("remark of nobody: %v", err)
	}
	if err := (system.RemarkWithEvent{Remark: []byte("hi")}).Dispatch(c, frame.Signed{Account: who}); err != nil {
		t.Fatal(err)
	}
	want := system.Remarked{Sender: who, Hash: primitives.Blake2b256([]byte("hi"))}
	if len(c.Events) != 1 || c.Events[0].Event != frame.Event(want) {
		t.Errorf("events %+v, want %+v", c.Events, want)
	}
	for _, address := range []primitives.MultiAddress{primitives.AddressIndex{}, primitives.AddressRaw{Data: who[:]}, primitives.Address32{Data: who}, primitives.Address20{}} {
		if _, err := system.Lookup(address); !errors.Is(err, frame.CannotLookup{}) {
			t.Errorf("%T: %v, want %v", address, err, frame.CannotLookup{})
		}
	}
	if got, err := system.Lookup(primitives.AddressID{ID: who}); err != nil || got != who {
		t.Errorf("%s (%v), want %s", got, err, who)
	}
}

// TestStateFormIsThatOfSubstrate fixes the 80 bytes of an account.
func TestStateFormIsThatOfSubstrate(t *testing.T) {
	info := system.AccountInfo{Nonce: 1, Consumers: 2, Providers: 3, Sufficients: 4, Data: system.AccountData{
		Free: primitives.NewBalance(5), Reserved: primitives.NewBalance(6), Frozen: primitives.NewBalance(7), Flags: system.NewLogic}}
	got := scale.Marshal(info)
	want := make([]byte, 80)
	for i, at := range []int{0, 4, 8, 12, 16, 32, 48} {
		want[at] = byte(i + 1)
	}
	want[79] = 0x80
	if !bytes.Equal(got, want) {
		t.Errorf("%x, want %x", got, want)
	}
}
