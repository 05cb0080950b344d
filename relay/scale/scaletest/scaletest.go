// Package scaletest checks what every decoder promises of any input: it does
// not panic, it accepts only the canonical encoding of a value, and it
// allocates at most eight times the input and 64 KiB.
//
// A fuzz target is one line for one type, or one line for each:
//
//	f.Fuzz(func(t *testing.T, data []byte) { scaletest.Type[Header](t, data) })
//
//	scaletest.Fuzz(f, scaletest.Of[Header](), scaletest.OfEnum(DecodeDigestItem, AppendDigestItem))
package scaletest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"runtime"
	"testing"
	"time"

	"github.com/rampart-chain/rampart/relay/scale"
)

// Type checks the decoder of T on data. It returns nil if T was decoded, else
// why not.
func Type[T scale.Marshaler, P interface {
	*T
	scale.Unmarshaler
}](t testing.TB, data []byte) error {
	t.Helper()
	return check(t, data, func(d *scale.Decoder) func() []byte {
		v := new(T)
		P(v).DecodeSCALE(d)
		return func() []byte { return (*v).AppendSCALE(nil) }
	})
}

// Enum checks the decoder of a sealed interface on data. It returns nil if a
// value was decoded, else why not.
func Enum[T any](t testing.TB, data []byte, decode func(*scale.Decoder) T, encode func([]byte, T) []byte) error {
	t.Helper()
	return check(t, data, func(d *scale.Decoder) func() []byte {
		v := decode(d)
		return func() []byte { return encode(nil, v) }
	})
}

// Bytes checks a decoder that reads a message as a whole. It returns nil if data
// was decoded, else why not.
func Bytes[T any](t testing.TB, data []byte, decode func([]byte) (T, error), encode func(T) []byte) error {
	t.Helper()
	v, err := decode(data)
	if err == nil {
		if again := encode(v); !bytes.Equal(again, data) {
			t.Errorf("%x decodes, but encodes again as %x", data, again)
		}
	}
	Bounded(t, len(data), func() { _, _ = decode(data) })
	return err
}

// A Codec checks one decoder on data; see Type.
type Codec func(t testing.TB, data []byte) error

// Of returns the Codec of T.
func Of[T scale.Marshaler, P interface {
	*T
	scale.Unmarshaler
}]() Codec {
	return func(t testing.TB, data []byte) error {
		t.Helper()
		return Type[T, P](t, data)
	}
}

// OfEnum returns the Codec of a sealed interface.
func OfEnum[T any](decode func(*scale.Decoder) T, encode func([]byte, T) []byte) Codec {
	return func(t testing.TB, data []byte) error {
		t.Helper()
		return Enum(t, data, decode, encode)
	}
}

// Fuzz fuzzes codecs; the first argument of an input says which. Its seeds are
// zeros, as many as decode if there are not too many, after every small first byte.
// At first each codec is given long vectors of small elements, which are too
// large for the fuzzing itself to find.
func Fuzz(f *testing.F, codecs ...Codec) {
	f.Helper()
	for i, codec := range codecs {
		for _, before := range []int{0, 1, 2, 4, 5, 8, 32, 33, 36, 40, 64, 68, 72, 96, 128} {
			for first := range byte(4) {
				data := append(make([]byte, before, 32<<10), 0xc2, 0xd4, 1, 0) // 30,000 as a compact integer
				data[0] |= first
				_ = codec(f, data[:cap(data)])
			}
		}
		for first := range byte(4) {
			data := []byte{first}
			for len(data) < 1024 && errors.Is(codec(f, data), scale.ErrShort) {
				data = append(data, 0)
			}
			f.Add(uint8(i), data)
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) { _ = codecs[int(which)%len(codecs)](t, data) })
}

// maxTime is more than anything takes here, however busy the machine is.
const maxTime = 5 * time.Second

// Bounded checks that f, which handles input of n bytes, does not allocate more
// than a decoder of n bytes may, nor take very long.
func Bounded(t testing.TB, n int, f func()) {
	t.Helper()
	limit := uint64(8*n + 64<<10)
	used, took := cost(limit, f)
	if used > limit {
		t.Errorf("%d bytes made it allocate %d, allowed are %d", n, used, limit)
	}
	if took > maxTime {
		t.Errorf("%d bytes took %v", n, took)
	}
}

// check decodes data; what decode returns encodes the decoded value again.
func check(t testing.TB, data []byte, decode func(*scale.Decoder) func() []byte) error {
	t.Helper()
	run := func() (func() []byte, error) {
		d := scale.NewDecoder(data)
		encode := decode(d)
		return encode, d.Finish()
	}
	return Bytes(t, data, func([]byte) (func() []byte, error) { return run() }, func(encode func() []byte) []byte { return encode() })
}

// cost returns how many bytes f allocates and how long it takes. Other goroutines
// may allocate meanwhile, so the least of a few runs counts, but no more runs
// than it takes to stay within limit and maxTime.
func cost(limit uint64, f func()) (bytes uint64, took time.Duration) {
	bytes, took = math.MaxUint64, math.MaxInt64
	for range 5 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		f()
		took = min(took, time.Since(start))
		runtime.ReadMemStats(&after)
		if bytes = min(bytes, after.TotalAlloc-before.TotalAlloc); bytes <= limit && took <= maxTime {
			break
		}
	}
	return bytes, took
}

// Join makes one input of several messages; Split undoes it. The length of each
// comes first, u16.
func Join(messages ...[]byte) []byte {
	var b []byte
	for _, m := range messages {
		b = append(binary.LittleEndian.AppendUint16(b, uint16(len(m))), m...)
	}
	return b
}

// Split cuts any input into at most 64 messages, which alias it.
func Split(b []byte) [][]byte {
	var messages [][]byte
	for len(b) >= 2 && len(messages) < 64 {
		n := min(int(binary.LittleEndian.Uint16(b)), len(b)-2)
		messages = append(messages, b[2:2+n])
		b = b[2+n:]
	}
	return messages
}
