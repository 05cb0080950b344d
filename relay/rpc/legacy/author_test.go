package legacy_test

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/pallet/timestamp"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/rpc/legacy"
	"github.com/rampart-chain/rampart/relay/rpc/rpctest"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/txpool"
)

// TestSubmit looks at what the pool answers, in Substrate's words.
func TestSubmit(t *testing.T) {
	chain, c := start(t)
	x := chain.Transfer("//Alice", 0, "//Bob", 1)
	c.is(`"`+txpool.Hash(x).String()+`"`, "author_submitExtrinsic", extrinsic(x))
	c.is(`["`+extrinsic(x)+`"]`, "author_pendingExtrinsics")
	c.fails(txpool.CodeAlreadyImported, "Transaction Already Imported: "+txpool.Hash(x).String(), "author_submitExtrinsic", extrinsic(x))
	c.fails(txpool.CodePriorityTooLow, "Priority is too low: (", "author_submitExtrinsic", extrinsic(chain.Transfer("//Alice", 0, "//Bob", 2)))
	chain.Grow(chain.Genesis, x, chain.Transfer("//Bob", 0, "//Alice", 1))

	remark := system.Remark{Remark: []byte("hi")}
	forged := chain.Sign("//Alice", primitives.SignedExtra{Nonce: 1}, remark)
	forged[40] ^= 1
	for name, test := range map[string]struct {
		x    primitives.Extrinsic
		code int
		want string
	}{
		"used nonce":      {chain.Sign("//Bob", primitives.SignedExtra{}, remark), 1010, "1010: Invalid Transaction: Transaction is outdated"},
		"false signature": {forged, 1010, "1010: Invalid Transaction: Transaction has a bad signature"},
		"no funds":        {chain.Sign("//Nobody", primitives.SignedExtra{}, remark), 1010, "1010: Invalid Transaction: Inability to pay some fees (e.g. account balance too low)"},
		"no call":         {primitives.Extrinsic{4, 99}, 1010, "1010: Invalid Transaction: Transaction call is not expected"},
		"inherent":        {runtime.Bare(timestamp.Set{Now: 1}), 1010, "1010: Invalid Transaction: Transaction dispatch is mandatory; transactions must not be validated."},
		"unsigned":        {runtime.Bare(remark), 1011, "1011: Unknown Transaction Validity: NoUnsignedValidator"},
		"metadata hash":   {chain.Sign("//Alice", primitives.SignedExtra{Nonce: 1, MetadataMode: 1}, remark), 1011, "1011: Unknown Transaction Validity: CannotLookup"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, method := range []string{"author_submitExtrinsic", "author_submitAndWatchExtrinsic"} {
				c.t = t
				if _, err := c.ask(method, extrinsic(test.x)); err == nil || err.Code != test.code || err.Error() != test.want {
					t.Errorf("%s: %v, want %s", method, err, test.want)
				}
				test.code, test.want = 1012, "1012: Transaction is temporarily banned" // from now on
			}
		})
	}
	c.t = t
	c.fails(1040, "Client error: ", "author_submitExtrinsic", "0x1234")
	c.fails(1040, "Client error: ", "author_submitExtrinsic", extrinsic(x)+"00")
	c.fails(1001, "Extrinsic has invalid format: ", "author_submitAndWatchExtrinsic", "0x1234")
	c.fails(jsonrpc.CodeInvalidParams, "hexadecimal", "author_submitExtrinsic", "hello")
	c.fails(jsonrpc.CodeInvalidParams, "parameter 0 is missing", "author_submitAndWatchExtrinsic")
}

// TestPoolIsFull: the pool takes nothing that it has no room for.
func TestPoolIsFull(t *testing.T) {
	chain := rpctest.New(t, false)
	c := serve(t, jsonrpc.Config{}, legacy.Config{
		Chain: chain.Chain, Transactions: chain.Transactions(txpool.Params{Author: true, Ready: txpool.Limit{Count: 1, Bytes: 1 << 20}}),
	})
	c.call("author_submitExtrinsic", extrinsic(chain.Transfer("//Alice", 0, "//Bob", 1)))
	c.fails(1016, "Immediately Dropped: The transaction couldn't enter the pool because of the limit", "author_submitExtrinsic", extrinsic(chain.Transfer("//Bob", 0, "//Alice", 1)))
}

// TestWatch follows a transaction through a reorganization, until it is final.
func TestWatch(t *testing.T) {
	chain, c := start(t)
	x, later := chain.Transfer("//Alice", 0, "//Bob", 1), chain.Transfer("//Alice", 1, "//Bob", 1)
	future := c.subscribe("author_submitAndWatchExtrinsic", extrinsic(later))
	id := c.subscribe("author_submitAndWatchExtrinsic", extrinsic(x))
	sees := func(id, want string) {
		t.Helper()
		if got := string(c.next("author_extrinsicUpdate", id)); got != want {
			t.Fatalf("status %s, want %s", got, want)
		}
	}
	of := func(kind string, block primitives.BlockID) string {
		return `{"` + kind + `":"` + block.Hash.String() + `"}`
	}
	sees(future, `"future"`)
	sees(id, `"ready"`)
	sees(future, `"ready"`)
	a1 := chain.Grow(chain.Genesis, x)
	sees(id, of("inBlock", a1))
	b1 := chain.Grow(chain.Genesis)
	b2 := chain.Grow(b1)
	sees(id, of("retracted", a1))
	sees(id, `"ready"`)
	b3 := chain.Grow(b2, x)
	sees(id, of("inBlock", b3))
	chain.Finalize(b3, false)
	sees(id, of("finalized", b3))
	c.is("false", "author_unwatchExtrinsic", id) // it ended with the last status

	watched := c.subscribe("author_submitAndWatchExtrinsic", extrinsic(x)) // in a block already
	sees(watched, of("inBlock", b3))
	sees(watched, of("finalized", b3))
	rival := chain.Sign("//Alice", primitives.SignedExtra{Nonce: 1, Tip: primitives.NewBalance(1e9)}, system.Remark{})
	replaced := c.subscribe("author_submitAndWatchExtrinsic", extrinsic(rival))
	sees(replaced, `"ready"`)
	for {
		got := string(c.next("author_extrinsicUpdate", future))
		if got == `{"usurped":"`+txpool.Hash(rival).String()+`"}` {
			break
		}
		if got != `"future"` && got != `"ready"` { // while Alice's first was retracted
			t.Fatalf("status %s", got)
		}
	}
	c.is("true", "author_unwatchExtrinsic", replaced)
	chain.Grow(b3, rival)
	c.quiet(replaced)
}

func TestKeystore(t *testing.T) {
	_, c := start(t)
	alice := rpctest.Account(t, "//Alice")
	public := hexed(alice[:])
	c.is("false", "author_hasKey", public, "babe")
	c.is("null", "author_insertKey", "babe", "//Alice", public)
	c.is("true", "author_hasKey", public, "babe")
	c.is("false", "author_hasKey", public, "para")
	c.is("false", "author_hasKey", "0x01", "babe")
	c.fails(1040, "Invalid key type ID format (should be of length four)", "author_insertKey", "babel", "//Alice", public)
	c.fails(1040, "Invalid key type ID format (should be of length four)", "author_hasKey", public, "b")
	c.fails(1040, "The key store is unavailable: another public key", "author_insertKey", "para", "//Bob", public)
	keys := read[string](t, c.call("author_rotateKeys"))
	if len(unhex(t, keys)) != 5*32 {
		t.Errorf("session keys %s", keys)
	}
	c.is("true", "author_hasSessionKeys", keys)
	c.is("false", "author_hasSessionKeys", "0x"+keys[4:]+"00")
	c.fails(1040, "Session keys are not encoded correctly", "author_hasSessionKeys", "0x01")
}
