package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// write makes a module with one target that crashes at once and one that does not.
func write(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range map[string]string{
		"go.mod": "module example\n\ngo 1.24\n",
		"a/a_test.go": `package a

import "testing"

func FuzzGood(f *testing.F) { f.Fuzz(func(*testing.T, uint8) {}) }

func FuzzBad(f *testing.F) { f.Fuzz(func(t *testing.T, data []byte) { t.Fatal("bad") }) }
`,
		"a/testdata/b_test.go": "package b\n\nfunc FuzzNot(f *testing.F) {}\n",
	} {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFindsTargets(t *testing.T) {
	write(t)
	found, err := find(".")
	if err != nil || len(found) != 2 || found[0] != (target{"a", "FuzzGood"}) || found[1] != (target{"a", "FuzzBad"}) {
		t.Errorf("%v %v", found, err)
	}
}

func TestGoesOnFromTheLog(t *testing.T) {
	write(t)
	lines := "2026-01-02T03:04:05Z a FuzzGood 60 1000 ok\n2026-01-02T03:05:05Z a FuzzGood 30 500 crash\n2026-01-02T03:05:05Z a FuzzBad 600 5 ok\n"
	if err := os.WriteFile("log", []byte(lines), 0o644); err != nil {
		t.Fatal(err)
	}
	done, err := read("log")
	if want := (result{90 * time.Second, 1500, "crash"}); err != nil || done[target{"a", "FuzzGood"}] != want {
		t.Errorf("%v %v, want %v", done, err, want)
	}
	if bad, err := run(t.Context(), "log", time.Minute, 2, "", false); bad || err != nil {
		t.Errorf("everything is in the log, but: %v %v", bad, err)
	}
	if after, _ := os.ReadFile("log"); string(after) != lines {
		t.Errorf("log is now %q", after)
	}
	if err := os.WriteFile("log", []byte("what?\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := read("log"); err == nil {
		t.Error("a damaged log was read")
	}
}

func TestTellsCrashFromSuccess(t *testing.T) {
	if testing.Short() {
		t.Skip("builds instrumented test binaries")
	}
	write(t)
	for name, want := range map[string]string{"FuzzGood": "ok", "FuzzBad": "crash", "FuzzNone/": "error"} {
		if r := (target{"a", name}).run(t.Context(), time.Second, io.Discard); r.verdict != want {
			t.Errorf("%s: %+v, want %s", name, r, want)
		}
	}
}

// whenFuzzing is a log that calls itself when it reads that fuzzing began.
type whenFuzzing func()

func (f whenFuzzing) Write(text []byte) (int, error) {
	if bytes.Contains(text, []byte("now fuzzing")) {
		f()
	}
	return len(text), nil
}

// TestInterrupted: what ran so far is kept, it is no crash, and no other target begins.
func TestInterrupted(t *testing.T) {
	if testing.Short() {
		t.Skip("builds instrumented test binaries")
	}
	write(t)
	ctx, interrupt := context.WithCancel(t.Context())
	defer interrupt()
	if r := (target{"a", "FuzzGood"}).run(ctx, time.Minute, whenFuzzing(interrupt)); r.verdict != "interrupted" || r.time >= time.Minute {
		t.Errorf("%+v", r)
	}
	if bad, err := run(ctx, "log", time.Minute, 2, "", false); bad || !errors.Is(err, context.Canceled) {
		t.Errorf("%v %v after an interrupt", bad, err)
	}
	if log, err := os.ReadFile("log"); err != nil || len(log) != 0 {
		t.Errorf("log %q %v", log, err)
	}
}
