package legacy_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/backend"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/rpc/legacy"
	"github.com/rampart-chain/rampart/relay/rpc/rpctest"
	"github.com/rampart-chain/rampart/relay/signer"
	"github.com/rampart-chain/rampart/relay/txpool"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// client is a WebSocket of a server.
type client struct {
	*rpctest.Client
	t *testing.T
}

// serve serves the methods on loopback, until the test ends, and returns a client.
func serve(t *testing.T, server jsonrpc.Config, c legacy.Config) *client {
	t.Helper()
	address := rpctest.Serve(t, server, func(s *jsonrpc.Server) { legacy.Register(s, c) })
	return &client{rpctest.Dial(t, address), t}
}

// start serves a new chain, with everything that the methods can be about.
func start(t *testing.T) (*rpctest.Chain, *client) {
	t.Helper()
	c := rpctest.New(t, false)
	return c, serve(t, jsonrpc.Config{}, legacy.Config{
		Chain: c.Chain, Transactions: c.Transactions(txpool.Params{Author: true}), Network: &node{}, Keys: newKeystore(t),
	})
}

// named are parameters by name, alone in place of all others.
type named map[string]any

// ask makes a call and returns its result or its error.
func (c *client) ask(method string, params ...any) (json.RawMessage, *jsonrpc.Error) {
	c.t.Helper()
	var given any = append([]any{}, params...)
	if len(params) == 1 {
		if byName, ok := params[0].(named); ok {
			given = byName
		}
	}
	text, err := json.Marshal(given)
	if err != nil {
		c.t.Fatal(err)
	}
	answer := c.Try(method, string(text))
	return answer.Result, answer.Error
}

// call makes a call that must succeed.
func (c *client) call(method string, params ...any) json.RawMessage {
	c.t.Helper()
	result, err := c.ask(method, params...)
	if err != nil {
		c.t.Fatalf("%s: %v", method, err)
	}
	return result
}

// fails makes a call that must fail, with these words in what is told.
func (c *client) fails(code int, words, method string, params ...any) {
	c.t.Helper()
	result, err := c.ask(method, params...)
	if err == nil {
		c.t.Errorf("%s %v: got %.100s, want error %d %s", method, params, result, code, words)
	} else if err.Code != code || !strings.Contains(err.Error(), words) {
		c.t.Errorf("%s %v: error %v, want %d %s", method, params, err, code, words)
	}
}

// is makes a call whose result must be exactly want, in JSON.
func (c *client) is(want, method string, params ...any) {
	c.t.Helper()
	if got := c.call(method, params...); string(got) != want {
		c.t.Errorf("%s %v:\ngot  %.600s\nwant %.600s", method, params, got, want)
	}
}

// subscribe makes a call and returns the id of the subscription.
func (c *client) subscribe(method string, params ...any) string {
	c.t.Helper()
	return read[string](c.t, c.call(method, params...))
}

// next returns the next notification of a subscription, whose name must be method.
func (c *client) next(method, subscription string) json.RawMessage {
	c.t.Helper()
	n := c.Next(subscription, func(rpctest.Notification) bool { return true })
	if n.Method != method || n.Params.Error != nil {
		c.t.Fatalf("notification %s %s, error %v, want %s", n.Method, n.Params.Result, n.Params.Error, method)
	}
	return n.Params.Result
}

// quiet fails if a subscription was told anything more. A call and its answer come
// after what was on its way.
func (c *client) quiet(subscription string) {
	c.t.Helper()
	c.call("system_chain")
	for _, n := range c.Told[subscription] {
		c.t.Errorf("notification %s %s too many", n.Method, n.Params.Result)
	}
}

// read decodes JSON.
func read[T any](t *testing.T, text json.RawMessage) (v T) {
	t.Helper()
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatalf("%.200s: %v", text, err)
	}
	return v
}

// unhex reads bytes in hexadecimal digits after 0x.
func unhex(t *testing.T, text string) []byte {
	t.Helper()
	digits, ok := strings.CutPrefix(text, "0x")
	b, err := hex.DecodeString(digits)
	if err != nil || !ok {
		t.Fatalf("%.100q is not in hexadecimal digits", text)
	}
	return b
}

func hexed(b []byte) string { return "0x" + hex.EncodeToString(b) }

// node is a backend.Network of which everything can be set.
type node struct {
	reserved []string
	best     primitives.BlockID
}

func (n *node) Name() string           { return "Rampart" }
func (n *node) Version() string        { return "0.1.0" }
func (n *node) Role() string           { return "Authority" }
func (n *node) PeerID() string         { return "12D3Koo" }
func (n *node) Addresses() []string    { return nil }
func (n *node) Reserved() []string     { return n.reserved }
func (n *node) Health() backend.Health { return backend.Health{Peers: 1, ShouldHavePeers: true} }
func (n *node) SyncState() backend.SyncState {
	return backend.SyncState{StartingBlock: 1, CurrentBlock: 2, HighestBlock: 3}
}

func (n *node) Peers() []backend.Peer {
	return []backend.Peer{{ID: "12D3Other", Roles: "FULL", BestHash: n.best.Hash, BestNumber: n.best.Number}}
}

func (n *node) AddReserved(_ context.Context, address string) error {
	if !strings.Contains(address, "/p2p/") {
		return errors.New("no /p2p/ in the address")
	}
	n.reserved = append(n.reserved, address[strings.LastIndex(address, "/")+1:])
	return nil
}

func (n *node) RemoveReserved(context.Context, string) error {
	n.reserved = nil
	return nil
}

// keystore is a keystore in memory.
type keystore struct {
	*signer.Keystore
	made int
}

func newKeystore(t *testing.T) *keystore {
	t.Helper()
	k, err := signer.OpenKeystore(signer.KeystoreConfig{})
	if err != nil {
		t.Fatal(err)
	}
	return &keystore{Keystore: k}
}

func (k *keystore) Insert(_ context.Context, name, uri string, public []byte) error {
	kind, err := signer.ParseKeyType(name)
	if err != nil {
		return err
	}
	got, err := k.InsertMemory(kind, uri)
	if err == nil && !bytes.Equal(got[:], public) {
		err = errors.New("another public key")
	}
	return err
}

func (k *keystore) Generate(context.Context) (out []byte, err error) {
	k.made++
	for _, kind := range signer.KeyTypes() {
		public, err := k.InsertMemory(kind, fmt.Sprintf("//%s//%d", kind, k.made))
		if err != nil {
			return nil, err
		}
		out = append(out, public[:]...)
	}
	return out, nil
}

func (k *keystore) Has(public []byte, name string) bool {
	kind, err := signer.ParseKeyType(name)
	return err == nil && len(public) == 32 && k.Keystore.Has(kind, [32]byte(public))
}

func (k *keystore) HasSession(keys []byte) (bool, error) {
	kinds := signer.KeyTypes()
	if len(keys) != 32*len(kinds) {
		return false, errors.New("not session keys")
	}
	for i, kind := range kinds {
		if !k.Keystore.Has(kind, [32]byte(keys[32*i:32*i+32])) {
			return false, nil
		}
	}
	return true, nil
}
