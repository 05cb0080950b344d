// Package scaletest checks what every decoder promises of any input: it does
// not panic, it accepts only the canonical encoding of a value, and it
// allocates at most eight times the input and 64 KiB.
//
// A fuzz target is one line:
//
//	f.Fuzz(func(t *testing.T, data []byte) { scaletest.Type[Header](t, data) })
package scaletest

import (
	"bytes"
	"runtime"
	"testing"

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

// check decodes data; what decode returns encodes the decoded value again.
func check(t testing.TB, data []byte, decode func(*scale.Decoder) func() []byte) error {
	t.Helper()
	run := func() (func() []byte, error) {
		d := scale.NewDecoder(data)
		encode := decode(d)
		return encode, d.Finish()
	}
	encode, err := run()
	if err == nil {
		if again := encode(); !bytes.Equal(again, data) {
			t.Errorf("%x decodes, but encodes again as %x", data, again)
		}
	}
	limit := uint64(8*len(data) + 64<<10)
	if used := allocated(limit, func() { _, _ = run() }); used > limit {
		t.Errorf("decoding %d bytes allocated %d, allowed are %d (%v)", len(data), used, limit, err)
	}
	return err
}

// allocated returns how many bytes f allocates. Other goroutines may allocate
// meanwhile, so the least of a few runs counts, but no more runs than it takes
// to stay within limit.
func allocated(limit uint64, f func()) uint64 {
	least := ^uint64(0)
	for range 5 {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		f()
		runtime.ReadMemStats(&after)
		if least = min(least, after.TotalAlloc-before.TotalAlloc); least <= limit {
			break
		}
	}
	return least
}
