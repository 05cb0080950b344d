package plan

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// script drives one core by the commands of testdata/scripts.
//
//	begin validators=N [backers=(V,V)] [own=V] [held=V] [size=BYTES] [parallel=N]
//	chunk | data | absent | failed | lied ID
//	at MILLISECONDS
type script struct {
	core *Core
	now  primitives.Millis
}

func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata/scripts", func(t *testing.T, path string) {
		s := &script{}
		datadriven.RunTest(t, path, s.run)
	})
}

func (s *script) run(t *testing.T, d *datadriven.TestData) string {
	var id uint64
	if len(d.CmdArgs) > 0 {
		fmt.Sscan(d.CmdArgs[0].Key, &id)
	}
	switch d.Cmd {
	case "begin":
		s.begin(t, d)
		return s.step(Begin{})
	case "chunk":
		return s.step(Chunk{id})
	case "data":
		return s.step(Data{id})
	case "absent":
		return s.step(Absent{id})
	case "failed":
		return s.step(Failed{id})
	case "lied":
		return s.step(Lied{id})
	case "at":
		s.now = primitives.Millis(id)
		return s.step(Wake{})
	}
	t.Fatalf("unknown command %s", d.Cmd)
	return ""
}

func (s *script) begin(t *testing.T, d *datadriven.TestData) {
	var p Params
	var target Target
	var own uint64
	d.ScanArgs(t, "validators", &target.Validators)
	d.MaybeScanArgs(t, "size", &target.Size)
	d.MaybeScanArgs(t, "parallel", &p.Parallel)
	if d.MaybeScanArgs(t, "own", &own) {
		v := primitives.ValidatorIndex(own)
		target.Own = &v
	}
	for name, list := range map[string]*[]primitives.ValidatorIndex{"backers": &target.Backers, "held": &target.Held} {
		if arg, ok := d.Arg(name); ok {
			for _, text := range arg.Vals {
				var v primitives.ValidatorIndex
				fmt.Sscan(text, &v)
				*list = append(*list, v)
			}
		}
	}
	s.now = 0
	var err error
	if s.core, err = New(p, target, [32]byte{}); err != nil {
		t.Fatal(err)
	}
}

func (s *script) step(ev Event) string {
	var out strings.Builder
	for _, effect := range s.core.Step(s.now, ev) {
		switch e := effect.(type) {
		case AskChunk:
			fmt.Fprintf(&out, "ask %d: chunk of %d\n", e.ID, e.From)
		case AskData:
			fmt.Fprintf(&out, "ask %d: data of %d\n", e.ID, e.From)
		case Drop:
			fmt.Fprintf(&out, "drop %d\n", e.ID)
		case Blame:
			fmt.Fprintf(&out, "blame %d\n", e.ID)
		case Assemble:
			out.WriteString("assemble\n")
		case Accept:
			fmt.Fprintf(&out, "accept %d\n", e.ID)
		case GiveUp:
			out.WriteString("give up\n")
		}
	}
	if next, any := s.core.Next(); any {
		fmt.Fprintf(&out, "next: %d\n", next)
	}
	return out.String()
}
