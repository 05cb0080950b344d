package legacy

import (
	"context"
	"errors"
	"fmt"

	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/backend"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/rpc/wire"
	"github.com/rampart-chain/rampart/relay/store"
)

// chain are the methods about blocks.
func (m *methods) chain() []jsonrpc.Method {
	return []jsonrpc.Method{
		{Name: "chain_getHeader", Access: jsonrpc.Safe, Params: []string{"hash"}, Call: m.getHeader},
		{Name: "chain_getBlock", Access: jsonrpc.Safe, Heavy: true, Params: []string{"hash"}, Call: m.getBlock},
		{Name: "chain_getBlockHash", Aliases: []string{"chain_getHead"}, Access: jsonrpc.Safe, Params: []string{"hash"}, Call: m.getBlockHash},
		{Name: "chain_getFinalizedHead", Aliases: []string{"chain_getFinalisedHead"}, Access: jsonrpc.Safe,
			Call: always(func() string { return m.Chain.Store.Finalized().Hash.String() })},
	}
}

// header is a header as JSON has it.
//
// Source: polkadot-sdk substrate/primitives/runtime/src/generic/header.rs.
type header struct {
	ParentHash     string `json:"parentHash"`
	Number         string `json:"number"`
	StateRoot      string `json:"stateRoot"`
	ExtrinsicsRoot string `json:"extrinsicsRoot"`
	Digest         digest `json:"digest"`
}

type digest struct {
	Logs []wire.Bytes `json:"logs"`
}

func showHeader(h primitives.Header) *header {
	logs := make([]wire.Bytes, 0, len(h.Digest))
	for _, item := range h.Digest {
		logs = append(logs, primitives.AppendDigestItem(nil, item))
	}
	return &header{
		ParentHash: h.ParentHash.String(), Number: fmt.Sprintf("%#x", uint32(h.Number)),
		StateRoot: h.StateRoot.String(), ExtrinsicsRoot: h.ExtrinsicsRoot.String(), Digest: digest{logs},
	}
}

// getHeader is chain_getHeader; null if the block is unknown.
func (m *methods) getHeader(_ context.Context, p jsonrpc.Params) (any, error) {
	var at *wire.Hash
	if err := p.Read(0, &at); err != nil {
		return nil, err
	}
	_, h, err := m.header(at)
	if err != nil {
		return nil, unlessUnknown(err)
	}
	return showHeader(h), nil
}

// unlessUnknown returns nil if err says that a block is unknown.
func unlessUnknown(err error) error {
	var of clientError
	if errors.As(err, &of) || errors.Is(err, store.ErrUnknownBlock) {
		return nil
	}
	return err
}

// signedBlock is a block with what proves that it is final. The engine and the
// proof are arrays of numbers.
//
// Source: polkadot-sdk substrate/primitives/runtime/src/generic/block.rs.
type signedBlock struct {
	Block struct {
		Header     *header      `json:"header"`
		Extrinsics []wire.Bytes `json:"extrinsics"`
	} `json:"block"`
	Justifications [][2][]uint16 `json:"justifications"`
}

// getBlock is chain_getBlock; null if the block is unknown.
func (m *methods) getBlock(_ context.Context, p jsonrpc.Params) (any, error) {
	var at *wire.Hash
	if err := p.Read(0, &at); err != nil {
		return nil, err
	}
	var out signedBlock
	err := m.Chain.At((*primitives.Hash)(at), func(id primitives.Hash) error {
		_, h, err := m.Chain.Header(&id)
		if err != nil {
			return err
		}
		body, err := m.Chain.Body(id)
		if err != nil {
			return err
		}
		out.Block.Header, out.Block.Extrinsics = showHeader(h), wire.WrapAll(body)
		justification, justified, err := m.Chain.Store.Justification(id)
		if justified {
			out.Justifications = [][2][]uint16{{numerals(justification.Engine[:]), numerals(justification.Data)}}
		}
		return err
	})
	if err != nil {
		return nil, unlessUnknown(err)
	}
	return out, nil
}

// numerals returns bytes that are an array of numbers in JSON.
func numerals(b []byte) []uint16 {
	out := make([]uint16, len(b))
	for i, v := range b {
		out[i] = uint16(v)
	}
	return out
}

// getBlockHash is chain_getBlockHash: of the best block, or of those of the best
// chain with the numbers given.
func (m *methods) getBlockHash(_ context.Context, p jsonrpc.Params) (any, error) {
	var asked *numbers
	if err := p.Read(0, &asked); err != nil {
		return nil, err
	}
	if asked == nil {
		return m.Chain.Store.Best().Hash.String(), nil
	}
	if len(asked.list) > maxKeys {
		return nil, jsonrpc.InvalidParams(fmt.Sprintf("at most %d numbers", maxKeys))
	}
	found := make([]*string, len(asked.list))
	for i, n := range asked.list {
		if n.fault != "" {
			return nil, &jsonrpc.Error{Code: codeNumber, Message: fmt.Sprintf("`%s` > u32::MAX, the max block number is u32.", n.fault)}
		}
		id, ok, err := m.Chain.Store.CanonicalHash(n.value)
		if err != nil {
			return nil, err
		}
		if ok {
			text := id.String()
			found[i] = &text
		}
	}
	if asked.isOne {
		return found[0], nil
	}
	return found, nil
}

// heads are the subscriptions to headers. Each begins with the present one.
func (m *methods) heads() []jsonrpc.Subscription {
	return []jsonrpc.Subscription{
		{
			Name: "chain_subscribeAllHeads", Unsubscribe: "chain_unsubscribeAllHeads", Notification: "chain_allHead",
			Access: jsonrpc.Safe, Run: m.following(m.allHeads),
		},
		{
			Name: "chain_subscribeNewHeads", Aliases: []string{"subscribe_newHead", "chain_subscribeNewHead"},
			Unsubscribe: "chain_unsubscribeNewHeads", UnsubscribeAliases: []string{"unsubscribe_newHead", "chain_unsubscribeNewHead"},
			Notification: "chain_newHead", Access: jsonrpc.Safe, Run: m.following(m.newHeads),
		},
		{
			Name: "chain_subscribeFinalizedHeads", Aliases: []string{"chain_subscribeFinalisedHeads"},
			Unsubscribe: "chain_unsubscribeFinalizedHeads", UnsubscribeAliases: []string{"chain_unsubscribeFinalisedHeads"},
			Notification: "chain_finalizedHead", Access: jsonrpc.Safe, Run: m.following(m.finalizedHeads),
		},
	}
}

// listener is told of a chain as it is, and of what happens afterwards. A nil
// function is told nothing.
type listener struct {
	begin     func(backend.Start) error
	imported  func(chain.Imported) error
	finalized func(chain.Finalized) error
}

// follow tells l of the chain until ctx ends or l returns an error. When more
// happened than waits for a subscription, it begins anew.
func (m *methods) follow(ctx context.Context, l listener) error {
	for {
		err := m.followOnce(ctx, l)
		if !errors.Is(err, backend.ErrBehind) {
			return err
		}
	}
}

func (m *methods) followOnce(ctx context.Context, l listener) error {
	at, follower := m.Chain.Feed.Follow(maxBehind)
	defer follower.Close()
	if err := l.begin(at); err != nil {
		return err
	}
	for {
		next, err := follower.Next(ctx)
		if err != nil {
			return err
		}
		switch e := next.(type) {
		case chain.Imported:
			if l.imported != nil {
				err = l.imported(e)
			}
		case chain.Finalized:
			if l.finalized != nil {
				err = l.finalized(e)
			}
		}
		if err != nil {
			return err
		}
	}
}

// sender returns a function that sends the header of a block, unless it was the
// last one sent, or was pruned meanwhile: then another follows.
func (m *methods) sender(ctx context.Context, sink *jsonrpc.Sink) func(primitives.BlockID) error {
	var last primitives.BlockID
	return func(id primitives.BlockID) error {
		if id == last {
			return nil
		}
		h, err := m.Chain.Store.Header(id.Hash)
		if err != nil {
			return unlessUnknown(err)
		}
		last = id
		return sink.Send(ctx, showHeader(h))
	}
}

// following is the Run of a subscription without parameters that follows the chain.
func (m *methods) following(listen func(context.Context, *jsonrpc.Sink) listener) func(context.Context, jsonrpc.Params, *jsonrpc.Sink) error {
	return func(ctx context.Context, p jsonrpc.Params, sink *jsonrpc.Sink) error {
		if err := p.Read(0); err != nil {
			return err
		}
		return m.follow(ctx, listen(ctx, sink))
	}
}

// newHeads tells of the best block whenever that is another.
func (m *methods) newHeads(ctx context.Context, sink *jsonrpc.Sink) listener {
	return best(m.sender(ctx, sink))
}

// best is told of the best block, also when that is the same as before.
func best(tell func(primitives.BlockID) error) listener {
	return listener{
		begin:     func(at backend.Start) error { return tell(at.Best) },
		imported:  func(e chain.Imported) error { return tell(e.Best) },
		finalized: func(e chain.Finalized) error { return tell(e.Best) },
	}
}

// allHeads tells of the best block, then of every block that comes.
func (m *methods) allHeads(ctx context.Context, sink *jsonrpc.Sink) listener {
	send := m.sender(ctx, sink)
	return listener{
		begin:    func(at backend.Start) error { return send(at.Best) },
		imported: func(e chain.Imported) error { return sink.Send(ctx, showHeader(e.Header)) },
	}
}

// finalizedHeads tells of the finalized block. Of several that became final at once
// it is the last one, as in Substrate.
func (m *methods) finalizedHeads(ctx context.Context, sink *jsonrpc.Sink) listener {
	send := m.sender(ctx, sink)
	return listener{
		begin:     func(at backend.Start) error { return send(at.Finalized) },
		finalized: func(e chain.Finalized) error { return send(e.Block) },
	}
}
