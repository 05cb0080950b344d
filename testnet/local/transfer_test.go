package local_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"

	"github.com/rampart-chain/rampart/parachain/chains/coin"
	"github.com/rampart-chain/rampart/relay/crypto/keys"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/testnet/local"
)

// addresses waits for the lines that say where nodes answer wallets.
type addresses struct {
	mu    sync.Mutex
	text  strings.Builder
	found chan []string
	want  int
}

var address = regexp.MustCompile(`ws://\S+`)

func (a *addresses) Write(line []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.want > 0 {
		a.text.Write(line)
		if all := address.FindAllString(a.text.String(), -1); len(all) == a.want {
			a.found <- all
			a.want = 0
		}
	}
	return len(line), nil
}

// wallet is a client of one node.
type wallet struct {
	t      *testing.T
	ctx    context.Context
	socket *websocket.Conn
	calls  int
}

func dial(ctx context.Context, t *testing.T, address string) *wallet {
	t.Helper()
	socket, _, err := websocket.Dial(ctx, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	socket.SetReadLimit(16 << 20)
	return &wallet{t: t, ctx: ctx, socket: socket}
}

// call returns the result of a method, which ends the test if it is an error.
func (w *wallet) call(result any, method string, params ...any) {
	w.t.Helper()
	w.calls++
	if params == nil {
		params = []any{}
	}
	if err := wsjson.Write(w.ctx, w.socket, map[string]any{"jsonrpc": "2.0", "id": w.calls, "method": method, "params": params}); err != nil {
		w.t.Fatal(err)
	}
	var answer struct {
		ID     int
		Result json.RawMessage
		Error  json.RawMessage
	}
	if err := wsjson.Read(w.ctx, w.socket, &answer); err != nil {
		w.t.Fatal(err)
	}
	if answer.ID != w.calls || answer.Error != nil {
		w.t.Fatalf("%s: answer %d of %d: %s", method, answer.ID, w.calls, answer.Error)
	}
	if err := json.Unmarshal(answer.Result, result); err != nil {
		w.t.Fatalf("%s: %v", method, err)
	}
}

// account reads an account from the state after a block.
func (w *wallet) account(who primitives.AccountID, block string) system.AccountInfo {
	w.t.Helper()
	var value *string
	w.call(&value, "state_getStorage", "0x"+hex.EncodeToString(system.Account.Key(who)), block)
	var info system.AccountInfo
	if value == nil {
		return info
	}
	raw, err := hex.DecodeString((*value)[2:])
	if err != nil {
		w.t.Fatal(err)
	}
	if err := scale.Unmarshal(raw, &info); err != nil {
		w.t.Fatal(err)
	}
	return info
}

// start runs a network with slots of 300 ms until the test ends, and returns where its
// nodes, and after them its collators, answer wallets.
func start(ctx context.Context, t *testing.T, c local.Config, want int) []string {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	where := &addresses{found: make(chan []string, 1), want: want}
	c.Slot, c.BasePath, c.WorkerPath, c.Progress = 300*time.Millisecond, t.TempDir(), binary, where
	network, end := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() {
		report, err := local.Run(network, c)
		for _, failure := range report.Failures {
			err = errors.Join(err, errors.New(failure))
		}
		ended <- err
	}()
	t.Cleanup(func() {
		end()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	select {
	case nodes := <-where.found:
		return nodes
	case err := <-ended:
		ended <- err
		t.Fatal("network has ended")
	}
	return nil
}

// await waits until the node has a block, which it may have a moment after another.
func (w *wallet) await(block, number string) {
	w.t.Helper()
	for hash := ""; hash != block; {
		w.call(&hash, "chain_getBlockHash", number)
	}
}

// TestTransferBecomesFinal submits a transfer to one node of a network and sees it
// final, and its balances, on another: gossip brought it to whoever made the block.
func TestTransferBecomesFinal(t *testing.T) {
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	nodes := start(ctx, t, local.Config{Validators: 3}, 3)
	w := dial(ctx, t, nodes[1])
	defer w.socket.CloseNow()
	sent := primitives.NewBalance(5e12)
	w.submit(w.transfer(relayRules, "//Alice", "//Bob", sent))
	inBlock, final := w.follow()
	other := dial(ctx, t, nodes[2])
	defer other.socket.CloseNow()
	other.await(final, w.number(final))
	if inBlock != final {
		t.Errorf("in block %s, final in %s", inBlock, final)
	}
	before, after := other.parent(final), final
	alice, bob := publicOf(t, "//Alice"), publicOf(t, "//Bob")
	if got := other.account(alice, after).Nonce - other.account(alice, before).Nonce; got != 1 {
		t.Errorf("nonce grew by %d", got)
	}
	gained, fits := other.account(bob, after).Data.Free.CheckedSub(other.account(bob, before).Data.Free)
	if !fits || gained.Cmp(sent) < 0 { // Bob may be the author, who is paid the fee
		t.Errorf("Bob has %v more, want %v", gained, sent)
	}
}

// TestTransferOnAChainBecomesFinal does the same on a chain that the relay chain
// secures: it is served from the same code. It submits to one collator and looks at
// what the other has.
func TestTransferOnAChainBecomesFinal(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a validation function and compiles it in workers")
	}
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	defer stop()
	nodes := start(ctx, t, local.Config{Validators: 2, Parachains: 1, Collators: 2}, 4)
	w := dial(ctx, t, nodes[2])
	defer w.socket.CloseNow()
	var name string
	w.call(&name, "system_chain")
	if name != "Coin 2000" {
		t.Fatalf("the chain is %q", name)
	}
	sent := primitives.NewBalance(5e12)
	x := w.transfer(chainRules, "//Charlie", "//Dave", sent)
	var info struct{ PartialFee string }
	w.call(&info, "payment_queryInfo", x)
	fee, err := primitives.ParseBalance(info.PartialFee)
	if err != nil || fee.IsZero() {
		t.Fatalf("fee %q: %v", info.PartialFee, err)
	}
	w.submit(x)
	inBlock, final := w.follow()
	if inBlock != final {
		t.Errorf("in block %s, final in %s", inBlock, final)
	}
	other := dial(ctx, t, nodes[3])
	defer other.socket.CloseNow()
	other.await(final, w.number(final))
	before, after := other.parent(final), final
	charlie, dave := publicOf(t, "//Charlie"), publicOf(t, "//Dave") // no collators: fees are not theirs
	was, is := other.account(charlie, before), other.account(charlie, after)
	if paid, fits := was.Data.Free.CheckedSub(is.Data.Free); is.Nonce != was.Nonce+1 || !fits || paid != sent.SaturatingAdd(fee) {
		t.Errorf("Charlie has %v less, nonce %d, want %v and a fee of %v", paid, is.Nonce, sent, fee)
	}
	gained, fits := other.account(dave, after).Data.Free.CheckedSub(other.account(dave, before).Data.Free)
	if !fits || gained != sent {
		t.Errorf("Dave has %v more, want %v", gained, sent)
	}
}

func publicOf(t *testing.T, uri string) primitives.AccountID {
	t.Helper()
	key, err := keys.Sr25519(uri)
	if err != nil {
		t.Fatal(err)
	}
	return primitives.AccountID(key.Public())
}

// rules are what an extrinsic of a chain depends on.
type rules struct {
	pallets           frame.Pallets
	spec, transaction uint32
}

var (
	relayRules = rules{runtime.Pallets(), runtime.SpecVersion, runtime.TransactionVersion}
	chainRules = rules{coin.Chain().Pallets(), coin.SpecVersion, coin.TransactionVersion}
)

// transfer returns the first extrinsic of an account, a payment to another.
func (w *wallet) transfer(r rules, from, to string, amount primitives.Balance) string {
	w.t.Helper()
	return w.sign(r, from, balances.TransferKeepAlive{Dest: primitives.AddressID{ID: publicOf(w.t, to)}, Value: amount})
}

// sign returns the first extrinsic of an account.
func (w *wallet) sign(r rules, from string, wanted frame.Call) string {
	w.t.Helper()
	key, err := keys.Sr25519(from)
	if err != nil {
		w.t.Fatal(err)
	}
	var first string
	w.call(&first, "chain_getBlockHash", 0)
	genesis, err := hexHash(first)
	if err != nil {
		w.t.Fatal(err)
	}
	call := r.pallets.AppendCall(nil, wanted)
	extra := primitives.SignedExtra{}
	signature := key.Sign(primitives.SigningPayload(call, extra, primitives.SignedImplicit{
		SpecVersion: r.spec, TransactionVersion: r.transaction, GenesisHash: genesis, EraBirthHash: genesis,
	}), [32]byte{})
	x := primitives.UncheckedExtrinsic{Signature: &primitives.ExtrinsicSignature{
		Signer: primitives.AddressID{ID: primitives.AccountID(key.Public())}, Signature: primitives.SR25519Signature{Signature: primitives.Signature(signature)}, Extra: extra,
	}, Call: call}.Encode()
	return "0x" + hex.EncodeToString(scale.AppendBytes(nil, x))
}

// submit submits an extrinsic and watches it.
func (w *wallet) submit(x string) {
	w.t.Helper()
	var id string
	w.call(&id, "author_submitAndWatchExtrinsic", x)
}

// follow reads statuses until one is final, and returns the blocks that were named
// last: of inBlock and of finalized.
func (w *wallet) follow() (inBlock, final string) {
	w.t.Helper()
	for final == "" {
		var told struct {
			Params struct{ Result json.RawMessage }
		}
		if err := wsjson.Read(w.ctx, w.socket, &told); err != nil {
			w.t.Fatal(err)
		}
		var named struct{ InBlock, Finalized string }
		if err := json.Unmarshal(told.Params.Result, &named); err == nil {
			if named.InBlock != "" {
				inBlock = named.InBlock
			}
			final = named.Finalized
		} else if s := string(told.Params.Result); s != `"ready"` {
			w.t.Fatalf("status %s", s)
		}
	}
	return inBlock, final
}

func hexHash(text string) (h primitives.Hash, err error) {
	_, err = hex.Decode(h[:], []byte(strings.TrimPrefix(text, "0x")))
	return h, err
}

// number returns the number of a block.
func (w *wallet) number(block string) string {
	w.t.Helper()
	var header struct{ Number string }
	w.call(&header, "chain_getHeader", block)
	return header.Number
}

// parent returns the parent of a block.
func (w *wallet) parent(block string) string {
	w.t.Helper()
	var header struct{ ParentHash string }
	w.call(&header, "chain_getHeader", block)
	return header.ParentHash
}
