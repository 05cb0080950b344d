package node

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/genesis"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// TestForkIDSetsNetworksApart: nodes of other fork ids are as those of other chains.
func TestForkIDSetsNetworksApart(t *testing.T) {
	c := Config{Genesis: genesis.Genesis{Header: primitives.Header{Number: 0, StateRoot: primitives.Hash{1}}}}
	plain := c.network()
	if plain != c.Genesis.Header.Hash() {
		t.Errorf("without fork id %s, want the genesis hash", plain)
	}
	c.ForkID = "a"
	if c.network() == plain {
		t.Error("a fork id changes nothing")
	}
}

func TestKeystorePath(t *testing.T) {
	c := Config{BasePath: "base", ChainID: "x"}
	if got, want := c.paths().Keystore, PathsOf("base", "x").Keystore; got != want {
		t.Errorf("keystore %s, want %s", got, want)
	}
	c.KeystorePath = "keys"
	if got := c.paths(); got.Keystore != "keys" || got.Guards != PathsOf("base", "x").Guards {
		t.Errorf("keystore %s, guards %s: only the keystore moves", got.Keystore, got.Guards)
	}
}

func TestQuietUntilSomebodyIsMet(t *testing.T) {
	if n := (&Node{}); !n.quiet() {
		t.Error("a validator that has met nobody works")
	}
	if n := (&Node{config: Config{ForceAuthoring: true}}); n.quiet() {
		t.Error("one that is forced to author waits for a peer")
	}
}
