package legacy

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/rampart-chain/rampart/relay/crypto/ss58"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/backend"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/rpc/wire"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/txpool"
)

// always is the handler of what is the same for every caller.
func always[T any](value func() T) handler {
	return func(_ context.Context, p jsonrpc.Params) (any, error) {
		if err := p.Read(0); err != nil {
			return nil, err
		}
		return value(), nil
	}
}

// constant returns a function of a value that does not change.
func constant[T any](v T) func() T { return func() T { return v } }

// system are the methods about chain specification and node.
func (m *methods) system() []jsonrpc.Method {
	spec := m.Chain.Spec
	properties := spec.Properties
	if len(properties) == 0 {
		properties = json.RawMessage("{}")
	}
	list := []jsonrpc.Method{
		{Name: "system_chain", Access: jsonrpc.Safe, Call: always(constant(spec.Name))},
		{Name: "system_chainType", Access: jsonrpc.Safe, Call: always(constant(chainType(spec.Type)))},
		{Name: "system_properties", Access: jsonrpc.Safe, Call: always(constant[any](properties))},
	}
	n := m.Network
	if n == nil {
		return list
	}
	return append(list,
		jsonrpc.Method{Name: "system_name", Access: jsonrpc.Safe, Call: always(n.Name)},
		jsonrpc.Method{Name: "system_version", Access: jsonrpc.Safe, Call: always(n.Version)},
		jsonrpc.Method{Name: "system_health", Access: jsonrpc.Safe, Call: always(n.Health)},
		jsonrpc.Method{Name: "system_localPeerId", Access: jsonrpc.Safe, Call: always(n.PeerID)},
		jsonrpc.Method{Name: "system_localListenAddresses", Access: jsonrpc.Safe, Call: always(func() []string { return present(n.Addresses()) })},
		jsonrpc.Method{Name: "system_nodeRoles", Access: jsonrpc.Safe, Call: always(func() []string { return []string{n.Role()} })},
		jsonrpc.Method{Name: "system_syncState", Access: jsonrpc.Safe, Call: always(n.SyncState)},
		jsonrpc.Method{Name: "system_reservedPeers", Access: jsonrpc.Safe, Call: always(func() []string { return present(n.Reserved()) })},
		jsonrpc.Method{Name: "system_peers", Access: jsonrpc.Unsafe, Call: always(func() []peer { return peers(n.Peers()) })},
		jsonrpc.Method{Name: "system_addReservedPeer", Access: jsonrpc.Unsafe, Params: []string{"peer"}, Call: keep(n.AddReserved)},
		jsonrpc.Method{Name: "system_removeReservedPeer", Access: jsonrpc.Unsafe, Params: []string{"peer_id"}, Call: keep(n.RemoveReserved)},
	)
}

// present returns a list that is an array in JSON even if it is empty.
func present[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// chainType returns the type of a chain as JSON has it.
//
// Source: polkadot-sdk substrate/client/chain-spec/src/lib.rs, ChainType.
func chainType(name string) any {
	if slices.Contains([]string{"Development", "Local", "Live"}, name) {
		return name
	}
	return map[string]string{"Custom": name}
}

// peer is a backend.Peer as JSON has it.
type peer struct {
	ID         string                 `json:"peerId"`
	Roles      string                 `json:"roles"`
	BestHash   string                 `json:"bestHash"`
	BestNumber primitives.BlockNumber `json:"bestNumber"`
}

func peers(list []backend.Peer) []peer {
	out := make([]peer, len(list))
	for i, p := range list {
		out[i] = peer{p.ID, p.Roles, p.BestHash.String(), p.BestNumber}
	}
	return out
}

// keep is the handler of a change of the reserved peers.
func keep(change func(context.Context, string) error) handler {
	return func(ctx context.Context, p jsonrpc.Params) (any, error) {
		var name string
		if err := p.Read(1, &name); err != nil {
			return nil, err
		}
		if err := change(ctx, name); err != nil {
			return nil, &jsonrpc.Error{Code: codePeer, Message: err.Error()}
		}
		return nil, nil
	}
}

// account are the methods about accounts that have no group of their own.
func (m *methods) account() []jsonrpc.Method {
	return []jsonrpc.Method{
		{Name: "system_accountNextIndex", Aliases: []string{"account_nextIndex"}, Access: jsonrpc.Safe, Heavy: true, Params: []string{"account"}, Call: m.nextIndex},
		{Name: "system_dryRun", Aliases: []string{"system_dryRunAt"}, Access: jsonrpc.Unsafe, Heavy: true, Params: []string{"extrinsic", "at"}, Call: m.dryRun},
	}
}

// nextIndex is system_accountNextIndex: the nonce of the account in the best
// block, and of its transactions in the pool that follow on it.
func (m *methods) nextIndex(ctx context.Context, p jsonrpc.Params) (any, error) {
	var address string
	if err := p.Read(1, &address); err != nil {
		return nil, err
	}
	who, _, err := ss58.Decode(address)
	if err != nil {
		return nil, jsonrpc.InvalidParams(err.Error())
	}
	b, err := m.block(nil)
	if err != nil {
		return nil, tell("Unable to query nonce.", err)
	}
	result, err := m.call(b, "AccountNonceApi_account_nonce", who[:])
	if err != nil {
		return nil, tell("Unable to query nonce.", err)
	}
	d := scale.NewDecoder(result)
	next := primitives.Nonce(d.U32())
	if err := d.Finish(); err != nil {
		return nil, err
	}
	if m.Transactions == nil {
		return next, nil
	}
	pending, err := m.Transactions.Pending(ctx)
	if err != nil {
		return nil, err
	}
	for _, x := range pending { // those of an account come in the order of their nonces
		if slices.Contains(txpool.Provided(x), txpool.Tag(primitives.NonceTag(who, next))) {
			next++
		}
	}
	return next, nil
}

// dryRun is system_dryRun: what would come of an extrinsic, encoded.
func (m *methods) dryRun(_ context.Context, p jsonrpc.Params) (any, error) {
	var x wire.Bytes
	b, err := m.about(p, &x, "Unable to dry run extrinsic", "Unable to dry run extrinsic.")
	if err != nil {
		return nil, err
	}
	result, err := m.call(b, "BlockBuilder_apply_extrinsic", x)
	return wire.Bytes(result), tell("Unable to dry run extrinsic.", err)
}

// about reads the parameters of methods about an extrinsic, each with the message of
// its errors: x that does not decode, a block that is not there.
func (m *methods) about(p jsonrpc.Params, x *wire.Bytes, undecoded, unknown string) (block, error) {
	var at *wire.Hash
	if err := p.Read(1, x, &at); err != nil {
		return block{}, err
	}
	if _, err := wire.Unwrap(*x); err != nil {
		return block{}, &jsonrpc.Error{Code: codeDecode, Message: undecoded, Data: err.Error()}
	}
	b, err := m.block(at)
	return b, tell(unknown, err)
}
