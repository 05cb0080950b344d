package proxy

import (
	"slices"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Announce announces a call that the signer will make as a proxy.
//
//frame:call 6 weight=announceWeight()
type Announce struct {
	Real     primitives.MultiAddress
	CallHash primitives.Hash
}

// Dispatch makes the call.
func (a Announce) Dispatch(c *frame.Context, origin frame.Origin) error {
	who, err := frame.EnsureSigned(origin)
	if err != nil {
		return err
	}
	real, err := system.Lookup(a.Real)
	if err != nil {
		return err
	}
	if _, err := find(c.State, real, who, nil); err != nil {
		return err
	}
	pending := Announcements.Get(c.State, who)
	if len(pending.List) >= int(MaxPending) {
		return ErrTooMany
	}
	pending.List = append(pending.List, Announcement{Real: real, CallHash: a.CallHash, Height: c.Number})
	if err := putAnnouncements(c, who, pending); err != nil {
		return err
	}
	c.Deposit(Announced{Real: real, Proxy: who, CallHash: a.CallHash})
	return nil
}

// putAnnouncements sets what who announced, and the deposit for it.
func putAnnouncements(c *frame.Context, who primitives.AccountID, pending AnnouncementList) error {
	deposit := depositFor(AnnouncementDepositBase, AnnouncementDepositFactor, len(pending.List))
	if err := redeposit(c, who, pending.Deposit, deposit); err != nil {
		return err
	}
	if len(pending.List) == 0 {
		Announcements.Delete(c.State, who)
		return nil
	}
	pending.Deposit = deposit
	Announcements.Put(c.State, who, pending)
	return nil
}

// withdraw removes what delegate announced and ended says; ErrNotFound if there is
// none.
func withdraw(c *frame.Context, delegate primitives.AccountID, ended func(Announcement) bool) error {
	pending := Announcements.Get(c.State, delegate)
	before := len(pending.List)
	pending.List = slices.DeleteFunc(pending.List, ended)
	if len(pending.List) == before {
		return ErrNotFound
	}
	return putAnnouncements(c, delegate, pending)
}

// RemoveAnnouncement takes back what the signer announced.
//
//frame:call 7 weight=removeAnnouncementWeight()
type RemoveAnnouncement struct {
	Real     primitives.MultiAddress
	CallHash primitives.Hash
}

// Dispatch makes the call.
func (r RemoveAnnouncement) Dispatch(c *frame.Context, origin frame.Origin) error {
	who, err := frame.EnsureSigned(origin)
	if err != nil {
		return err
	}
	real, err := system.Lookup(r.Real)
	if err != nil {
		return err
	}
	return withdraw(c, who, func(a Announcement) bool { return a.Real == real && a.CallHash == r.CallHash })
}

// RejectAnnouncement removes what a proxy of the signer announced.
//
//frame:call 8 weight=rejectAnnouncementWeight()
type RejectAnnouncement struct {
	Delegate primitives.MultiAddress
	CallHash primitives.Hash
}

// Dispatch makes the call.
func (r RejectAnnouncement) Dispatch(c *frame.Context, origin frame.Origin) error {
	who, err := frame.EnsureSigned(origin)
	if err != nil {
		return err
	}
	delegate, err := system.Lookup(r.Delegate)
	if err != nil {
		return err
	}
	return withdraw(c, delegate, func(a Announcement) bool { return a.Real == who && a.CallHash == r.CallHash })
}

// ProxyAnnounced makes a call that a proxy announced long enough ago. Anybody may
// sign it. It does not fail if the call does.
//
//frame:call 9 measured
type ProxyAnnounced struct {
	Delegate       primitives.MultiAddress
	Real           primitives.MultiAddress
	ForceProxyType *Type
	Call           frame.RuntimeCall
}

// Info adds the weight of the check to that of the call.
func (p ProxyAnnounced) Info() frame.DispatchInfo { return p.around(p.Call.Call.Info()) }

func (p ProxyAnnounced) around(inner frame.DispatchInfo) frame.DispatchInfo {
	return around(inner, proxyAnnouncedWeight(int(p.Call.Length())))
}

// Make makes the call and returns what it did cost.
func (p ProxyAnnounced) Make(c *frame.Context, origin frame.Origin) (frame.DispatchInfo, error) {
	if _, err := frame.EnsureSigned(origin); err != nil {
		return p.Info(), err
	}
	delegate, err := system.Lookup(p.Delegate)
	if err != nil {
		return p.Info(), err
	}
	real, err := system.Lookup(p.Real)
	if err != nil {
		return p.Info(), err
	}
	d, err := find(c.State, real, delegate, p.ForceProxyType)
	if err != nil {
		return p.Info(), err
	}
	hash := primitives.Blake2b256(p.Call.AppendSCALE(nil))
	err = withdraw(c, delegate, func(a Announcement) bool {
		return a.Real == real && a.CallHash == hash && c.Number-a.Height >= d.Delay
	})
	if err != nil {
		return p.Info(), ErrUnannounced
	}
	return p.around(makeFor(c, real, d, p.Call)), nil
}
