package legacy

import (
	"context"

	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/backend"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/rpc/wire"
)

// justifications is the subscription to what proves that blocks are final.
func (m *methods) justifications() []jsonrpc.Subscription {
	return []jsonrpc.Subscription{{
		Name: "grandpa_subscribeJustifications", Unsubscribe: "grandpa_unsubscribeJustifications", Notification: "grandpa_justifications",
		Access: jsonrpc.Safe, Run: m.following(m.tellJustifications),
	}}
}

// tellJustifications tells the encoded justification of each block that is finalized
// with one.
func (m *methods) tellJustifications(ctx context.Context, sink *jsonrpc.Sink) listener {
	return listener{
		begin: func(backend.Start) error { return sink.Accept(ctx) },
		finalized: func(e chain.Finalized) error {
			j, ok, err := m.Chain.Store.Justification(e.Block.Hash)
			if err != nil || !ok || j.Engine != primitives.EngineGRANDPA {
				return err
			}
			return sink.Send(ctx, wire.Bytes(j.Data))
		},
	}
}
