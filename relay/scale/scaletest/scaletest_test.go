package scaletest_test

import (
	"fmt"
	"testing"

	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

// witness is a testing.TB that counts what is held against a decoder.
type witness struct {
	testing.TB
	faults []string
}

func (w *witness) Helper() {}

func (w *witness) Errorf(format string, args ...any) {
	w.faults = append(w.faults, fmt.Sprintf(format, args...))
}

// lax takes any byte for a boolean, greedy asks for memory by its first byte; good
// is neither.
type (
	lax    bool
	greedy []byte
	good   uint16
)

func (l lax) AppendSCALE(b []byte) []byte { return scale.AppendBool(b, bool(l)) }

func (l *lax) DecodeSCALE(d *scale.Decoder) { *l = d.U8() != 0 }

func (g greedy) AppendSCALE(b []byte) []byte { return append(b, byte(len(g)>>20)) }

func (g *greedy) DecodeSCALE(d *scale.Decoder) { *g = make([]byte, int(d.U8())<<20) }

func (g good) AppendSCALE(b []byte) []byte { return scale.AppendU16(b, uint16(g)) }

func (g *good) DecodeSCALE(d *scale.Decoder) { *g = good(d.U16()) }

func TestBadDecodersAreFound(t *testing.T) {
	for name, c := range map[string]struct {
		codec scaletest.Codec
		data  []byte
		want  int
	}{
		"good":                    {scaletest.Of[good](), []byte{1, 2}, 0},
		"good, refused":           {scaletest.Of[good](), []byte{1}, 0},
		"lax, canonical":          {scaletest.Of[lax](), []byte{1}, 0},
		"lax":                     {scaletest.Of[lax](), []byte{2}, 1},
		"greedy, satisfied":       {scaletest.Of[greedy](), []byte{0}, 0},
		"greedy":                  {scaletest.Of[greedy](), []byte{3}, 1},
		"greedy on refused bytes": {scaletest.Of[greedy](), []byte{3, 0}, 1},
	} {
		w := &witness{TB: t}
		_ = c.codec(w, c.data)
		if len(w.faults) != c.want {
			t.Errorf("%s: %d faults, want %d: %v", name, len(w.faults), c.want, w.faults)
		}
	}
}

func TestSplitUndoesJoin(t *testing.T) {
	messages := [][]byte{{1}, {}, {2, 3}}
	if got := scaletest.Split(scaletest.Join(messages...)); fmt.Sprint(got) != fmt.Sprint(messages) {
		t.Errorf("got %v, want %v", got, messages)
	}
	for _, cut := range [][]byte{nil, {1}, {9, 0, 1}, make([]byte, 1000)} {
		for _, m := range scaletest.Split(cut) {
			if len(m) > len(cut) {
				t.Errorf("%x has a message %x", cut, m)
			}
		}
	}
}
