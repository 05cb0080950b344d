package local_test

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/rampart-chain/rampart/parachain/worker"
	"github.com/rampart-chain/rampart/testnet/local"
)

func TestMain(m *testing.M) {
	worker.Main() // this binary is the worker of the networks below
	goleak.VerifyTestMain(m)
}

// run runs a network with slots of 300 ms until its conditions are reached.
func run(t *testing.T, c local.Config) local.Report {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c.WorkerPath, c.BasePath, c.Slot, c.Timeout = binary, t.TempDir(), 300*time.Millisecond, 2*time.Minute
	report, err := local.Run(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Failures) > 0 {
		t.Fatalf("failures %q in %+v", report.Failures, report)
	}
	return report
}

func TestRelayChainFinalizes(t *testing.T) {
	report := run(t, local.Config{Validators: 3, Until: local.Until{Finalized: 8}})
	if report.Relay.Finalized < 8 || len(report.Relay.Nodes) != 3 || report.Process.HeapBytes == 0 {
		t.Errorf("got %+v, want three nodes at 8 or above", report)
	}
}

func TestChainsAreIncludedAndPayEachOther(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a validation function and compiles it in workers")
	}
	report := run(t, local.Config{Validators: 2, Parachains: 2, Collators: 2, Until: local.Until{Included: 6, Delivered: 1}})
	for _, p := range report.Parachains {
		if p.Included < 6 || p.Backed < p.Included || p.FinalizedHead < 6 {
			t.Errorf("chain %+v, want 6 included, no more than backed, and the head to match", p)
		}
	}
	if report.Messages.Delivered > report.Messages.Sent {
		t.Errorf("%d messages delivered of %d sent", report.Messages.Delivered, report.Messages.Sent)
	}
}

func TestUnreachableConditionsAreRefused(t *testing.T) {
	for name, c := range map[string]local.Config{
		"included without chains":   {Until: local.Until{Included: 1}},
		"delivered with one chain":  {Parachains: 1, Until: local.Until{Delivered: 1}},
		"delivered without a chain": {Until: local.Until{Delivered: 1}},
	} {
		if _, err := local.Run(context.Background(), c); !errors.Is(err, local.ErrUnreachable) {
			t.Errorf("%s: got %v, want ErrUnreachable", name, err)
		}
	}
}

func TestParseUntil(t *testing.T) {
	got, err := local.ParseUntil("finalized=20,included=5,delivered=1")
	if want := (local.Until{Finalized: 20, Included: 5, Delivered: 1}); err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	for _, text := range []string{"finalized", "finalized=", "finalized=0", "finalized=-1", "finalized=x", "height=3", "finalized=1,", "finalized=99999999999"} {
		if got, err := local.ParseUntil(text); err == nil {
			t.Errorf("%q: got %+v, want an error", text, got)
		}
	}
}

func TestUntilNamesWhatIsMissing(t *testing.T) {
	until := local.Until{Finalized: 20, Included: 5, Delivered: 1}
	report := local.Report{Relay: local.RelayReport{Best: 30, Finalized: 20}, Parachains: []local.ParachainReport{{ID: 2000, Included: 5}, {ID: 2001, Included: 4}}}
	missing := until.Missing(report)
	if want := 3; len(missing) != want { // chain 2001, delivered, and the lag of ten blocks
		t.Errorf("got %q, want %d conditions", missing, want)
	}
	report.Relay.Best, report.Parachains[1].Included, report.Messages.Delivered = 23, 5, 1
	if missing := until.Missing(report); len(missing) != 0 {
		t.Errorf("got %q, want none", missing)
	}
}
