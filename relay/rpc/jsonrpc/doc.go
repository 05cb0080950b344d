// Package jsonrpc serves JSON-RPC 2.0 the way a Substrate node does: WebSocket
// and HTTP POST on one port, positional or named parameters, subscriptions whose
// ids are strings, safe and unsafe methods, and the error codes of jsonrpsee.
//
// It decides who is answered (Host, Origin, number of connections, safe or
// unsafe), how much is taken from and kept for each client (see [Limits] and
// [Timeouts]), and the form of every answer. It does not know a chain: what a
// method does is given to it.
//
//	s, err := jsonrpc.New(jsonrpc.Config{})
//	s.Method(jsonrpc.Method{
//		Name: "chain_getBlockHash", Access: jsonrpc.Safe, Params: []string{"number"},
//		Call: func(ctx context.Context, p jsonrpc.Params) (any, error) {
//			var number uint32
//			if err := p.Read(0, &number); err != nil {
//				return nil, err
//			}
//			return hashOf(number), nil
//		},
//	})
//	err = s.Serve(ctx, listener)
//
// A message passes these in order: Host and Origin, size, JSON and its depth,
// number of calls in a batch, rate, method and access, parameters, handler, size
// of the answer, room for it.
//
// What is held for a slow client is bounded: a queue of [Limits.Messages]
// messages, one message for each of its calls and subscriptions that wait for a
// place there, and [Limits.Backlog] bytes for all clients together. A message that
// finds no place within [Timeouts.Write] ends the connection.
//
// Sources: the JSON-RPC 2.0 specification; the JSON-RPC interface specification of
// Polkadot; polkadot-sdk substrate/client/rpc-servers; jsonrpsee
// types/src/error.rs.
package jsonrpc
