package frame

import "github.com/rampart-chain/rampart/relay/primitives"

// Context is what a pallet sees of the block being executed. It lives for one
// block and is used by one goroutine.
type Context struct {
	State   *State
	Pallets Pallets
	// Number and ParentHash are those of the block.
	Number     primitives.BlockNumber
	ParentHash primitives.Hash
	// Digest is the digest so far: what the author put in front, then what
	// pallets deposited.
	Digest primitives.Digest
	// Phase says where in the block execution is; it goes into event records.
	Phase Phase
	// Events are the records of the block so far.
	Events []EventRecord
}

// Phase is a part of the execution of a block: ApplyExtrinsic, Finalization or
// Initialization.
//
//frame:enum
//frame:path frame_system::Phase
type Phase interface{ phase() }

// ApplyExtrinsic is the application of the extrinsic with the index.
//
//frame:variant Phase 0
type ApplyExtrinsic struct{ Index uint32 }

// Finalization follows the last extrinsic.
//
//frame:variant Phase 1
type Finalization struct{}

// Initialization precedes the first extrinsic.
//
//frame:variant Phase 2
type Initialization struct{}

func (ApplyExtrinsic) phase() {}
func (Finalization) phase()   {}
func (Initialization) phase() {}

// EventRecord is an event with the phase in which it happened.
type EventRecord struct {
	Phase Phase
	Event Event
}

// Deposit records event.
func (c *Context) Deposit(event Event) {
	c.Events = append(c.Events, EventRecord{Phase: c.Phase, Event: event})
}

// DepositLog appends item to the digest of the block.
func (c *Context) DepositLog(item primitives.DigestItem) { c.Digest = append(c.Digest, item) }

// ExtrinsicIndex returns the index of the extrinsic that is being applied, 0 if
// none is.
func (c *Context) ExtrinsicIndex() uint32 {
	applying, _ := c.Phase.(ApplyExtrinsic)
	return applying.Index
}

// Make makes call on behalf of origin, whatever its filters, and returns what it
// did cost. An error leaves nothing of what it did.
func (c *Context) Make(origin Origin, call Call) (info DispatchInfo, err error) {
	err = c.Transaction(func() error {
		if measured, ok := call.(Measured); ok {
			info, err = measured.Make(c, origin)
			return err
		}
		info = call.Info()
		return call.Dispatch(c, origin)
	})
	return info, err
}

// Result returns the form that events give to the outcome of a call: err is why
// it failed, or nil.
func (c *Context) Result(err error) DispatchResult {
	if err != nil {
		return Failed{c.Pallets.DispatchError(err)}
	}
	return Succeeded{}
}

// Transaction calls f and returns its error, if any, after undoing what f did
// to state, events and digest.
func (c *Context) Transaction(f func() error) error {
	events, logs := len(c.Events), len(c.Digest)
	c.State.Begin()
	if err := f(); err != nil {
		c.State.Rollback()
		c.Events, c.Digest = c.Events[:events], c.Digest[:logs]
		return err
	}
	c.State.Commit()
	return nil
}
