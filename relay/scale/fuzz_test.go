package scale_test

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/relay/scale/scaletest"
)

func FuzzDecodeCompact(f *testing.F) {
	for _, seed := range []string{"\x00", "\xfc", "\x01\x00", "\x01\x01", "\x02\x00\x01\x00", "\x03\xff\xff\xff\x3f", "\x03\x00\x00\x00\x40",
		"\x33\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", "\x37", "\xff"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) { checkCompact(t, data) })
}

func FuzzDecodeBitVec(f *testing.F) {
	for _, seed := range []string{"\x00", "\x04\x01", "\x04\x02", "\x20\xff", "\x24\xff\x01", "\x02\x00\x04\x00"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) { _ = scaletest.Type[scale.BitVec](t, data) })
}

// nested is a vector of vectors of options: the shapes that cost more memory
// than input.
type nested [][]*string

func (n nested) AppendSCALE(b []byte) []byte {
	b = scale.AppendCompact(b, uint64(len(n)))
	for _, inner := range n {
		b = scale.AppendCompact(b, uint64(len(inner)))
		for _, text := range inner {
			b = scale.AppendBool(b, text != nil)
			if text != nil {
				b = scale.AppendString(b, *text)
			}
		}
	}
	return b
}

func (n *nested) DecodeSCALE(d *scale.Decoder) {
	*n = scale.Slice(d, 1<<24, 1, 24, func(inner *[]*string) {
		*inner = scale.Slice(d, 1<<24, 1, 8, func(text **string) {
			if d.Option() && d.Allocate(16) {
				*text = new(string)
				**text = d.String(1 << 24)
			}
		})
	})
}

func FuzzDecodeNested(f *testing.F) {
	hi := "hi"
	f.Add(scale.Marshal(nested{{&hi, nil}, nil, {&hi}}))
	f.Add(scale.Marshal(make(nested, 3000)))
	f.Add(append(scale.AppendCompact(nil, 1<<20), make([]byte, 5000)...))
	f.Fuzz(func(t *testing.T, data []byte) { _ = scaletest.Type[nested](t, data) })
}
