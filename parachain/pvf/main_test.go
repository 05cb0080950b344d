package pvf

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/rampart-chain/rampart/parachain/sdk/build"
)

// guests are the modules of testdata/guests, by folder.
var guests = map[string][]byte{"echo": nil, "hostile": nil, "crypto": nil}

// compiled is a folder in which tests share compiled guests.
var compiled string

func TestMain(m *testing.M) {
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	var err error
	if compiled, err = os.MkdirTemp("", "rampart-pvf-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(compiled)
	for name := range guests {
		code, err := build.Guest(context.Background(), build.Config{}, "./testdata/guests/"+name)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		guests[name] = code
	}
	return m.Run()
}

// engine returns an engine that ends with the test.
func engine(t testing.TB, c Config) *Engine {
	t.Helper()
	e, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Errorf("closing engine: %v", err)
		}
	})
	return e
}

// artifact compiles code.
func artifact(t testing.TB, e *Engine, code []byte) *Artifact {
	t.Helper()
	a, err := e.Prepare(code)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
