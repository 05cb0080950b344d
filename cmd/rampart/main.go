// Command rampart is every role of the network in one binary: relay node,
// validator, and a whole test network. Flags, output and exit codes are here;
// everything else is in the packages it calls.
package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/libp2p/go-libp2p/gologshim"
	"github.com/spf13/cobra"

	"github.com/rampart-chain/rampart/parachain/worker"
	"github.com/rampart-chain/rampart/relay/node"
)

// Exit codes.
const (
	exitFailed = 1 // the command ran and did not succeed
	exitUsage  = 2 // the command could not begin: flags, files, ports, permissions
)

// failure is an error with the exit code it ends the process with.
type failure struct {
	code int
	err  error
}

func (f failure) Error() string { return f.err.Error() }
func (f failure) Unwrap() error { return f.err }

// gcPercent makes the collector run when the heap has grown by half of what
// lives: a node allocates little and holds much. A quarter of the memory of a
// testnet is saved so; collecting took 0.3 % of its CPU time with 100. GOGC in
// the environment wins.
const gcPercent = 50

func main() {
	worker.Main()
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	// libp2p logs to stderr on its own; what matters of it is logged by network.
	gologshim.SetDefaultHandler(slog.DiscardHandler)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	command := root()
	command.SetArgs(arguments(os.Args[1:]))
	err := command.ExecuteContext(ctx)
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, "rampart:", strings.ReplaceAll(err.Error(), "\n", "; "))
	var f failure
	if errors.As(err, &f) {
		os.Exit(f.code)
	}
	os.Exit(exitUsage)
}

func root() *cobra.Command {
	c := &cobra.Command{
		Use:   "rampart",
		Short: "A relay chain in pure Go",
		Long: `rampart runs a relay chain and what belongs to it.

Flags without a command are those of rampart node, which takes polkadot's: so does

  rampart --chain local.json --validator --insecure-validator-i-know-what-i-do

run a node. See rampart node --help. With --collator, or with flags behind --, they
are those of rampart collator, which takes polkadot-parachain's.

Exit codes: 0 success, 1 the command ran and failed, 2 it could not begin.`,
		Version:      node.Version(),
		SilenceUsage: true, SilenceErrors: true,
	}
	c.AddCommand(testnetCommand(), nodeCommand(), collatorCommand(), chainSpecCommand(), buildSpecCommand(), keyCommand(), manCommand(), benchmarkCommand())
	c.AddCommand(chainInfoCommand(), checkBlockCommand(), exportBlocksCommand(), importBlocksCommand(), exportStateCommand(), purgeChainCommand(), revertCommand())
	c.AddCommand(exportGenesisHeadCommand(), exportGenesisWasmCommand())
	return c
}
