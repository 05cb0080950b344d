package initializer_test

import (
	"errors"
	"testing"

	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/parachain/scheduler"
	"github.com/rampart-chain/rampart/parachain/shared/initializer"
	"github.com/rampart-chain/rampart/parachain/shared/sessioninfo"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
	"github.com/rampart-chain/rampart/xcmp/ump"
)

func genesis() initializer.Genesis {
	return initializer.Genesis{
		Host:     configuration.Local(),
		Paras:    []paras.Registration{{ID: 2000, Code: []byte{1}}, {ID: 2001, Code: []byte{1}}},
		Cores:    [][]primitives.ParaID{{2000}},
		Channels: []hrmp.Preopened{{From: 2000, To: 2001, Capacity: 1, Size: 1}},
	}
}

func TestGenesis(t *testing.T) {
	s := frame.NewState(frame.Memory{})
	g := genesis()
	if err := g.Begin(s, make([]session.Validator, 4)); err != nil {
		t.Fatal(err)
	}
	if g.Paras[0].Kind != 0 {
		t.Error("the caller's paras changed")
	}
	if paras.ParaLifecycles.Get(s, 2000) != paras.Parachain || paras.ParaLifecycles.Get(s, 2001) != paras.Parathread {
		t.Error("life cycles do not follow from cores")
	}
	info, ok := sessioninfo.Sessions.Lookup(s, 0)
	if !ok || info.NCores != 1 || len(info.Validators) != 4 || info.RandomSeed != initializer.Seed([32]byte{}) {
		t.Errorf("session info: %+v", info)
	}
	if rotation := scheduler.RotationOf(s); rotation != (scheduler.Rotation{SessionStart: 1, Frequency: 4, Groups: 1, Cores: 1}) {
		t.Errorf("rotation: %+v", rotation)
	}
	if s.Get(ump.CapacityKey(2001)) == nil {
		t.Error("upward capacity is not known")
	}
	if _, _, ok := inclusion.BackingState(s, 2000); !ok {
		t.Error("no backing state")
	}
	if _, ok := inclusion.ValidationData(s, 1, inclusion.RelayParent{}, inclusion.Included); ok {
		t.Error("validation data of an unknown para")
	}
}

func TestGenesisReasons(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*initializer.Genesis)
		want   error
	}{
		"configuration": {func(g *initializer.Genesis) { g.Host.MaxPovSize = 0 }, configuration.ErrZero},
		"para twice":    {func(g *initializer.Genesis) { g.Paras[1].ID = 2000 }, paras.ErrRegistered},
		"unknown para":  {func(g *initializer.Genesis) { g.Cores[0][0] = 1 }, scheduler.ErrPara},
		"channel":       {func(g *initializer.Genesis) { g.Channels[0].To = 1 }, hrmp.ErrChannelEnds},
		"many cores":    {func(g *initializer.Genesis) { g.Cores = make([][]primitives.ParaID, 300) }, configuration.ErrCores},
	} {
		g := genesis()
		c.change(&g)
		if err := g.Begin(frame.NewState(frame.Memory{}), nil); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v want %v", name, err, c.want)
		}
	}
	if err := (initializer.Genesis{Host: configuration.Local()}).Begin(frame.NewState(frame.Memory{}), make([]session.Validator, 1)); err != nil {
		t.Errorf("a relay chain without parachains: %v", err)
	}
}
