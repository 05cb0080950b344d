package request

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
)

func TestFrameRoundTrip(t *testing.T) {
	for _, size := range []int{0, 1, firstAllocation, firstAllocation + 1, 5*firstAllocation + 7} {
		payload := bytes.Repeat([]byte{7}, size)
		got, err := readFrame(bytes.NewReader(appendFrame(nil, payload)), size)
		if err != nil || !bytes.Equal(got, payload) {
			t.Errorf("size %d: got %d bytes, %v", size, len(got), err)
		}
	}
}

// A length prefix that lies must cost nothing: N04 of the network scenarios.
func TestLyingLengthAllocatesNothing(t *testing.T) {
	const limit = 1 << 30
	for name, length := range map[string]uint32{"above the limit": 1<<32 - 1, "below the limit": limit} {
		input := binary.LittleEndian.AppendUint32(nil, length)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := readFrame(bytes.NewReader(input), limit)
		runtime.ReadMemStats(&after)
		if err == nil {
			t.Errorf("%s: accepted", name)
		}
		if got := after.TotalAlloc - before.TotalAlloc; got > 64<<10 {
			t.Errorf("%s: allocated %d bytes, want at most 64 KiB", name, got)
		}
	}
}

func TestFrameRefused(t *testing.T) {
	frame := appendFrame(nil, []byte("four"))
	if _, err := readFrame(bytes.NewReader(frame), 3); !errors.Is(err, ErrTooLarge) {
		t.Errorf("limit 3: got %v", err)
	}
	for cut := range frame {
		if _, err := readFrame(bytes.NewReader(frame[:cut]), 4); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("cut at %d: got %v", cut, err)
		}
	}
}

func TestRefusalIsBoundedAndPrintable(t *testing.T) {
	long := Refusal("bell \a" + strings.Repeat("x", 1000))
	input := appendFrame([]byte{byte(statusRefused)}, []byte(long)[:maxRefusal])
	_, err := readResponse(bytes.NewReader(input), 0)
	var got Refusal
	if !errors.As(err, &got) || len(got) > maxRefusal || strings.Contains(string(got), "\a") {
		t.Errorf("got %q", err)
	}
	if text := long.text(); len(text) != maxRefusal {
		t.Errorf("sent text has %d bytes, want %d", len(text), maxRefusal)
	}
}

func FuzzDecodeResponse(f *testing.F) {
	f.Add(appendFrame([]byte{0}, []byte("answer")))
	f.Add(appendFrame([]byte{1}, []byte("busy")))
	f.Add([]byte{0, 255, 255, 255, 255})
	f.Add([]byte{2})
	f.Fuzz(func(t *testing.T, b []byte) {
		const limit = 1 << 16
		got, err := readResponse(bytes.NewReader(b), limit)
		if err != nil {
			return
		}
		if len(got) > limit {
			t.Fatalf("accepted %d bytes", len(got))
		}
		if again := appendFrame([]byte{0}, got); !bytes.HasPrefix(b, again) {
			t.Fatalf("%x decodes, but encodes as %x", b, again)
		}
	})
}
