package legacy_test

import "testing"

// TestJustifications: blocks that become final with a justification are told with
// it, others not at all.
func TestJustifications(t *testing.T) {
	chain, c := start(t)
	id := c.subscribe("grandpa_subscribeJustifications")
	for n := range 4 {
		b := chain.GrowBest(2)
		chain.Finalize(b, n%2 == 1)
		if n%2 == 0 {
			continue
		}
		j, _, err := chain.Store.Justification(b.Hash)
		if err != nil {
			t.Fatal(err)
		}
		if got := read[string](t, c.next("grandpa_justifications", id)); got != hexed(j.Data) {
			t.Errorf("block %d: told %s", b.Number, got)
		}
	}
	c.is("true", "grandpa_unsubscribeJustifications", id)
	chain.Finalize(chain.GrowBest(1), true)
	c.quiet(id)
}
