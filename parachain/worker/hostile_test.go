package worker

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rampart-chain/rampart/parachain/pvf"
)

func TestFrames(t *testing.T) {
	t.Parallel()
	limits := limit{kindLog: 10, kindResult: 3 * maxText, kindNeed: 0}
	for _, f := range []frame{{kindLog, []byte("0123456789")}, {kindNeed, nil}, {kindResult, make([]byte, 3*maxText)}} {
		var b bytes.Buffer
		half := len(f.body) / 2
		if err := writeFrame(&b, f.kind, f.body[:half], f.body[half:]); err != nil {
			t.Fatal(err)
		}
		got, err := readFrame(&b, limits)
		if err != nil || got.kind != f.kind || !bytes.Equal(got.body, f.body) || b.Len() != 0 {
			t.Errorf("frame of kind %d: got kind %d, %d bytes, %v", f.kind, got.kind, len(got.body), err)
		}
	}
	header := func(k kind, n uint32) []byte { return binary.LittleEndian.AppendUint32([]byte{byte(k)}, n) }
	for name, c := range map[string]struct {
		in   []byte
		want error
	}{
		"nothing":      {nil, io.EOF},
		"half header":  {[]byte{1, 2}, io.ErrUnexpectedEOF},
		"kind refused": {header(kindJob, 0), errProtocol},
		"kind unknown": {header(99, 0), errProtocol},
		"too long":     {header(kindLog, 11), errProtocol},
		"4 GiB":        {header(kindResult, 1<<32-1), errProtocol},
		"cut off":      {append(header(kindLog, 5), 1, 2), io.ErrUnexpectedEOF},
	} {
		if _, err := readFrame(bytes.NewReader(c.in), limits); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

// TestHostileWorker: whatever a worker does, the node gets a local error.
func TestHostileWorker(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/bin/sh"); err != nil {
		t.Skip("no /bin/sh")
	}
	send := func(k kind, body string) string {
		var b bytes.Buffer
		if err := writeFrame(&b, k, []byte(body)); err != nil {
			t.Fatal(err)
		}
		var octal strings.Builder
		for _, c := range b.Bytes() {
			octal.WriteString(`\`)
			octal.WriteByte('0' + c>>6)
			octal.WriteByte('0' + c>>3&7)
			octal.WriteByte('0' + c&7)
		}
		return "printf '" + octal.String() + "'\n"
	}
	hello := send(kindHello, pvf.EngineVersion)
	const wait = "read forever\nread forever\nread forever\n" // until the pipe closes
	for name, c := range map[string]struct {
		script string
		want   error
	}{
		"exits":               {"exit 3", ErrWorkerDied},
		"says nothing":        {"while read line; do :; done", ErrPrepareDeadline},
		"talks nonsense":      {"echo nonsense nonsense\n" + wait, ErrWorkerDied},
		"another version":     {send(kindHello, "wazero-0.0.0") + wait, ErrWorkerDied},
		"result too early":    {hello + send(kindResult, "x") + wait, ErrWorkerDied},
		"huge result":         {hello + send(kindPrepared, "") + `printf '\011\377\377\377\377'` + "\n" + wait, ErrWorkerDied},
		"prepared twice":      {hello + send(kindPrepared, "") + send(kindPrepared, "") + wait, ErrWorkerDied},
		"made-up reason":      {hello + send(kindInvalid, "because") + wait, ErrWorkerDied},
		"empty log":           {hello + send(kindLog, "") + wait, ErrWorkerDied},
		"endless log":         {hello + "while :; do " + strings.TrimSpace(send(kindLog, "2line")) + "; done", ErrWorkerDied},
		"a node's frame":      {hello + send(kindAbort, "") + wait, ErrWorkerDied},
		"prepared, then mute": {hello + send(kindPrepared, "") + "while read line; do :; done", ErrDeadline},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "worker")
			if err := os.WriteFile(path, []byte("#!/bin/sh\n"+c.script), 0o700); err != nil {
				t.Fatal(err)
			}
			prepare := long
			if c.want == ErrPrepareDeadline {
				prepare = 50 * time.Millisecond
			}
			p := newPool(t, Config{Path: path, PrepareDeadline: prepare})
			deadline := long
			if c.want == ErrDeadline {
				deadline = 50 * time.Millisecond
			}
			_, err := p.Execute(t.Context(), [32]byte{}, source(nil), []byte("x"), deadline)
			if !errors.Is(err, c.want) || pvf.IsInvalid(err) {
				t.Errorf("got %v, want the local %v", err, c.want)
			}
		})
	}
}

// FuzzFrames: no stream of bytes makes readFrame panic or exceed its limits.
func FuzzFrames(f *testing.F) {
	f.Add([]byte{byte(kindLog), 1, 0, 0, 0, 7})
	limits := limit{kindLog: 64, kindResult: 1024}
	f.Fuzz(func(t *testing.T, b []byte) {
		r := bytes.NewReader(b)
		for {
			f, err := readFrame(r, limits)
			if err != nil {
				return
			}
			if len(f.body) > limits[f.kind] {
				t.Fatalf("kind %d with %d bytes", f.kind, len(f.body))
			}
		}
	})
}
