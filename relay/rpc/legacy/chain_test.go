package legacy_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/scale"
)

// extrinsic returns x behind its length, in hexadecimal digits.
func extrinsic(x primitives.Extrinsic) string { return hexed(scale.AppendBytes(nil, x)) }

// headerJSON is a header as clients read it.
type headerJSON struct {
	ParentHash, Number, StateRoot, ExtrinsicsRoot string
	Digest                                        struct{ Logs []string }
}

// decode returns the header that a client makes of text.
func decode(t *testing.T, text json.RawMessage) primitives.Header {
	t.Helper()
	h := read[headerJSON](t, text)
	number, ok := new(big.Int).SetString(h.Number, 0)
	if !ok || fmt.Sprintf("%#x", number) != h.Number {
		t.Fatalf("number %q", h.Number)
	}
	out := primitives.Header{
		ParentHash: primitives.Hash(unhex(t, h.ParentHash)), Number: primitives.BlockNumber(number.Uint64()),
		StateRoot: primitives.Hash(unhex(t, h.StateRoot)), ExtrinsicsRoot: primitives.Hash(unhex(t, h.ExtrinsicsRoot)),
	}
	for _, log := range h.Digest.Logs {
		d := scale.NewDecoder(unhex(t, log))
		out.Digest = append(out.Digest, primitives.DecodeDigestItem(d))
		if err := d.Finish(); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// TestBlocks: headers and bodies hash to what they are asked for by.
func TestBlocks(t *testing.T) {
	chain, c := start(t)
	first := chain.Grow(chain.Genesis, chain.Transfer("//Alice", 0, "//Bob", 1), chain.Transfer("//Bob", 0, "//Alice", 1))
	best := chain.GrowBest(16)
	chain.Finalize(first, true)
	for _, id := range []primitives.BlockID{chain.Genesis, first, best} {
		h := decode(t, c.call("chain_getHeader", id.Hash.String()))
		if h.ID() != id {
			t.Errorf("header of %v is of %v", id, h.ID())
		}
		b := read[struct {
			Block struct {
				Header     json.RawMessage
				Extrinsics []string
			}
			Justifications []json.RawMessage
		}](t, c.call("chain_getBlock", id.Hash.String()))
		if got := decode(t, b.Block.Header); got.ID() != id {
			t.Errorf("header of block %v is of %v", id, got.ID())
		}
		var body []primitives.Extrinsic
		for _, x := range b.Block.Extrinsics {
			d := scale.NewDecoder(unhex(t, x))
			body = append(body, d.Bytes(1<<20))
			if err := d.Finish(); err != nil {
				t.Error(err)
			}
		}
		if got := executive.ExtrinsicsRoot(body); got != h.ExtrinsicsRoot {
			t.Errorf("extrinsics of %v have root %v", id, got)
		}
		if len(b.Justifications) != map[primitives.BlockID]int{first: 1}[id] {
			t.Errorf("justifications of %v: %s", id, b.Justifications)
		}
	}
	if got := decode(t, c.call("chain_getHeader")); got.ID() != best || best.Number != 17 {
		t.Errorf("header without hash is of %v", got.ID())
	}
	if text := string(c.call("chain_getBlock", nil)); !strings.Contains(text, `"number":"0x11"`) || !strings.Contains(text, `"justifications":null`) {
		t.Errorf("block without hash is %s", text)
	}
	unknown := primitives.Hash{1}.String()
	c.is("null", "chain_getHeader", unknown)
	c.is("null", "chain_getBlock", unknown)
	c.fails(jsonrpc.CodeInvalidParams, "not 32 bytes", "chain_getHeader", "0x01")
}

// TestJustificationOfBlock: engine and proof are arrays of numbers.
func TestJustificationOfBlock(t *testing.T) {
	chain, c := start(t)
	id := chain.GrowBest(1)
	chain.Finalize(id, true)
	j, _, err := chain.Store.Justification(id.Hash)
	if err != nil {
		t.Fatal(err)
	}
	b := read[struct{ Justifications [][2][]int }](t, c.call("chain_getBlock", id.Hash.String()))
	want := [2][]int{{'F', 'R', 'N', 'K'}, {}}
	for _, v := range j.Data {
		want[1] = append(want[1], int(v))
	}
	if len(b.Justifications) != 1 || fmt.Sprint(b.Justifications[0]) != fmt.Sprint(want) {
		t.Errorf("justifications %v", b.Justifications)
	}
}

func TestBlockHash(t *testing.T) {
	chain, c := start(t)
	zero, one := chain.Genesis.Hash.String(), chain.GrowBest(1).Hash.String()
	two := chain.GrowBest(1).Hash.String()
	quoted := func(s string) string { return `"` + s + `"` }
	for _, method := range []string{"chain_getBlockHash", "chain_getHead"} {
		c.is(quoted(two), method)
		c.is(quoted(two), method, nil)
		c.is(quoted(zero), method, 0)
		c.is(quoted(one), method, "0x1")
		c.is(quoted(one), method, "0x0001")
		c.is(quoted(two), method, "2")
		c.is("null", method, 3)
		c.is("null", method, 1<<32-1)
		c.is(`["`+zero+`",null,"`+two+`"]`, method, []any{0, "0x9", 2})
		c.is("[]", method, []any{})
	}
	c.fails(3001, "`Number(4294967296)` > u32::MAX, the max block number is u32.", "chain_getBlockHash", uint64(1<<32))
	c.fails(3001, "`Hex(18446744073709551616)` > u32::MAX", "chain_getBlockHash", "0x10000000000000000")
	for _, bad := range []any{-1, 1.5, "0x", "0xg", "-1", true, []any{nil}, []any{[]any{}}, "0x" + strings.Repeat("0", 65), map[string]any{}} {
		c.fails(jsonrpc.CodeInvalidParams, "Invalid params", "chain_getBlockHash", bad)
	}
	c.fails(jsonrpc.CodeInvalidParams, "at most 10000 numbers", "chain_getBlockHash", make([]int, 10_001))
	c.is(quoted(zero), "chain_getFinalizedHead")
	chain.Finalize(chain.Store.Best(), false)
	c.is(quoted(two), "chain_getFinalizedHead")
	c.is(quoted(two), "chain_getFinalisedHead")
}

// TestHeads subscribes by every name, and follows a reorganization: the best heads
// go to the other fork at once, all heads name every block, the finalized ones the
// last that became final.
func TestHeads(t *testing.T) {
	for _, names := range []struct{ subscribe, unsubscribe, notification string }{
		{"chain_subscribeNewHeads", "chain_unsubscribeNewHeads", "chain_newHead"},
		{"chain_subscribeNewHead", "chain_unsubscribeNewHead", "chain_newHead"},
		{"subscribe_newHead", "unsubscribe_newHead", "chain_newHead"},
		{"chain_subscribeAllHeads", "chain_unsubscribeAllHeads", "chain_allHead"},
		{"chain_subscribeFinalizedHeads", "chain_unsubscribeFinalizedHeads", "chain_finalizedHead"},
		{"chain_subscribeFinalisedHeads", "chain_unsubscribeFinalisedHeads", "chain_finalizedHead"},
	} {
		t.Run(names.subscribe, func(t *testing.T) {
			chain, c := start(t)
			id := c.subscribe(names.subscribe)
			// sees reads the block that the subscription must tell now.
			sees := func(block primitives.BlockID, notifications ...string) {
				t.Helper()
				if slices.Contains(notifications, names.notification) {
					if got := decode(t, c.next(names.notification, id)).ID(); got != block {
						t.Fatalf("told %v, want %v", got, block)
					}
				}
			}
			const newHead, allHead, finalized = "chain_newHead", "chain_allHead", "chain_finalizedHead"
			sees(chain.Genesis, newHead, allHead, finalized)
			a1 := chain.Grow(chain.Genesis)
			sees(a1, newHead, allHead)
			a2 := chain.Grow(a1)
			sees(a2, newHead, allHead)
			b1 := chain.Grow(chain.Genesis)
			sees(b1, allHead)
			b2 := chain.Grow(b1)
			sees(b2, allHead)
			b3 := chain.Grow(b2)
			sees(b3, newHead, allHead)
			a3 := chain.Grow(a2) // as high as b3
			sees(a3, allHead)
			chain.Finalize(a1, false)
			sees(a1, finalized)
			sees(a3, newHead)
			a4 := chain.Grow(a3)
			sees(a4, newHead, allHead)
			chain.Finalize(a4, false)
			sees(a4, finalized)
			c.is("true", names.unsubscribe, id)
			c.is("false", names.unsubscribe, id)
			chain.Grow(a4)
			c.quiet(id)
		})
	}
}
