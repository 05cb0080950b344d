package main

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/rampart-chain/rampart/relay/signer"
)

// TestSameKeysTwice starts a second node with the keys of a validator that runs:
// from an empty directory, and from a copy of the first one's. It must notice what
// the first one signs and end by itself, before it has signed anything.
func TestSameKeysTwice(t *testing.T) {
	if testing.Short() {
		t.Skip("runs five processes for half a minute")
	}
	t.Parallel()
	w := watch(t, size{validators: 4, chains: 2})
	alice := w.validators[0]
	for _, from := range []string{"nothing", "a copy"} {
		imposter := w.node(t, "imposter-of-"+strings.ReplaceAll(from, " ", "-"), "--alice")
		if from == "a copy" {
			if err := os.CopyFS(imposter.dir, os.DirFS(alice.dir)); err != nil {
				t.Fatal(err)
			}
			// Another machine has another address.
			if err := os.Remove(pathsIn(t, imposter.dir).NodeKey); err != nil {
				t.Fatal(err)
			}
		}
		begin := time.Now()
		imposter.start(t)
		await(t, 30*time.Second, "end of a node that began with "+from, func() bool { return !imposter.running() })
		t.Logf("from %s: ended after %.1f s, %d offences", from, time.Since(begin).Seconds(), len(w.recorder.contradictions()))
		if code := imposter.command.ProcessState.ExitCode(); code != exitFailed || !strings.Contains(imposter.said(), signer.ErrForeign.Error()) {
			t.Errorf("ended with %d, want %d and %q:\n%s", code, exitFailed, signer.ErrForeign, imposter.said())
		}
		w.back(t, alice, "after its keys were used from "+from)
	}
	w.honest(t)
}
