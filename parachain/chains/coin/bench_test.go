package coin_test

import (
	"strconv"
	"testing"

	"github.com/rampart-chain/rampart/parachain/chains/coin"
	"github.com/rampart-chain/rampart/parachain/chains/coin/transfer"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// blocks returns blocks by how many payments they have.
func blocks(b *testing.B) map[string]made {
	b.Helper()
	out := map[string]made{}
	for _, payments := range []int{0, 100, 1000} {
		n := newNetwork(b, channel{capacity: 100, size: 100_000})
		n.grow(0)
		var calls []primitives.Extrinsic
		for i := range payments {
			pay := transfer.PayAcross{Dest: 2001, To: to(primitives.AccountID{byte(i), byte(i >> 8)}), Amount: primitives.NewBalance(1)}
			calls = append(calls, n.signed(0, "Dave", primitives.Nonce(i), pay))
		}
		m := n.make(0, calls...)
		if len(m.refused) > 0 {
			b.Fatal(m.refused)
		}
		out["payments="+strconv.Itoa(payments)] = m
	}
	return out
}

func BenchmarkHost(b *testing.B) {
	chain := coin.Chain()
	for name, m := range blocks(b) {
		params := m.params.AppendSCALE(nil)
		b.Run("where=host/"+name, func(b *testing.B) {
			for b.Loop() {
				if _, err := chain.ValidateBlock(params); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// FuzzValidate looks for parameters that make the validation function panic on
// the host.
func FuzzValidate(f *testing.F) {
	f.Add([]byte{}, []byte(povPrefix))
	f.Add([]byte{0}, append([]byte(povPrefix), make([]byte, 200)...))
	n := newNetwork(f, wide)
	n.grow(0)
	pay := transfer.PayAcross{Dest: 2001, To: to(account("Eve")), Amount: primitives.NewBalance(70_000_000_000)}
	base := n.make(0)
	for _, m := range []made{base, n.make(0, n.signed(0, "Dave", 0, pay))} {
		f.Add([]byte(m.params.ParentHead), []byte(m.params.BlockData))
	}
	chain := coin.Chain()
	f.Fuzz(func(t *testing.T, head, data []byte) {
		params := base.params
		params.ParentHead, params.BlockData = head, data
		if _, err := chain.ValidateBlock(params.AppendSCALE(nil)); err == nil {
			var h primitives.Header
			if scale.Unmarshal(head, &h) != nil {
				t.Error("valid on a head that is no header")
			}
		}
	})
}
