//go:build !wasip1

package bitfield_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/rampart-chain/rampart/availability/bitfield"
	"github.com/rampart-chain/rampart/relay/crypto/cryptotest"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

func TestThreshold(t *testing.T) {
	for n, want := range map[int]int{0: 0, 1: 1, 2: 2, 3: 3, 4: 3, 5: 4, 6: 5, 7: 5, 10: 7, 100: 67, 1000: 667} {
		if got := bitfield.Threshold(n); got != want {
			t.Errorf("threshold of %d: got %d want %d", n, got, want)
		}
	}
	for n := 1; n < 2000; n++ {
		// Two sets of that size share more than a third, so at least one who is
		// honest; and the honest alone reach it.
		faulty := (n - 1) / 3
		if k := bitfield.Threshold(n); 2*k-n <= faulty && n > 0 || k > n-faulty {
			t.Fatalf("threshold of %d is %d", n, k)
		}
	}
}

func TestCheck(t *testing.T) {
	stub := cryptotest.NewStub([32]byte{7})
	keys := []cryptotest.Keys{stub.Keys([32]byte{1}), stub.Keys([32]byte{2})}
	validators := []primitives.SR25519Public{keys[0].Sr25519Public(), keys[1].Sr25519Public()}
	context := primitives.SigningContext{SessionIndex: 3, Parent: primitives.Hash{9}}
	bits := bitfield.New(5, func(core primitives.CoreIndex) bool { return core%2 == 1 })
	signed := func(index primitives.ValidatorIndex, bits scale.BitVec, context primitives.SigningContext) primitives.SignedBitfield {
		return primitives.SignedBitfield{Bitfield: bits, ValidatorIndex: index,
			Signature: keys[index].Sr25519(primitives.BitfieldPayload(bits, context))}
	}
	good := signed(1, bits, context)
	outsider, stolen, late := good, good, signed(1, bits, primitives.SigningContext{SessionIndex: 4, Parent: primitives.Hash{9}})
	outsider.ValidatorIndex, stolen.ValidatorIndex = 2, 0
	huge := good
	huge.ValidatorIndex = 1<<32 - 1
	for name, c := range map[string]struct {
		b    primitives.SignedBitfield
		want error
	}{
		"good":            {good, nil},
		"outsider":        {outsider, bitfield.ErrValidator},
		"huge index":      {huge, bitfield.ErrValidator},
		"another's":       {stolen, bitfield.ErrSignature},
		"another session": {late, bitfield.ErrSignature},
		"another block":   {signed(1, bits, primitives.SigningContext{SessionIndex: 3}), bitfield.ErrSignature},
		"too short":       {signed(1, bits.Resize(4), context), bitfield.ErrLength},
		"too long":        {signed(1, bits.Resize(6), context), bitfield.ErrLength},
	} {
		if err := bitfield.Check(c.b, 5, validators, context, stub); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v want %v", name, err, c.want)
		}
	}
}

func ExampleAvailable() {
	votes := scale.NewBitVec(4)
	votes.Set(0, true)
	votes.Set(2, true)
	fmt.Println(bitfield.Available(votes))
	votes.Set(3, true)
	fmt.Println(bitfield.Available(votes))
	// Output:
	// false
	// true
}
