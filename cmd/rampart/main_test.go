package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/rampart-chain/rampart/parachain/worker"
)

// TestMain lets the test binary act as rampart, so that scripts and the tests
// that kill processes run the real command.
func TestMain(m *testing.M) {
	worker.Main()
	if os.Getenv(actAsRampart) != "" {
		arm()
		if os.Getenv(insertInto) != "" {
			insertKey()
			return
		}
		main()
		return
	}
	testscript.Main(m, map[string]func(){"rampart": main})
}

// actAsRampart is set in processes that tests start as rampart.
const actAsRampart = "RAMPART_TEST_MAIN"

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"refused": refused},
	})
}

// refused runs rampart with the arguments, which must end with exit code 2 and
// one line on stderr that contains the first argument.
func refused(ts *testscript.TestScript, _ bool, args []string) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	command := exec.CommandContext(ctx, "rampart", args[1:]...)
	command.Dir = ts.Getenv("WORK")
	command.Env = []string{"HOME=" + ts.Getenv("WORK"), "PATH=" + ts.Getenv("PATH")}
	command.Path, _ = exec.LookPath("rampart")
	var out strings.Builder
	command.Stderr = &out
	err := command.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitUsage {
		ts.Fatalf("rampart %q ended with %v, want exit code 2\n%s", args[1:], err, out.String())
	}
	if !strings.Contains(out.String(), args[0]) || strings.Count(out.String(), "\n") != 1 {
		ts.Fatalf("rampart %q printed, want one line with %q:\n%s", args[1:], args[0], out.String())
	}
}
