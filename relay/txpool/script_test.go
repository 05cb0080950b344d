package txpool

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// script drives one pool by the commands of testdata/scripts. Transactions and
// blocks have names; G is the genesis block. What the pool asks to validate is
// answered at once, unless held back.
//
//	pool [ready=n] [future=n] [size=n] [author]      a new one on G
//	define        "name signer/nonce [prio=n] [life=n] [dies=n] [size=n] [private] [bad]" lines,
//	              or "name prov=a,b [req=c,d] …"
//	submit NAME request=n [watch]
//	heard NAME from=peer
//	repeat NAME request=n · stop request=n · unwatch request=n
//	blocks        "name parent transaction…" lines; "-" is an inherent
//	best NAME     the best block, by the way from the one before
//	enter NAME    the best block, without a word about the one before
//	final NAME…
//	sent NAME peers=(a,b)
//	unfit NAME…
//	hold · release   hold answers to Validate back; give them, of the blocks asked for
//	unknown       release, but the runtime cannot tell
//	at MILLISECONDS
//	summary of=peer NAME…
//	ready [refuse=(a,b)]   what an author gets
//	state
type script struct {
	t     *testing.T
	world *world
	core  *Core
	now   primitives.Millis
	best  string
	hold  bool
	held  []Validate
}

func TestScripts(t *testing.T) {
	t.Parallel()
	paths, _ := filepath.Glob("testdata/scripts/*.txt")
	if len(paths) == 0 {
		t.Fatal("no scripts")
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			s := &script{t: t, world: newWorld()}
			datadriven.RunTest(t, path, s.run)
		})
	}
}

func (s *script) run(t *testing.T, d *datadriven.TestData) string {
	request := 0
	d.MaybeScanArgs(t, "request", &request)
	var names []string
	for _, a := range d.CmdArgs {
		if len(a.Vals) == 0 {
			names = append(names, a.Key)
		}
	}
	switch d.Cmd {
	case "pool":
		return s.newPool(d)
	case "define":
		for _, line := range strings.Split(d.Input, "\n") {
			s.define(strings.Fields(line))
		}
		return ""
	case "submit":
		return s.step(Submit{RequestID(request), s.world.extrinsic(names[0]), d.HasArg("watch")})
	case "heard":
		return s.step(Heard{Peer(s.arg(d, "from")), s.world.extrinsic(names[0])})
	case "repeat":
		return s.step(Repeat{RequestID(request), s.world.extrinsic(names[0])})
	case "stop":
		return s.step(Stop{RequestID(request)})
	case "unwatch":
		return s.step(Unwatch{RequestID(request)})
	case "sent":
		var peers []Peer
		arg, _ := d.Arg("peers")
		for _, p := range arg.Vals {
			peers = append(peers, Peer(p))
		}
		return s.step(Sent{s.world.hash(names[0]), peers})
	case "unfit":
		return s.step(Unfit{s.hashes(names)})
	case "summary":
		var summary Summary
		for _, h := range s.hashes(names) {
			summary = append(summary, short(h))
		}
		return s.step(SummaryHeard{Peer(s.arg(d, "of")), summary})
	case "at":
		fmt.Sscan(names[0], &s.now)
		return s.step(Wake{})
	}
	return s.runChain(d, names)
}

func (s *script) runChain(d *datadriven.TestData, names []string) string {
	switch d.Cmd {
	case "blocks":
		for _, line := range strings.Split(d.Input, "\n") {
			f := strings.Fields(line)
			s.world.block(f[0], f[1], f[2:])
		}
		return ""
	case "best":
		from := s.best
		s.best = names[0]
		return s.step(s.world.route(from, s.best))
	case "enter":
		s.best = names[0]
		return s.step(NewBest{Enacted: []Block{s.world.full(s.best)}})
	case "final":
		var e Finalized
		for _, name := range names {
			e.Blocks = append(e.Blocks, s.world.id(name))
		}
		return s.step(e)
	case "hold":
		s.hold = true
		return ""
	case "release", "unknown":
		s.hold = false
		held := s.held
		s.held = nil
		out := ""
		for _, v := range held {
			answer := s.answer(v)
			if d.Cmd == "unknown" {
				answer.Validity = Unknown{Reason("state could not be read")}
			}
			out += s.step(answer)
		}
		return out
	case "ready":
		return s.ready(d)
	case "state":
		return s.state()
	}
	s.t.Fatalf("unknown command %s", d.Cmd)
	return ""
}

func (s *script) arg(d *datadriven.TestData, key string) (value string) {
	d.ScanArgs(s.t, key, &value)
	return value
}

func (s *script) hashes(names []string) (out []primitives.Hash) {
	for _, name := range names {
		out = append(out, s.world.hash(name))
	}
	return out
}

func (s *script) newPool(d *datadriven.TestData) string {
	p := Params{Provides: s.world.provides, Author: d.HasArg("author")}
	if d.HasArg("ready") {
		p.Ready.Bytes, p.Future.Bytes = 1<<20, 1<<20
		d.ScanArgs(s.t, "ready", &p.Ready.Count)
		d.ScanArgs(s.t, "future", &p.Future.Count)
	}
	d.MaybeScanArgs(s.t, "bytes", &p.Ready.Bytes)
	d.MaybeScanArgs(s.t, "size", &p.MaxSize)
	s.best = "G"
	s.core = New(p, s.world.id("G"))
	return ""
}

func (s *script) define(f []string) {
	d := definition{priority: 10, longevity: 1000}
	for _, field := range f[1:] {
		key, value, _ := strings.Cut(field, "=")
		switch key {
		case "prio":
			fmt.Sscan(value, &d.priority)
		case "dies":
			fmt.Sscan(value, &d.dies)
		case "life":
			fmt.Sscan(value, &d.longevity)
		case "size":
			fmt.Sscan(value, &d.size)
		case "private":
			d.private = true
		case "bad":
			d.bad = true
		case "req":
			d.requires = tags(value)
		case "prov":
			d.provides = tags(value)
		default:
			signer, nonce, _ := strings.Cut(key, "/")
			d.signer = signer
			fmt.Sscan(nonce, &d.nonce)
		}
	}
	s.world.define(f[0], d)
}

func tags(list string) (out []Tag) {
	for _, t := range strings.Split(list, ",") {
		out = append(out, Tag(t))
	}
	return out
}

func (s *script) answer(v Validate) Validated {
	return Validated{v.Hash, v.At, s.world.validity(s.world.names[v.Hash], v.At.Hash)}
}

// step takes one event, and those that follow from it.
func (s *script) step(e Event) string {
	var out strings.Builder
	for queue := []Event{e}; len(queue) > 0; queue = queue[1:] {
		for _, effect := range s.core.Step(s.now, queue[0]) {
			fmt.Fprintln(&out, s.world.describe(effect))
			if v, ok := effect.(Validate); ok && s.hold {
				s.held = append(s.held, v)
			} else if ok {
				queue = append(queue, s.answer(v))
			}
		}
		if err := check(s.core); err != nil {
			s.t.Fatal(err)
		}
	}
	return out.String()
}

func (s *script) ready(d *datadriven.TestData) string {
	refused := map[string]bool{}
	if arg, ok := d.Arg("refuse"); ok {
		for _, name := range arg.Vals {
			refused[name] = true
		}
	}
	var out []string
	for r := s.core.Ready(); ; {
		t, ok := r.Next()
		if !ok {
			return strings.Join(out, " ") + "\n"
		}
		name := nameOf(t.Extrinsic)
		if refused[name] {
			r.Refuse()
			name = "(" + name + ")"
		}
		out = append(out, name)
	}
}

func (s *script) state() string {
	n := s.core.Counts()
	return fmt.Sprintf("ready %d future %d validating %d watchers %d banned %d\n", n.Ready, n.Future, n.Validating, n.Watchers, n.Banned)
}
