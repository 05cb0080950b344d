package coin_test

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"testing"

	"github.com/rampart-chain/rampart/parachain/chains/coin/transfer"
	"github.com/rampart-chain/rampart/parachain/pvf"
	"github.com/rampart-chain/rampart/parachain/sdk/build"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// guestCode builds the guest once.
var guestCode = sync.OnceValues(func() ([]byte, error) {
	return build.Guest(context.Background(), build.Config{}, "./guest")
})

// prepared returns the guest, compiled.
func prepared(t testing.TB) *pvf.Artifact {
	t.Helper()
	if testing.Short() {
		t.Skip("builds and compiles a guest")
	}
	code, err := guestCode()
	if err != nil {
		t.Fatal(err)
	}
	engine, err := pvf.New(pvf.Config{CompileWorkers: 2, Log: func(_ pvf.Level, line []byte) { t.Logf("guest: %s", line) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	artifact, err := engine.Prepare(code)
	if err != nil {
		t.Fatal(err)
	}
	return artifact
}

func TestGuestAgreesWithHost(t *testing.T) {
	t.Parallel()
	artifact := prepared(t)
	n, m := sample(t)
	execute := func(raw []byte) ([]byte, error) {
		params := m.params
		params.BlockData = raw
		return artifact.Execute(params.AppendSCALE(nil), pvf.Limits{})
	}
	got, err := execute(m.params.BlockData)
	if err != nil {
		t.Fatal(err)
	}
	if want := m.collation.Result.AppendSCALE(nil); !bytes.Equal(got, want) {
		t.Errorf("guest returned %x, host %x", got, want)
	}
	n.accept(1, m)
	n.include(1, 1)
	for i := range 4 {
		pay := transfer.PayAcross{Dest: n.nodes[1-i%2].id, To: to(account("Eve")), Amount: primitives.NewBalance(70)}
		next := n.make(i%2, n.signed(i%2, "Dave", 0, pay))
		got, err := artifact.Execute(next.params.AppendSCALE(nil), pvf.Limits{})
		if want := next.collation.Result.AppendSCALE(nil); err != nil || !bytes.Equal(got, want) {
			t.Errorf("guest returned %x, %v, host %x", got, err, want)
		}
		n.accept(i%2, next)
		n.include(1, i%2)
	}
	p := decodePoV(t, m.params.BlockData)
	for at := 0; at < len(m.params.BlockData); at += len(m.params.BlockData) / 20 {
		changed := slices.Clone(m.params.BlockData)
		changed[at] ^= 1
		if _, err := execute(changed); !pvf.IsInvalid(err) {
			t.Errorf("byte %d changed: %v, want invalid", at, err)
		}
	}
	for i := range p.proof {
		without := pov{p.block, slices.Delete(slices.Clone(p.proof), i, i+1)}
		if _, err := execute(without.encode()); !pvf.IsInvalid(err) {
			t.Errorf("without node %d: %v, want invalid", i, err)
		}
	}
}

func BenchmarkGuest(b *testing.B) {
	artifact := prepared(b)
	code, err := guestCode()
	if err != nil {
		b.Fatal(err)
	}
	for name, m := range blocks(b) {
		params := m.params.AppendSCALE(nil)
		b.Run("where=guest/"+name, func(b *testing.B) {
			for b.Loop() {
				if _, err := artifact.Execute(params, pvf.Limits{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(code)), "code-bytes")
			b.ReportMetric(float64(len(m.params.BlockData)), "pov-bytes")
		})
	}
}
