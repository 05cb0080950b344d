package transactionpayment_test

import (
	"encoding/json"
	"math"
	"math/big"
	"os"
	"testing"

	"pgregory.net/rapid"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/pallet/transactionpayment"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// next returns the multiplier after m by a block that used so much of limit.
func next(m primitives.Balance, used, limit uint64) primitives.Balance {
	s := frame.NewState(frame.Memory{})
	transactionpayment.NextFeeMultiplier.Put(s, transactionpayment.Multiplier(m))
	var weights system.ConsumedWeight
	weights.Add(frame.Normal, frame.Weight{RefTime: used})
	weights.Add(frame.Operational, frame.Weight{RefTime: 1 << 60}) // does not matter
	system.BlockWeight.Put(s, weights)
	transactionpayment.Adjust(s, limit)
	return primitives.Balance(transactionpayment.FeeMultiplier(s))
}

// TestVectorsMultiplier compares with FixedU128 of sp-arithmetic.
func TestVectorsMultiplier(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors/multiplier.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Updates  []struct{ Previous, Used, Limit, Next string }
		Products []struct{ Multiplier, Amount, Product string }
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	parse := func(s string) primitives.Balance {
		b, err := primitives.ParseBalance(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for _, v := range file.Updates {
		if got := next(parse(v.Previous), parse(v.Used).Lo, parse(v.Limit).Lo); got.String() != v.Next {
			t.Errorf("%+v: got %s", v, got)
		}
	}
	for _, v := range file.Products {
		if got := transactionpayment.Multiplier(parse(v.Multiplier)).Times(parse(v.Amount)); got.String() != v.Product {
			t.Errorf("%+v: got %s", v, got)
		}
	}
	if len(file.Updates) < 100 || len(file.Products) < 100 {
		t.Errorf("%d updates, %d products", len(file.Updates), len(file.Products))
	}
}

// TestQuickMultiplier compares with the formula over rational numbers, from which
// rounding down takes a few units.
func TestQuickMultiplier(t *testing.T) {
	unit := big.NewRat(1e18, 1)
	rapid.Check(t, func(r *rapid.T) {
		m := primitives.Balance{Lo: rapid.Uint64().Draw(r, "lo"), Hi: rapid.Uint64Max(1<<20).Draw(r, "hi")}
		limit := rapid.Uint64Range(1, math.MaxUint64).Draw(r, "limit")
		used := rapid.Uint64Max(limit).Draw(r, "used")
		got, _ := new(big.Rat).SetString(next(m, used, limit).String())
		previous, _ := new(big.Rat).SetString(m.String())
		least := big.NewRat(1e17, 1)
		if previous.Cmp(least) < 0 {
			previous.Set(least)
		}
		d := new(big.Rat).Sub(new(big.Rat).SetFrac(new(big.Int).SetUint64(used), new(big.Int).SetUint64(limit)), big.NewRat(1, 4))
		v := big.NewRat(75, 1_000_000)
		vd := new(big.Rat).Mul(v, d)
		factor := new(big.Rat).Mul(vd, vd)
		factor.Mul(factor, big.NewRat(1, 2)).Add(factor, vd).Add(factor, big.NewRat(1, 1))
		want := new(big.Rat).Mul(previous, factor)
		if want.Cmp(least) < 0 {
			want.Set(least)
		}
		// Each rounding is of a unit, and m is multiplied by what was rounded; a
		// target that is not whole moves d by half of 1/limit.
		slack := new(big.Rat).Quo(previous, unit)
		slack.Add(slack, big.NewRat(1, 1)).Mul(slack, big.NewRat(4, 1))
		slack.Add(slack, new(big.Rat).Mul(new(big.Rat).Mul(previous, v), new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).SetUint64(limit))))
		if diff := new(big.Rat).Sub(got, want); diff.Abs(diff).Cmp(slack) > 0 {
			r.Fatalf("got %s, want %s", got.FloatString(0), want.FloatString(3))
		}
	})
}

// TestDemandMovesTheMultiplier follows it over many full and many empty blocks.
func TestDemandMovesTheMultiplier(t *testing.T) {
	const limit = 1_500_000_000_000
	m := primitives.NewBalance(1e18)
	if got := next(m, limit/4, limit); got != m {
		t.Errorf("a block as full as it should be: %s", got)
	}
	blocks := 0
	for ; m.Less(primitives.NewBalance(2e18)); blocks++ {
		m = next(m, limit, limit)
	}
	if blocks < 12_000 || blocks > 13_000 {
		t.Errorf("full blocks double it in %d blocks", blocks)
	}
	m = primitives.NewBalance(1e18)
	for blocks = 0; primitives.NewBalance(5e17).Less(m); blocks++ {
		m = next(m, 0, limit)
	}
	if blocks < 36_000 || blocks > 38_000 {
		t.Errorf("empty blocks halve it in %d blocks", blocks)
	}
	if got := next(primitives.NewBalance(1e17), 0, limit); got != primitives.NewBalance(1e17) {
		t.Errorf("it falls below a tenth: %s", got)
	}
}
