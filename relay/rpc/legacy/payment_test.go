package legacy_test

import (
	"math/big"
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/relay/pallet/timestamp"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/rpc/rpctest"
	"github.com/rampart-chain/rampart/relay/runtime"
)

// TestPayment: fees as JSON has them are those that signers pay.
func TestPayment(t *testing.T) {
	chain, c := start(t)
	// Not from Alice: she makes the blocks, and what is paid is hers.
	transfer := chain.Transfer("//Charlie", 0, "//Bob", 1)
	x := extrinsic(transfer)
	text := c.call("payment_queryInfo", x)
	info := read[struct {
		Weight struct {
			RefTime   *uint64 `json:"ref_time"`
			ProofSize *uint64 `json:"proof_size"`
		}
		Class, PartialFee string
	}](t, text)
	if info.Weight.RefTime == nil || *info.Weight.RefTime == 0 || info.Weight.ProofSize == nil || info.Class != "normal" {
		t.Errorf("info %s", text)
	}
	before := account(t, read[string](t, c.call("state_getStorage", accountKey(t, "//Charlie")))).Data.Free
	if before != rpctest.Endowment {
		t.Fatalf("Charlie has %v", before)
	}
	first := chain.Grow(chain.Genesis, transfer)
	after := account(t, read[string](t, c.call("state_getStorage", accountKey(t, "//Charlie")))).Data.Free
	if paid := before.SaturatingSub(after).SaturatingSub(primitives.NewBalance(1)); info.PartialFee != paid.String() {
		t.Errorf("partial fee %s, paid %v", info.PartialFee, paid)
	}

	text = c.call("payment_queryFeeDetails", x, chain.Genesis.Hash.String())
	details := read[struct{ InclusionFee map[string]string }](t, text).InclusionFee
	sum := new(big.Int)
	for _, part := range []string{"baseFee", "lenFee", "adjustedWeightFee"} {
		amount, ok := new(big.Int).SetString(details[part], 0)
		if !ok || !strings.HasPrefix(details[part], "0x") {
			t.Fatalf("details %s", text)
		}
		sum.Add(sum, amount)
	}
	if sum.String() != info.PartialFee || strings.Contains(string(text), "tip") {
		t.Errorf("details %s are %v together, not %s", text, sum, info.PartialFee)
	}
	inherent := extrinsic(runtime.Bare(timestamp.Set{Now: 1}))
	c.is(`{"inclusionFee":null}`, "payment_queryFeeDetails", inherent, first.Hash.String())
	if got := read[struct{ Class, PartialFee string }](t, c.call("payment_queryInfo", inherent)); got.Class != "mandatory" || got.PartialFee != "0" {
		t.Errorf("inherent: %+v", got)
	}
	for method, words := range map[string]string{"payment_queryInfo": "Unable to query dispatch info.", "payment_queryFeeDetails": "Unable to query fee details."} {
		c.fails(2, words, method, "0x1234")
		c.fails(1, words, method, "0x080463")
		c.fails(1, "UnknownBlock", method, x, primitives.Hash{1}.String())
		c.fails(jsonrpc.CodeInvalidParams, "missing", method)
	}
}
