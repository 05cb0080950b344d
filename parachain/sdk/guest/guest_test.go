//go:build !wasip1

package guest

import "testing"

// restore puts the package variables back after a test.
func restore(t *testing.T) {
	t.Helper()
	f, s := registered, sink
	registered, sink = nil, nil
	t.Cleanup(func() { registered, sink = f, s })
}

func TestValidateRunsWhatWasRegistered(t *testing.T) {
	restore(t)
	var lines []string
	LogTo(func(level Level, line string) { lines = append(lines, line) })
	Register(func(params []byte) ([]byte, bool) {
		Log(Info, "validating")
		return params[1:], params[0] == 1
	})
	if got, ok := Validate([]byte{1, 7}); !ok || string(got) != "\x07" {
		t.Errorf("Validate(1 7) = %x, %v; want 07, true", got, ok)
	}
	if _, ok := Validate([]byte{0, 7}); ok {
		t.Error("Validate(0 7) accepted; want refused")
	}
	if len(lines) != 2 || lines[0] != "validating" {
		t.Errorf("logged %q; want two lines", lines)
	}
}

func TestMisuseHaltsTheGuest(t *testing.T) {
	panics := func(name string, f func()) {
		t.Helper()
		defer func() {
			if recover() == nil {
				t.Errorf("%s did not panic", name)
			}
		}()
		f()
	}
	restore(t)
	panics("Validate without Register", func() { Validate(nil) })
	Register(func([]byte) ([]byte, bool) { return nil, true })
	panics("second Register", func() { Register(func([]byte) ([]byte, bool) { return nil, true }) })
}
