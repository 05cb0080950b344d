package v1

import (
	"context"
	"crypto/rand"
	"errors"

	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/rpc/wire"
	"github.com/rampart-chain/rampart/relay/txpool"
)

// registerTransactions adds the methods of transaction_v1 and transactionWatch_v1.
func (v *service) registerTransactions(s *jsonrpc.Server) {
	s.Method(jsonrpc.Method{Name: "transaction_v1_broadcast", Access: jsonrpc.Safe, Socket: true, Params: []string{"transaction"}, Call: v.broadcast})
	s.Method(jsonrpc.Method{Name: "transaction_v1_stop", Access: jsonrpc.Safe, Socket: true, Params: []string{"operationId"}, Call: v.stopBroadcast})
	s.Subscription(jsonrpc.Subscription{
		Name: "transactionWatch_v1_submitAndWatch", Access: jsonrpc.Safe, Params: []string{"transaction"},
		Notification: "transactionWatch_v1_watchEvent", Unsubscribe: "transactionWatch_v1_unwatch", Ended: watched, Run: v.watch,
	})
}

// watched answers transactionWatch_v1_unwatch.
func watched(found bool) (any, error) {
	if !found {
		return nil, errOperation
	}
	return nil, nil
}

// broadcast serves transaction_v1_broadcast. Of a transaction that is refused the
// client is told nothing; only who may have no more gets null.
func (v *service) broadcast(ctx context.Context, p jsonrpc.Params) (any, error) {
	var transaction data
	if err := p.Read(1, &transaction); err != nil {
		return nil, err
	}
	connection := jsonrpc.ConnectionOf(ctx)
	life, end := context.WithCancel(context.WithoutCancel(ctx))
	id := rand.Text()[:16]
	if !v.addBroadcast(connection.ID, id, end) {
		end()
		return nil, nil
	}
	x, err := wire.Unwrap(transaction)
	if err == nil {
		_, err = v.pool.Repeat(life, x)
	}
	switch {
	case ctx.Err() != nil:
		v.removeBroadcast(connection.ID, id)
		return nil, ctx.Err()
	case txpool.Code(err) == txpool.CodeDropped: // the node has no room for it
		v.removeBroadcast(connection.ID, id)
		return nil, nil
	}
	go func() { // it ends with the connection, or by the client's stop
		select {
		case <-connection.Done():
			v.removeBroadcast(connection.ID, id)
		case <-life.Done():
		}
	}()
	return id, nil
}

// addBroadcast notes what ends a broadcast of a connection. It returns false if that
// has too many.
func (v *service) addBroadcast(connection uint64, id string, end func()) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.broadcasts[connection]) >= v.limits.Broadcasts {
		return false
	}
	if v.broadcasts[connection] == nil {
		v.broadcasts[connection] = map[string]func(){}
	}
	v.broadcasts[connection][id] = end
	return true
}

// removeBroadcast ends a broadcast. It returns false if there is none.
func (v *service) removeBroadcast(connection uint64, id string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	end := v.broadcasts[connection][id]
	if end == nil {
		return false
	}
	end()
	if delete(v.broadcasts[connection], id); len(v.broadcasts[connection]) == 0 {
		delete(v.broadcasts, connection)
	}
	return true
}

func (v *service) stopBroadcast(ctx context.Context, p jsonrpc.Params) (any, error) {
	var id string
	if err := p.Read(1, &id); err != nil {
		return nil, err
	}
	if !v.removeBroadcast(jsonrpc.ConnectionOf(ctx).ID, id) {
		return nil, errOperation
	}
	return nil, nil
}

// watch serves transactionWatch_v1_submitAndWatch.
func (v *service) watch(ctx context.Context, p jsonrpc.Params, sink *jsonrpc.Sink) error {
	var transaction data
	if err := p.Read(1, &transaction); err != nil {
		return err
	}
	if err := sink.Accept(ctx); err != nil {
		return err
	}
	x, err := wire.Unwrap(transaction)
	if err != nil {
		return sink.Send(ctx, watchError{"invalid", "transaction does not decode: " + err.Error()})
	}
	w, err := v.pool.Watch(ctx, x)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return sink.Send(ctx, refused(err))
	}
	defer w.Close()
	for {
		s, err := w.Next(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil { // nobody follows the transaction any more
			return sink.Send(ctx, watchError{"dropped", err.Error()})
		}
		if e := status(s); e != nil {
			if err := sink.Send(ctx, e); err != nil {
				return err
			}
		}
		if s.Final() {
			return nil
		}
	}
}

// Events of transactionWatch_v1.
type (
	watchEvent struct {
		Event string `json:"event"`
	}
	watchBlock struct {
		Event string         `json:"event"`
		Block *includedBlock `json:"block"`
	}
	includedBlock struct {
		Hash  string `json:"hash"`
		Index uint32 `json:"index"`
	}
	watchError struct {
		Event string `json:"event"`
		Error string `json:"error"`
	}
)

// refused returns the event that says that the pool did not take a transaction.
func refused(err error) any {
	var reason txpool.Reason
	switch {
	case !errors.As(err, &reason):
		return watchError{"error", err.Error()}
	case txpool.Code(err) == txpool.CodeDropped:
		return watchError{"dropped", err.Error()}
	}
	return watchError{"invalid", err.Error()}
}

// status returns the event that a status is, nil if it is none.
//
// Source: package txpool, Statuses.
func status(s txpool.Status) any {
	switch s.Kind {
	case txpool.StatusFuture, txpool.StatusReady:
		return watchEvent{"validated"}
	case txpool.StatusInBlock:
		return watchBlock{"bestChainBlockIncluded", &includedBlock{s.Block.Hash.String(), s.Index}}
	case txpool.StatusRetracted:
		return watchBlock{"bestChainBlockIncluded", nil}
	case txpool.StatusFinalized:
		return watchBlock{"finalized", &includedBlock{s.Block.Hash.String(), s.Index}}
	case txpool.StatusFinalityTimeout:
		return watchError{"dropped", "block was not final in time"}
	case txpool.StatusDropped:
		return watchError{"dropped", why(s, "no room in the pool")}
	case txpool.StatusUsurped:
		return watchError{"invalid", "replaced by transaction " + s.By.String()}
	case txpool.StatusInvalid:
		return watchError{"invalid", why(s, "invalid")}
	}
	return nil // who it was sent to
}

func why(s txpool.Status, otherwise string) string {
	if s.Reason == nil {
		return otherwise
	}
	return s.Reason.Error()
}
