package proxy_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/proxy"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/pallet/utility"
	"github.com/rampart-chain/rampart/relay/primitives"
)

var pallets = frame.Pallets{{Index: 0, Pallet: system.Pallet}, {Index: 5, Pallet: balances.Pallet}, {Index: 9, Pallet: session.Pallet}, {Index: 26, Pallet: utility.Pallet}, {Index: 29, Pallet: proxy.Pallet}}

const funds = 1e15

func account(n byte) primitives.AccountID      { return primitives.AccountID{n} }
func address(n byte) primitives.AddressID      { return primitives.AddressID{ID: account(n)} }
func reserved(c *frame.Context, n byte) uint64 { return data(c, n).Reserved.Lo }
func data(c *frame.Context, n byte) system.AccountData {
	return system.Account.Get(c.State, account(n)).Data
}

// newContext has accounts 1 to 4 with funds.
func newContext(t *testing.T) *frame.Context {
	t.Helper()
	c := &frame.Context{State: frame.NewState(frame.Memory{}), Pallets: pallets, Number: 8, Phase: frame.ApplyExtrinsic{Index: 3}}
	for n := byte(1); n <= 4; n++ {
		if err := balances.Mint(c, account(n), primitives.NewBalance(funds)); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

// do makes calls by account n and returns the first error.
func do(c *frame.Context, n byte, calls ...frame.Call) error {
	for _, call := range calls {
		info, err := c.Make(frame.Signed{Account: account(n)}, call)
		if err == nil && !info.Weight.Within(call.Info().Weight) {
			err = errors.New("it is heavier than declared")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// outcome returns the last ProxyExecuted.
func outcome(c *frame.Context) frame.DispatchResult {
	for i := len(c.Events) - 1; i >= 0; i-- {
		if event, ok := c.Events[i].Event.(proxy.ProxyExecuted); ok {
			return event.Result
		}
	}
	return nil
}

func by(real byte, call frame.Call) proxy.ByProxy {
	return proxy.ByProxy{Real: address(real), Call: pallets.Nested(call)}
}

var pay = balances.TransferKeepAlive{Dest: address(9), Value: primitives.NewBalance(1e12)}

// TestTypes makes calls by proxies of account 1 of every type.
func TestTypes(t *testing.T) {
	batch := func(calls ...frame.Call) frame.Call {
		var b utility.BatchAll
		for _, call := range calls {
			b.Calls = append(b.Calls, pallets.Nested(call))
		}
		return b
	}
	const any, nonTransfer, staking, cancel = proxy.TypeAny, proxy.TypeNonTransfer, proxy.TypeStaking, proxy.TypeCancelProxy
	all := []proxy.Type{any, nonTransfer, staking, cancel}
	for name, test := range map[string]struct {
		call    frame.Call
		allowed []proxy.Type
	}{
		"transfer":                  {pay, []proxy.Type{any}},
		"transfer in a batch":       {batch(system.Remark{}, pay), []proxy.Type{any}},
		"remark":                    {system.Remark{}, []proxy.Type{any, nonTransfer}},
		"keys":                      {session.SetKeys{}, []proxy.Type{any, nonTransfer, staking}},
		"keys in a batch":           {batch(session.SetKeys{}), []proxy.Type{any, nonTransfer, staking}},
		"batch":                     {batch(), all},
		"add proxy for everything":  {proxy.AddProxy{Delegate: address(4), ProxyType: any}, []proxy.Type{any}},
		"add proxy for less":        {proxy.AddProxy{Delegate: address(4), ProxyType: nonTransfer}, []proxy.Type{any, nonTransfer}},
		"add proxy for much less":   {proxy.AddProxy{Delegate: address(4), ProxyType: cancel}, []proxy.Type{any, nonTransfer}},
		"add proxy in a batch":      {batch(proxy.AddProxy{Delegate: address(4), ProxyType: any}), []proxy.Type{any}},
		"remove proxy":              {proxy.RemoveProxy{Delegate: address(3), ProxyType: any}, []proxy.Type{any}},
		"remove all proxies":        {proxy.RemoveProxies{}, []proxy.Type{any}},
		"reject an announcement":    {proxy.RejectAnnouncement{Delegate: address(3), CallHash: primitives.Hash{1}}, []proxy.Type{any, nonTransfer, cancel}},
		"proxy of another, for all": {by(3, pay), []proxy.Type{any, nonTransfer}}, // 3 trusts 1, whoever acts for 1
	} {
		for _, kind := range all {
			c := newContext(t)
			err := errors.Join(do(c, 1, proxy.AddProxy{Delegate: address(3), ProxyType: proxy.TypeAny}, proxy.AddProxy{Delegate: address(2), ProxyType: kind}),
				do(c, 3, proxy.AddProxy{Delegate: address(1), ProxyType: proxy.TypeAny}, proxy.Announce{Real: address(1), CallHash: primitives.Hash{1}}))
			if err != nil {
				t.Fatal(err)
			}
			if err := do(c, 2, by(1, test.call)); err != nil {
				t.Fatalf("%s, type %d: %v", name, kind, err)
			}
			want := frame.DispatchResult(frame.Failed{Error: frame.ModuleError{Index: 0, Code: [4]byte{byte(system.ErrCallFiltered)}}})
			for _, a := range test.allowed {
				if a == kind {
					want = frame.Succeeded{}
				}
			}
			if got := outcome(c); got != want {
				t.Errorf("%s, type %d: %+v, want %+v", name, kind, got, want)
			}
		}
	}
}

// TestProxies adds and removes proxies, and follows the deposit.
func TestProxies(t *testing.T) {
	base, each := proxy.ProxyDepositBase.Lo, proxy.ProxyDepositFactor.Lo
	c := newContext(t)
	add := func(n byte) proxy.AddProxy {
		return proxy.AddProxy{Delegate: address(n), ProxyType: proxy.TypeAny, Delay: 2}
	}
	remove := func(n byte) proxy.RemoveProxy { return proxy.RemoveProxy(add(n)) }
	for i, s := range []struct {
		call     frame.Call
		want     error
		reserved uint64
	}{
		{remove(3), proxy.ErrNotFound, 0},
		{proxy.RemoveProxies{}, nil, 0},
		{add(1), proxy.ErrNoSelfProxy, 0},
		{add(3), nil, base + each},
		{add(3), proxy.ErrDuplicate, base + each},
		{add(2), nil, base + 2*each},
		{proxy.AddProxy{Delegate: address(3), ProxyType: proxy.TypeAny}, nil, base + 3*each},
		{proxy.RemoveProxy{Delegate: address(3), ProxyType: proxy.TypeStaking, Delay: 2}, proxy.ErrNotFound, base + 3*each},
		{remove(3), nil, base + 2*each},
		{remove(2), nil, base + each},
		{proxy.RemoveProxy{Delegate: address(3), ProxyType: proxy.TypeAny}, nil, 0},
		{add(3), nil, base + each},
		{proxy.RemoveProxies{}, nil, 0},
	} {
		if err := do(c, 1, s.call); !errors.Is(err, s.want) {
			t.Fatalf("step %d: %v, want %v", i, err, s.want)
		}
		if got := reserved(c, 1); got != s.reserved || data(c, 1).Free.Lo != funds-got || proxy.Proxies.Get(c.State, account(1)).Deposit.Lo != got {
			t.Errorf("step %d: %d reserved, want %d", i, got, s.reserved)
		}
		if has := proxy.Proxies.Has(c.State, account(1)); has != (s.reserved > 0) {
			t.Errorf("step %d: has proxies: %t", i, has)
		}
	}
	for n := range byte(proxy.MaxProxies) {
		if err := do(c, 1, add(n+2)); err != nil {
			t.Fatal(err)
		}
	}
	if err := do(c, 1, add(99)); !errors.Is(err, proxy.ErrTooMany) {
		t.Errorf("one more: %v", err)
	}
}

// TestWhoIsAProxy calls on behalf of account 1 as what is no proxy of it.
func TestWhoIsAProxy(t *testing.T) {
	c := newContext(t)
	if err := do(c, 1, proxy.AddProxy{Delegate: address(2), ProxyType: proxy.TypeStaking}, proxy.AddProxy{Delegate: address(3), ProxyType: proxy.TypeAny, Delay: 1}); err != nil {
		t.Fatal(err)
	}
	forced := func(kind proxy.Type) proxy.ByProxy {
		p := by(1, session.PurgeKeys{})
		p.ForceProxyType = &kind
		return p
	}
	for name, test := range map[string]struct {
		n    byte
		call frame.Call
		want error
	}{
		"stranger":     {4, by(1, pay), proxy.ErrNotProxy},
		"itself":       {1, by(1, pay), proxy.ErrNotProxy},
		"other way":    {1, by(2, pay), proxy.ErrNotProxy},
		"unannounced":  {3, by(1, pay), proxy.ErrUnannounced},
		"wrong type":   {2, forced(proxy.TypeAny), proxy.ErrNotProxy},
		"right type":   {2, forced(proxy.TypeStaking), nil},
		"no address":   {2, proxy.ByProxy{Real: primitives.AddressRaw{}, Call: pallets.Nested(pay)}, frame.CannotLookup{}},
		"announcing":   {4, proxy.Announce{Real: address(1)}, proxy.ErrNotProxy},
		"nothing said": {4, proxy.RemoveAnnouncement{Real: address(1)}, proxy.ErrNotFound},
	} {
		if err := do(c, test.n, test.call); !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	for _, call := range []frame.Call{by(1, pay), proxy.AddProxy{Delegate: address(2)}, proxy.RemoveProxy{Delegate: address(2)}, proxy.RemoveProxies{}, proxy.CreatePure{}, proxy.KillPure{Spawner: address(2)},
		proxy.Announce{Real: address(1)}, proxy.RemoveAnnouncement{Real: address(1)}, proxy.RejectAnnouncement{Delegate: address(1)},
		proxy.ProxyAnnounced{Delegate: address(1), Real: address(2), Call: pallets.Nested(pay)}} {
		for _, origin := range []frame.Origin{frame.Root{}, frame.None{}} {
			if _, err := c.Make(origin, call); !errors.Is(err, frame.BadOrigin{}) {
				t.Errorf("%T by %T: %v", call, origin, err)
			}
		}
	}
}

// TestAnnouncements announces calls, makes them in time, and takes them back.
func TestAnnouncements(t *testing.T) {
	base, each := proxy.AnnouncementDepositBase.Lo, proxy.AnnouncementDepositFactor.Lo
	call := pallets.Nested(pay)
	hash := primitives.Blake2b256(call.AppendSCALE(nil))
	announce, made := proxy.Announce{Real: address(1), CallHash: hash}, proxy.ProxyAnnounced{Delegate: address(2), Real: address(1), Call: call}
	for name, test := range map[string]struct {
		steps    func(c *frame.Context) error
		want     error
		reserved uint64
		paid     uint64
	}{
		"made": {func(c *frame.Context) error {
			err := do(c, 2, announce)
			c.Number += 3
			return errors.Join(err, do(c, 4, made))
		}, nil, 0, 1e12},
		"twice announced, made once": {func(c *frame.Context) error {
			err := do(c, 2, announce, announce)
			c.Number += 3
			return errors.Join(err, do(c, 2, made), do(c, 2, made))
		}, proxy.ErrUnannounced, 0, 1e12},
		"of two the older": {func(c *frame.Context) error {
			err := do(c, 2, announce)
			c.Number += 3
			return errors.Join(err, do(c, 2, announce, made))
		}, nil, base + each, 1e12},
		"too early": {func(c *frame.Context) error {
			err := do(c, 2, announce)
			c.Number += 2
			return errors.Join(err, do(c, 4, made))
		}, proxy.ErrUnannounced, base + each, 0},
		"never":      {func(c *frame.Context) error { return do(c, 2, made) }, proxy.ErrUnannounced, 0, 0},
		"taken back": {func(c *frame.Context) error { return do(c, 2, announce, proxy.RemoveAnnouncement(announce)) }, nil, 0, 0},
		"rejected": {func(c *frame.Context) error {
			return errors.Join(do(c, 2, announce, proxy.Announce{Real: address(1)}), do(c, 1, proxy.RejectAnnouncement{Delegate: address(2), CallHash: hash}))
		}, nil, base + each, 0},
		"rejected by another": {func(c *frame.Context) error {
			return errors.Join(do(c, 2, announce), do(c, 3, proxy.RejectAnnouncement{Delegate: address(2), CallHash: hash}))
		}, proxy.ErrNotFound, base + each, 0},
		"too many": {func(c *frame.Context) error {
			for range proxy.MaxPending {
				if err := do(c, 2, announce); err != nil {
					return err
				}
			}
			return do(c, 2, announce)
		}, proxy.ErrTooMany, base + uint64(proxy.MaxPending)*each, 0},
	} {
		t.Run(name, func(t *testing.T) {
			c := newContext(t)
			if err := do(c, 1, proxy.AddProxy{Delegate: address(2), ProxyType: proxy.TypeAny, Delay: 3}); err != nil {
				t.Fatal(err)
			}
			if err := test.steps(c); !errors.Is(err, test.want) {
				t.Fatalf("got %v, want %v", err, test.want)
			}
			if got := reserved(c, 2); got != test.reserved || data(c, 2).Free.Lo != funds-got || proxy.Announcements.Has(c.State, account(2)) != (got > 0) {
				t.Errorf("%d reserved, want %d", got, test.reserved)
			}
			if got := data(c, 9).Free.Lo; got != test.paid {
				t.Errorf("%d paid, want %d", got, test.paid)
			}
		})
	}
}

// TestPure makes accounts without keys, uses one and ends it.
func TestPure(t *testing.T) {
	c := newContext(t)
	create := proxy.CreatePure{ProxyType: proxy.TypeAny, Index: 7}
	pure := proxy.Pure(account(1), proxy.TypeAny, 7, 8, 3)
	if err := do(c, 1, create, proxy.CreatePure{ProxyType: proxy.TypeAny, Index: 8}); err != nil {
		t.Fatal(err)
	}
	if err := do(c, 1, create); !errors.Is(err, proxy.ErrDuplicate) {
		t.Errorf("again: %v", err)
	}
	if want := (proxy.PureCreated{Pure: pure, Who: account(1), ProxyType: proxy.TypeAny, DisambiguationIndex: 7}); !reflect.DeepEqual(c.Events[len(c.Events)-3].Event, want) {
		t.Errorf("event %+v, want %+v", c.Events[len(c.Events)-3].Event, want)
	}
	one := proxy.ProxyDepositBase.SaturatingAdd(proxy.ProxyDepositFactor).Lo
	if got := reserved(c, 1); got != 2*one {
		t.Errorf("%d reserved, want %d", got, 2*one)
	}
	if err := balances.Mint(c, pure, primitives.NewBalance(3e12)); err != nil {
		t.Fatal(err)
	}
	asPure := func(call frame.Call) frame.Call {
		return proxy.ByProxy{Real: primitives.AddressID{ID: pure}, Call: pallets.Nested(call)}
	}
	if err := do(c, 1, asPure(pay)); err != nil || outcome(c) != (frame.Succeeded{}) || data(c, 9).Free.Lo != 1e12 {
		t.Errorf("%v, %+v", err, outcome(c))
	}
	kill := proxy.KillPure{Spawner: address(1), ProxyType: proxy.TypeAny, Index: 7, Height: 8, ExtIndex: 3}
	wrong := kill
	wrong.Height++
	for _, call := range []frame.Call{kill, wrong} {
		if err := do(c, 1, call); !errors.Is(err, proxy.ErrNoPermission) {
			t.Errorf("by its spawner: %v", err)
		}
	}
	if err := do(c, 1, asPure(wrong)); err != nil || outcome(c) == (frame.DispatchResult(frame.Succeeded{})) {
		t.Errorf("wrong height: %v, %+v", err, outcome(c))
	}
	if err := do(c, 1, asPure(kill)); err != nil || outcome(c) != (frame.Succeeded{}) || reserved(c, 1) != one || proxy.Proxies.Has(c.State, pure) {
		t.Errorf("%v, %+v, %d reserved", err, outcome(c), reserved(c, 1))
	}
	if err := do(c, 1, asPure(pay)); !errors.Is(err, proxy.ErrNotProxy) {
		t.Errorf("afterwards: %v", err)
	}
}

// TestFilterOfTheSignerEnds has a proxy, filtered itself, call for another account.
func TestFilterOfTheSignerEnds(t *testing.T) {
	c := newContext(t)
	if err := do(c, 1, proxy.AddProxy{Delegate: address(2), ProxyType: proxy.TypeAny}); err != nil {
		t.Fatal(err)
	}
	only := &frame.Filter{Allows: func(call frame.Call) bool { return call.ID().Pallet == "Proxy" }}
	if _, err := c.Make(frame.Signed{Account: account(2), Filter: only}, by(1, pay)); err != nil || outcome(c) != (frame.Succeeded{}) {
		t.Errorf("%v, %+v", err, outcome(c))
	}
}
