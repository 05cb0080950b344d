package scale_test

import (
	"errors"
	"testing"

	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// TestFewBytesCannotAskForMuchMemory tries inputs that claim long vectors.
func TestFewBytesCannotAskForMuchMemory(t *testing.T) {
	for name, data := range map[string][]byte{
		"five bytes for 2^30 elements":    scale.AppendCompact(nil, 1<<30-1),
		"64 bits of elements":             scale.AppendCompact(nil, 1<<63),
		"empty vectors":                   append(scale.AppendCompact(nil, 60_000), make([]byte, 60_000)...),
		"empty vectors within the budget": append(scale.AppendCompact(nil, 3000), make([]byte, 3000)...),
		"short strings":                   scale.Marshal(strings(3000, "x")),
		"one long string":                 scale.Marshal(strings(1, string(make([]byte, 1<<20)))),
	} {
		t.Run(name, func(t *testing.T) { _ = scaletest.Type[nested](t, data) })
	}
}

func strings(n int, text string) nested {
	out := nested{make([]*string, n)}
	for i := range out[0] {
		out[0][i] = &text
	}
	return out
}

// TestTrustedDecoderHasNoBudget reads what a node wrote itself although it is
// much larger in memory.
func TestTrustedDecoderHasNoBudget(t *testing.T) {
	data := scale.Marshal(make(nested, 100_000))
	if err := scale.Unmarshal(data, new(nested)); !errors.Is(err, scale.ErrBudget) {
		t.Errorf("foreign input: %v, want %v", err, scale.ErrBudget)
	}
	var n nested
	d := scale.NewTrusted(data)
	n.DecodeSCALE(d)
	if err := d.Finish(); err != nil || len(n) != 100_000 {
		t.Errorf("own input: %d elements, %v", len(n), err)
	}
}

func TestFirstFaultSticks(t *testing.T) {
	d := scale.NewDecoder([]byte{2, 1, 1})
	if d.Bool() || !errors.Is(d.Err(), scale.ErrBool) {
		t.Fatalf("2 as boolean: %v", d.Err())
	}
	if d.Bool() || d.U8() != 0 || d.Rest() != nil || d.Bytes(10) != nil || d.Remaining() != 0 || d.Allocate(1) {
		t.Error("something was read after a fault")
	}
	if err := d.Finish(); !errors.Is(err, scale.ErrBool) {
		t.Errorf("got %v, want the first fault %v", err, scale.ErrBool)
	}
}

func TestDepthIsBounded(t *testing.T) {
	d := scale.NewDecoder(nil)
	for range scale.MaxDepth {
		if !d.Enter() {
			t.Fatal("refused within the bound")
		}
	}
	if d.Enter() || !errors.Is(d.Err(), scale.ErrDepth) {
		t.Errorf("beyond the bound: %v, want %v", d.Err(), scale.ErrDepth)
	}
}

func TestElementBudgetHoldsForAllVectorsTogether(t *testing.T) {
	data := make([]byte, 4<<20)
	d := scale.NewDecoder(append(append(scale.AppendCompact(nil, 1<<20-1), scale.AppendCompact(nil, 2)...), data...))
	if n := d.Length(1<<24, 1, 1); n != 1<<20-1 {
		t.Fatalf("%d elements (%v), want %d", n, d.Err(), 1<<20-1)
	}
	if n := d.Length(1<<24, 1, 1); n != 0 || !errors.Is(d.Err(), scale.ErrBudget) {
		t.Errorf("%d elements more (%v), want %v", n, d.Err(), scale.ErrBudget)
	}
}
