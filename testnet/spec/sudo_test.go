package spec_test

import (
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/sudo"
	"github.com/rampart-chain/rampart/testnet/spec"
)

// TestWhoHoldsTheKeyOfRoot reads it from the state of the presets.
func TestWhoHoldsTheKeyOfRoot(t *testing.T) {
	for _, name := range spec.Presets() {
		s, err := spec.Preset(name, spec.Options{})
		if err != nil {
			t.Fatal(err)
		}
		text, err := s.JSON()
		if err != nil {
			t.Fatal(err)
		}
		if s, err = spec.Parse(text); err != nil {
			t.Fatal(err)
		}
		g, err := s.Build()
		if err != nil {
			t.Fatal(err)
		}
		state := frame.Memory{}
		state.Apply(g.Outcome.Changes)
		key, ok := sudo.Key.Lookup(frame.NewState(state))
		const alice = "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d"
		if want := name != "mainnet-like"; ok != want || ok && key.String() != alice {
			t.Errorf("%s: %s, %t", name, key, ok)
		}
		bad := "nobody"
		s.Genesis.RuntimeGenesis.Config.Sudo = &spec.SudoConfig{Key: &bad}
		if _, err := s.Build(); err == nil || !strings.Contains(err.Error(), "sudo.key") {
			t.Errorf("%s with a bad key: %v", name, err)
		}
	}
}
