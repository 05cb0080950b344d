package proxy

import (
	"slices"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// ByProxy makes a call on behalf of another account, of which the signer is a
// proxy. It does not fail if the call does.
//
//frame:call 0 measured name=Proxy
type ByProxy struct {
	Real primitives.MultiAddress
	// ForceProxyType, if it is given, is the type of the proxy to use.
	ForceProxyType *Type
	Call           frame.RuntimeCall
}

// Info adds the weight of the check to that of the call.
func (p ByProxy) Info() frame.DispatchInfo { return around(p.Call.Call.Info(), byProxyWeight()) }

func around(inner frame.DispatchInfo, own frame.Weight) frame.DispatchInfo {
	return frame.DispatchInfo{Weight: inner.Weight.Add(own), Class: inner.Class}
}

// Make makes the call and returns what it did cost.
func (p ByProxy) Make(c *frame.Context, origin frame.Origin) (frame.DispatchInfo, error) {
	who, err := frame.EnsureSigned(origin)
	if err != nil {
		return p.Info(), err
	}
	real, err := system.Lookup(p.Real)
	if err != nil {
		return p.Info(), err
	}
	d, err := find(c.State, real, who, p.ForceProxyType)
	if err != nil {
		return p.Info(), err
	}
	if d.Delay != 0 {
		return p.Info(), ErrUnannounced
	}
	return around(makeFor(c, real, d, p.Call), byProxyWeight()), nil
}

// makeFor makes call on behalf of real and returns what it did cost. Filters of
// who called the proxy do not matter: it acts as another account.
func makeFor(c *frame.Context, real primitives.AccountID, d Definition, call frame.RuntimeCall) frame.DispatchInfo {
	info, err := system.Dispatch(c, frame.Signed{Account: real, Filter: d.ProxyType.filter()}, call.Call)
	c.Deposit(ProxyExecuted{Result: c.Result(err)})
	return info
}

// AddProxy makes another account a proxy of the signer's.
//
//frame:call 1 weight=addProxyWeight()
type AddProxy struct {
	Delegate  primitives.MultiAddress
	ProxyType Type
	Delay     primitives.BlockNumber
}

// Dispatch makes the call.
func (a AddProxy) Dispatch(c *frame.Context, origin frame.Origin) error {
	who, err := frame.EnsureSigned(origin)
	if err != nil {
		return err
	}
	delegate, err := system.Lookup(a.Delegate)
	if err != nil {
		return err
	}
	if delegate == who {
		return ErrNoSelfProxy
	}
	d := Definition{Delegate: delegate, ProxyType: a.ProxyType, Delay: a.Delay}
	proxies := Proxies.Get(c.State, who)
	at, found := slices.BinarySearchFunc(proxies.List, d, Definition.compare)
	if found {
		return ErrDuplicate
	}
	if len(proxies.List) >= int(MaxProxies) {
		return ErrTooMany
	}
	proxies.List = slices.Insert(proxies.List, at, d)
	if err := putProxies(c, who, proxies); err != nil {
		return err
	}
	c.Deposit(ProxyAdded{Delegator: who, Delegatee: delegate, ProxyType: a.ProxyType, Delay: a.Delay})
	return nil
}

// putProxies sets the proxies of who, and the deposit for them.
func putProxies(c *frame.Context, who primitives.AccountID, proxies ProxyList) error {
	deposit := depositFor(ProxyDepositBase, ProxyDepositFactor, len(proxies.List))
	if err := redeposit(c, who, proxies.Deposit, deposit); err != nil {
		return err
	}
	if len(proxies.List) == 0 {
		Proxies.Delete(c.State, who)
		return nil
	}
	proxies.Deposit = deposit
	Proxies.Put(c.State, who, proxies)
	return nil
}

// RemoveProxy undoes AddProxy.
//
//frame:call 2 weight=removeProxyWeight()
type RemoveProxy struct {
	Delegate  primitives.MultiAddress
	ProxyType Type
	Delay     primitives.BlockNumber
}

// Dispatch makes the call.
func (r RemoveProxy) Dispatch(c *frame.Context, origin frame.Origin) error {
	who, err := frame.EnsureSigned(origin)
	if err != nil {
		return err
	}
	delegate, err := system.Lookup(r.Delegate)
	if err != nil {
		return err
	}
	proxies := Proxies.Get(c.State, who)
	at, found := slices.BinarySearchFunc(proxies.List, Definition{Delegate: delegate, ProxyType: r.ProxyType, Delay: r.Delay}, Definition.compare)
	if !found {
		return ErrNotFound
	}
	proxies.List = slices.Delete(proxies.List, at, at+1)
	if err := putProxies(c, who, proxies); err != nil {
		return err
	}
	c.Deposit(ProxyRemoved{Delegator: who, Delegatee: delegate, ProxyType: r.ProxyType, Delay: r.Delay})
	return nil
}

// RemoveProxies removes all proxies of the signer. An account without a key is
// lost by it.
//
//frame:call 3 weight=removeProxiesWeight()
type RemoveProxies struct{}

// Dispatch makes the call.
func (RemoveProxies) Dispatch(c *frame.Context, origin frame.Origin) error {
	who, err := frame.EnsureSigned(origin)
	if err != nil {
		return err
	}
	balances.Unreserve(c, who, Proxies.Get(c.State, who).Deposit)
	Proxies.Delete(c.State, who)
	return nil
}

// CreatePure makes an account without a key, with the signer as its proxy, who
// holds the deposit.
//
//frame:call 4 weight=createPureWeight()
type CreatePure struct {
	ProxyType Type
	Delay     primitives.BlockNumber
	// Index makes several in one extrinsic differ.
	Index uint16
}

// Dispatch makes the call.
func (p CreatePure) Dispatch(c *frame.Context, origin frame.Origin) error {
	who, err := frame.EnsureSigned(origin)
	if err != nil {
		return err
	}
	pure := Pure(who, p.ProxyType, p.Index, c.Number, c.ExtrinsicIndex())
	if Proxies.Has(c.State, pure) {
		return ErrDuplicate
	}
	deposit := depositFor(ProxyDepositBase, ProxyDepositFactor, 1)
	if err := balances.Reserve(c, who, deposit); err != nil {
		return err
	}
	Proxies.Put(c.State, pure, ProxyList{List: []Definition{{Delegate: who, ProxyType: p.ProxyType, Delay: p.Delay}}, Deposit: deposit})
	c.Deposit(PureCreated{Pure: pure, Who: who, ProxyType: p.ProxyType, DisambiguationIndex: p.Index})
	return nil
}

// KillPure ends an account that CreatePure made; it is the signer. Its spawner
// gets the deposit back. Nobody can use what the account owns any more.
//
//frame:call 5 weight=killPureWeight()
type KillPure struct {
	Spawner   primitives.MultiAddress
	ProxyType Type
	Index     uint16
	// Height and ExtIndex name the extrinsic that made it.
	Height   primitives.BlockNumber `scale:"compact"`
	ExtIndex uint32                 `scale:"compact"`
}

// Dispatch makes the call.
func (k KillPure) Dispatch(c *frame.Context, origin frame.Origin) error {
	who, err := frame.EnsureSigned(origin)
	if err != nil {
		return err
	}
	spawner, err := system.Lookup(k.Spawner)
	if err != nil {
		return err
	}
	if Pure(spawner, k.ProxyType, k.Index, k.Height, k.ExtIndex) != who {
		return ErrNoPermission
	}
	balances.Unreserve(c, spawner, Proxies.Get(c.State, who).Deposit)
	Proxies.Delete(c.State, who)
	return nil
}
