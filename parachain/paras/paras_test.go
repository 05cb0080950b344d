package paras_test

import (
	"encoding/hex"
	"errors"
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Source: polkadot-sdk primitives/src/v8, well_known_keys::para_head.
func TestKey(t *testing.T) {
	const want = "cd710b30bd2eab0352ddcc26417aa1941b3c252fcb29d88eff4f3de5de4476c3"
	if got := hex.EncodeToString([]byte(paras.Heads.Prefix)); got != want {
		t.Errorf("got %s want %s", got, want)
	}
}

func state(t *testing.T) *frame.State {
	t.Helper()
	s := frame.NewState(frame.Memory{})
	if err := configuration.Genesis(s, configuration.Local()); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestGenesis(t *testing.T) {
	s := state(t)
	code := primitives.ValidationCode("code")
	err := paras.Genesis(s, []paras.Registration{
		{ID: 2001, Head: []byte("b"), Code: code, Kind: paras.Parachain}, {ID: 2000, Head: []byte("a"), Code: code, Kind: paras.Parachain},
		{ID: 2002, Code: primitives.ValidationCode("other"), Kind: paras.Parathread},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := paras.Parachains.Get(s); !slices.Equal(got, []primitives.ParaID{2000, 2001}) {
		t.Errorf("parachains: %v", got)
	}
	if got, ok := paras.Code(s, 2001); !ok || string(got) != "code" || paras.CodeByHashRefs.Get(s, code.Hash()) != 2 {
		t.Errorf("code: %q", got)
	}
	if _, ok := paras.Code(s, 1); ok || paras.Registered(s, 1) || !paras.Registered(s, 2002) || paras.ParaLifecycles.Get(s, 2002) != paras.Parathread {
		t.Error("life cycles")
	}
	if got, ok := paras.Heads.Lookup(s, 2002); !ok || len(got) != 0 {
		t.Error("a para without a head")
	}
	for name, c := range map[string]struct {
		r    paras.Registration
		want error
	}{
		"twice":      {paras.Registration{ID: 2000, Code: code}, paras.ErrRegistered},
		"large head": {paras.Registration{ID: 1, Head: make([]byte, 32<<10+1), Code: code}, paras.ErrHeadSize},
		"no code":    {paras.Registration{ID: 1}, paras.ErrCodeSize},
		"large code": {paras.Registration{ID: 1, Code: make([]byte, 3<<20+1)}, paras.ErrCodeSize},
	} {
		if err := paras.Genesis(s, []paras.Registration{c.r}); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v want %v", name, err, c.want)
		}
	}
}

func TestNoteHead(t *testing.T) {
	c := &frame.Context{State: state(t)}
	paras.NoteHead(c, 2000, []byte("next"), 7)
	if string(paras.Heads.Get(c.State, 2000)) != "next" || paras.MostRecentContext.Get(c.State, 2000) != 7 || len(c.Events) != 1 {
		t.Error("head was not noted")
	}
}
