package v1

import (
	"context"
	"errors"
	"strconv"
	"sync"

	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/backend"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/rpc/v1/chainhead"
)

// finalizedAtStart is how many finalized blocks a follow begins with.
//
// Source: polkadot-sdk substrate/client/rpc-spec-v2/src/chain_head/chain_head_follow.rs,
// MAX_FINALIZED_BLOCKS.
const finalizedAtStart = 16

// errBehind: the follow cannot be told everything; it is stopped.
var errBehind = errors.New("follow cannot keep up")

// follow is a subscription to the head of the chain. Its loop tells the client of
// blocks, and what operations found.
type follow struct {
	service     *service
	id          string
	connection  uint64
	withRuntime bool
	out         chan notice   // from operations to the loop
	turn        chan struct{} // who has it makes the next step of an operation

	// mu guards what follows: calls of the client come in goroutines of their own, and
	// must not wait while the loop waits for the connection.
	mu     sync.Mutex
	ended  bool
	head   *chainhead.Head
	pinned map[primitives.Hash]*block
	tasks  tasks
}

// tasks are the operations of a follow.
type tasks struct {
	byID    map[string]*operation
	used    int // of maxOperations
	last    int // number of the last operation
	running sync.WaitGroup
}

// notice is what an operation has for the client.
type notice struct {
	operation *operation
	last      bool // of the operation
	result    any
}

// follow serves chainHead_v1_follow.
func (v *service) follow(ctx context.Context, p jsonrpc.Params, sink *jsonrpc.Sink) error {
	f := &follow{
		service: v, id: sink.ID(), connection: jsonrpc.ConnectionOf(ctx).ID, out: make(chan notice), turn: make(chan struct{}, 1),
		pinned: map[primitives.Hash]*block{}, tasks: tasks{byID: map[string]*operation{}},
	}
	if err := p.Read(1, &f.withRuntime); err != nil {
		return err
	}
	if !v.enroll(f) {
		return errFollows
	}
	defer f.end()
	if err := sink.Accept(ctx); err != nil {
		return err
	}
	start, follower := v.chain.Feed.Follow(v.limits.Behind)
	defer follower.Close()
	err := f.begin(ctx, start, sink)
	if err == nil {
		err = f.loop(ctx, follower, sink)
	}
	switch {
	case ctx.Err() != nil, errors.Is(err, jsonrpc.ErrEnded), errors.Is(err, jsonrpc.ErrSlow):
		return nil
	case !errors.Is(err, errBehind):
		v.log.Warn("follow stopped", zap.Error(err))
	}
	f.retire()
	return sink.Send(ctx, map[string]string{"event": "stop"})
}

// enroll makes a follow known to calls, if its connection may have one more.
func (v *service) enroll(f *follow) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	n := 0
	for _, other := range v.follows {
		if other.connection == f.connection {
			n++
		}
	}
	if n >= maxFollows {
		return false
	}
	v.follows[f.id] = f
	return true
}

// share returns how many final and pruned blocks a follow may pin now.
func (v *service) share() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return min(v.limits.Pinned, max(minPinned, v.limits.AllPinned/max(1, len(v.follows))))
}

// end retires the follow and waits for what it had running.
func (f *follow) end() {
	f.retire()
	f.tasks.running.Wait()
}

// retire makes calls find nothing any more, ends operations, and unpins everything.
func (f *follow) retire() {
	f.service.mu.Lock()
	delete(f.service.follows, f.id)
	f.service.mu.Unlock()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended = true
	for _, o := range f.tasks.byID {
		o.cancel()
	}
	for hash, b := range f.pinned {
		f.service.pins.release(b)
		delete(f.pinned, hash)
	}
}

// begin tells the client of the chain as it is.
func (f *follow) begin(ctx context.Context, at backend.Start, sink *jsonrpc.Sink) error {
	s := chainhead.Start{Best: at.Best.Hash}
	var err error
	if s.Finalized, err = f.lastFinalized(at.Finalized); err != nil {
		return err
	}
	for _, b := range at.Unfinalized {
		if ok, err := f.pin(b.Hash); err != nil {
			return err
		} else if ok {
			s.Unfinalized = append(s.Unfinalized, chainhead.Block{Hash: b.Hash, Parent: b.Header.ParentHash})
		}
	}
	f.mu.Lock()
	var events []chainhead.Event
	f.head, events = chainhead.New(s)
	f.unpinUnknown()
	f.mu.Unlock()
	return f.tell(ctx, events, sink)
}

// lastFinalized pins and returns the last finalized blocks, lowest first, whose state
// can be read.
func (f *follow) lastFinalized(last primitives.BlockID) (ids []primitives.BlockID, err error) {
	store := f.service.chain.Store
	for id := last; len(ids) < finalizedAtStart; {
		if id.Number < store.Oldest() && id != last {
			break
		}
		if _, err := f.pin(id.Hash); err != nil {
			return nil, err
		}
		b := f.pinned[id.Hash]
		if b == nil {
			return nil, errBehind
		}
		ids = append([]primitives.BlockID{id}, ids...)
		if id.Number == 0 {
			break
		}
		id = primitives.BlockID{Hash: b.header.ParentHash, Number: id.Number - 1}
	}
	return ids, nil
}

// pin pins a block, unless it is gone.
func (f *follow) pin(hash primitives.Hash) (ok bool, err error) {
	b, err := f.service.pins.take(hash)
	if gone(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.pinned[hash] != nil {
		f.service.pins.release(b) // once is enough
	}
	f.pinned[hash] = b
	return true, nil
}

// unpinUnknown unpins blocks that the client was not told of after all. The caller
// holds mu.
func (f *follow) unpinUnknown() {
	for hash, b := range f.pinned {
		if !f.head.Pinned(hash) {
			f.service.pins.release(b)
			delete(f.pinned, hash)
		}
	}
}

// loop tells the client what happens until ctx ends or something fails.
func (f *follow) loop(ctx context.Context, follower *backend.Follower, sink *jsonrpc.Sink) error {
	for {
		var err error
		select {
		case <-ctx.Done():
			return ctx.Err()
		case e, ok := <-follower.Events():
			if !ok {
				return errBehind
			}
			err = f.take(ctx, e, sink)
		case n := <-f.out:
			err = f.report(ctx, n, sink)
		}
		if err != nil {
			return err
		}
	}
}

// take tells the client of an event of the chain.
func (f *follow) take(ctx context.Context, e backend.Event, sink *jsonrpc.Sink) error {
	var events []chainhead.Event
	switch e := e.(type) {
	case chain.Imported:
		ok, err := f.pin(e.Hash)
		if err != nil {
			return err
		}
		f.mu.Lock()
		if ok {
			var told bool
			if events, told = f.head.Imported(chainhead.Block{Hash: e.Hash, Parent: e.Header.ParentHash}, e.Best.Hash); !told {
				f.unpinUnknown()
			}
		}
		f.mu.Unlock()
	case chain.Finalized:
		share, oldest := f.service.share(), f.service.chain.Store.Oldest()
		f.mu.Lock()
		var ok bool
		events, ok = f.head.Finalized(chainhead.Finality{Canonical: e.Canonical, Pruned: e.Pruned, Best: e.Best.Hash, Oldest: oldest, Limit: share})
		f.mu.Unlock()
		f.service.pins.final(e.Canonical)
		if !ok {
			return errBehind
		}
	}
	return f.tell(ctx, events, sink)
}

// tell sends events about blocks.
func (f *follow) tell(ctx context.Context, events []chainhead.Event, sink *jsonrpc.Sink) error {
	for _, e := range events {
		if err := sink.Send(ctx, f.show(e)); err != nil {
			return err
		}
	}
	return nil
}

// show returns an event as the client gets it.
func (f *follow) show(e chainhead.Event) any {
	switch e := e.(type) {
	case chainhead.Initialized:
		shown := map[string]any{"event": "initialized", "finalizedBlockHashes": texts(e.Finalized)}
		if f.withRuntime {
			shown["finalizedBlockRuntime"] = map[string]any{"type": "valid", "spec": newSpec(f.service.chain.Rules.Version())}
		}
		return shown
	case chainhead.NewBlock:
		shown := map[string]any{"event": "newBlock", "blockHash": e.Hash.String(), "parentBlockHash": e.Parent.String()}
		if f.withRuntime {
			shown["newRuntime"] = nil // the rules are those of this program
		}
		return shown
	case chainhead.BestBlockChanged:
		return map[string]any{"event": "bestBlockChanged", "bestBlockHash": e.Best.String()}
	case chainhead.Finalized:
		return map[string]any{"event": "finalized", "finalizedBlockHashes": texts(e.Finalized), "prunedBlockHashes": texts(e.Pruned)}
	}
	return nil
}

// spec is what clients of this specification are told of the rules.
type spec struct {
	SpecName           string            `json:"specName"`
	ImplName           string            `json:"implName"`
	SpecVersion        uint32            `json:"specVersion"`
	ImplVersion        uint32            `json:"implVersion"`
	TransactionVersion uint32            `json:"transactionVersion"`
	APIs               map[string]uint32 `json:"apis"`
}

func newSpec(r system.RuntimeVersion) spec {
	s := spec{r.SpecName, r.ImplName, r.SpecVersion, r.ImplVersion, r.TransactionVersion, map[string]uint32{}}
	for _, api := range r.APIs {
		s.APIs[encoded(api.ID[:])] = api.Version
	}
	return s
}

// report sends what an operation has, unless it was stopped.
func (f *follow) report(ctx context.Context, n notice, sink *jsonrpc.Sink) error {
	if !f.due(n) {
		return nil
	}
	err := sink.Send(ctx, n.result)
	if errors.Is(err, jsonrpc.ErrSize) {
		f.finish(n.operation)
		return sink.Send(ctx, n.operation.failed("the result is larger than a message may be"))
	}
	return err
}

// due reports whether a notice is to be sent: its operation was not stopped. With the
// last one the operation ends.
func (f *follow) due(n notice) bool {
	f.mu.Lock()
	_, ok := f.tasks.byID[n.operation.id]
	f.mu.Unlock()
	if n.last {
		f.finish(n.operation)
	}
	return ok
}

// start makes an operation on a block that counts as up to so many of
// maxOperations. It returns nil if none are left, and errBlock if the block is
// not pinned. The operation must then be begun.
func (f *follow) start(hash primitives.Hash, most int) (*operation, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	b := f.pinned[hash]
	count := min(most, maxOperations-f.tasks.used)
	switch {
	case f.ended:
		return nil, nil
	case b == nil:
		return nil, errBlock
	case count == 0:
		return nil, nil
	}
	f.tasks.used += count
	f.tasks.last++
	f.service.pins.retain(b)
	o := &operation{follow: f, id: strconv.Itoa(f.tasks.last), block: b, count: count, more: make(chan struct{}, 1)}
	o.ctx, o.cancel = context.WithCancel(context.Background())
	f.tasks.byID[o.id] = o
	return o, nil
}

// finish ends an operation: it sends nothing more, and others have its place. Again
// it does nothing.
func (f *follow) finish(o *operation) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.tasks.byID[o.id]; !ok {
		return
	}
	delete(f.tasks.byID, o.id)
	f.tasks.used -= o.count
	o.cancel()
}
