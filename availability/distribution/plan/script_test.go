package plan

import (
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// script drives one core by the commands of testdata/scripts. Candidates are letters.
//
//	core [spread=n] [parallel=n] [strangers=n] [keep=n]   slots of 1000 ms
//	block number=N [session=S] [cores=C] [validators=N] [own=V | none]   "core letter backer,backer [held]" lines
//	ended ID fetched | absent | failed | lied
//	stored LETTER
//	finalized number=N session=S
//	at MILLISECONDS
type script struct {
	t    *testing.T
	core *Core
	now  primitives.Millis
}

func TestScripts(t *testing.T) {
	datadriven.Walk(t, "testdata/scripts", func(t *testing.T, path string) {
		s := &script{t: t}
		datadriven.RunTest(t, path, s.run)
	})
}

func candidate(letter string) primitives.Hash { return primitives.Hash{letter[0]} }

func (s *script) run(t *testing.T, d *datadriven.TestData) string {
	switch d.Cmd {
	case "core":
		p := Params{Slot: 1000}
		d.MaybeScanArgs(t, "spread", &p.Spread)
		d.MaybeScanArgs(t, "parallel", &p.Parallel)
		d.MaybeScanArgs(t, "strangers", &p.Strangers)
		var keep uint64
		d.MaybeScanArgs(t, "keep", &keep)
		p.KeepSessions = primitives.SessionIndex(keep)
		s.core, s.now = New(p, [32]byte{}), 0
		return ""
	case "block":
		return s.step(s.block(d))
	case "ended":
		var id uint64
		fmt.Sscan(d.CmdArgs[0].Key, &id)
		for o := Fetched; o <= Lied; o++ {
			if o.String() == d.CmdArgs[1].Key {
				return s.step(Ended{ID: id, Outcome: o})
			}
		}
	case "stored":
		return s.step(Stored{candidate(d.CmdArgs[0].Key)})
	case "finalized":
		var number, session uint64
		d.ScanArgs(t, "number", &number)
		d.ScanArgs(t, "session", &session)
		return s.step(Finalized{primitives.BlockNumber(number), primitives.SessionIndex(session)})
	case "at":
		fmt.Sscan(d.CmdArgs[0].Key, &s.now)
		return s.step(Wake{})
	}
	t.Fatalf("unknown command %s", d.Cmd)
	return ""
}

func (s *script) block(d *datadriven.TestData) Block {
	b := Block{Session: 1, Validators: 6, Cores: 2, Own: new(primitives.ValidatorIndex)}
	var number, session, own uint64
	d.ScanArgs(s.t, "number", &number)
	d.MaybeScanArgs(s.t, "session", &session)
	d.MaybeScanArgs(s.t, "cores", &b.Cores)
	d.MaybeScanArgs(s.t, "validators", &b.Validators)
	if d.MaybeScanArgs(s.t, "own", &own) {
		*b.Own = primitives.ValidatorIndex(own)
	}
	if d.HasArg("none") {
		b.Own = nil
	}
	b.Number, b.Session, b.Hash = primitives.BlockNumber(number), primitives.SessionIndex(session), primitives.Hash{255, byte(number)}
	for line := range strings.Lines(d.Input) {
		fields := strings.Fields(line)
		c := Candidate{Hash: candidate(fields[1]), Held: len(fields) > 3}
		fmt.Sscan(fields[0], &c.Core)
		for _, v := range strings.Split(fields[2], ",") {
			var backer primitives.ValidatorIndex
			fmt.Sscan(v, &backer)
			c.Backers = append(c.Backers, backer)
		}
		b.Occupied = append(b.Occupied, c)
	}
	return b
}

func (s *script) step(ev Event) string {
	var out strings.Builder
	for _, effect := range s.core.Step(s.now, ev) {
		switch e := effect.(type) {
		case Fetch:
			fmt.Fprintf(&out, "fetch %d: chunk %d of %c from %d, kept for block %d\n", e.ID, e.Index, e.Candidate[0], e.From, e.Number)
		case Drop:
			fmt.Fprintf(&out, "drop %d\n", e.ID)
		case Blame:
			fmt.Fprintf(&out, "blame %d\n", e.ID)
		case Held:
			fmt.Fprintf(&out, "held %c\n", e.Candidate[0])
		case Bitfield:
			fmt.Fprintf(&out, "bitfield of block %d by %d:", e.Number, e.Own)
			for i := range e.Bits.Len() {
				fmt.Fprintf(&out, " %t", e.Bits.Get(i))
			}
			out.WriteString("\n")
		case Prune:
			fmt.Fprintf(&out, "prune up to %d\n", e.UpTo)
		}
	}
	if next, any := s.core.Next(); any {
		fmt.Fprintf(&out, "next: %d\n", next)
	}
	return out.String()
}
