package worker

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"testing"

	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/parachain/pvf"
)

// FuzzAnswer lets a hostile worker answer a job with any bytes: it gets a result
// in only after it said that it began, and no more log than it may.
func FuzzAnswer(f *testing.F) {
	frames := func(list ...frame) []byte {
		var b bytes.Buffer
		for _, x := range list {
			if err := writeFrame(&b, x.kind, x.body); err != nil {
				f.Fatal(err)
			}
		}
		return b.Bytes()
	}
	f.Add(frames(frame{kindNeed, nil}, frame{kindPrepared, nil}, frame{kindLog, []byte("\x02line")}, frame{kindResult, []byte("done")}))
	f.Add(frames(frame{kindResult, []byte("done")}))
	f.Add(frames(frame{kindInvalid, append([]byte(pvf.ErrTrap), "\x00why\n"...)}))
	f.Add(frames(frame{kindLocal, []byte("disk \x1b[1m full")}))
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { null.Close() })
	f.Fuzz(func(t *testing.T, data []byte) {
		c := Config{}
		c.Limits.ResultBytes, c.Limits.LogBytes = 1024, 256
		w := &process{config: c, log: zap.NewNop(), in: null, frames: bufio.NewReader(bytes.NewReader(data))}
		began := 0
		result, err := w.answer(job{code: func() ([]byte, error) { return nil, errors.New("no code") }}, func() { began++ })
		if began > 1 || err == nil && (began == 0 || len(result) > 1024) {
			t.Fatalf("began %d times, result of %d bytes, %v", began, len(result), err)
		}
	})
}

// FuzzSettings reads any settings.
func FuzzSettings(f *testing.F) {
	f.Add(settings{artifacts: 3, cacheDir: "/cache"}.encode())
	f.Add([]byte{1})
	f.Fuzz(func(t *testing.T, data []byte) {
		if s, err := decodeSettings(data); err == nil && !bytes.Equal(s.encode(), data) {
			t.Fatalf("%x is written as %x", data, s.encode())
		}
	})
}
