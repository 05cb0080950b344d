package local_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"

	"github.com/rampart-chain/rampart/relay/crypto/keys"
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

// TestTransferBecomesFinal submits a transfer to one node of a network and sees it
// final, and its balances, on another: gossip brought it to whoever made the block.
func TestTransferBecomesFinal(t *testing.T) {
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	where := &addresses{found: make(chan []string, 1), want: 3}
	network, end := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() {
		_, err := local.Run(network, local.Config{Validators: 3, Slot: 300 * time.Millisecond, BasePath: t.TempDir(), WorkerPath: binary, Progress: where})
		ended <- err
	}()
	defer func() {
		end()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	var nodes []string
	select {
	case nodes = <-where.found:
	case err := <-ended:
		ended <- err
		t.Fatal("network has ended")
	}
	w := dial(ctx, t, nodes[1])
	defer w.socket.CloseNow()
	sent := primitives.NewBalance(5e12)
	w.transfer(sent)
	inBlock, final := w.follow()
	other := dial(ctx, t, nodes[2])
	defer other.socket.CloseNow()
	for hash := ""; hash != final; { // the other node may be a moment behind
		other.call(&hash, "chain_getBlockHash", w.number(final))
	}
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

func publicOf(t *testing.T, uri string) primitives.AccountID {
	t.Helper()
	key, err := keys.Sr25519(uri)
	if err != nil {
		t.Fatal(err)
	}
	return primitives.AccountID(key.Public())
}

// transfer submits Alice's first extrinsic, a payment to Bob, and watches it.
func (w *wallet) transfer(amount primitives.Balance) {
	w.t.Helper()
	alice, err := keys.Sr25519("//Alice")
	if err != nil {
		w.t.Fatal(err)
	}
	var first string
	w.call(&first, "chain_getBlockHash", 0)
	genesis, err := hexHash(first)
	if err != nil {
		w.t.Fatal(err)
	}
	call := runtime.Pallets().AppendCall(nil, balances.TransferKeepAlive{Dest: primitives.AddressID{ID: publicOf(w.t, "//Bob")}, Value: amount})
	extra := primitives.SignedExtra{}
	signature := alice.Sign(primitives.SigningPayload(call, extra, primitives.SignedImplicit{
		SpecVersion: runtime.SpecVersion, TransactionVersion: runtime.TransactionVersion, GenesisHash: genesis, EraBirthHash: genesis,
	}), [32]byte{})
	x := primitives.UncheckedExtrinsic{Signature: &primitives.ExtrinsicSignature{
		Signer: primitives.AddressID{ID: primitives.AccountID(alice.Public())}, Signature: primitives.SR25519Signature{Signature: primitives.Signature(signature)}, Extra: extra,
	}, Call: call}.Encode()
	var id string
	w.call(&id, "author_submitAndWatchExtrinsic", "0x"+hex.EncodeToString(scale.AppendBytes(nil, x)))
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
