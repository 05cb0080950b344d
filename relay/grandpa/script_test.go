package grandpa

import (
	"fmt"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// script drives one core by the commands of testdata/scripts. Blocks and voters
// have names; voters sort by name. Signatures and writes are done at once,
// unless held back.
//
//	core voters=(A,B,C,D) self=A [observe] [guard]   guard: "round kind block" lines
//	import                   "block parent [change=A,B] [delay=n] [forced]" lines
//	best BLOCK
//	at MILLISECONDS          time passes
//	keys A B                 the node has these keys from now on
//	vote from=(B,C) round=1 prevote=X | precommit=X | propose=X [set=n] [forged]
//	commit round=1 target=X from=(B,C,D) [on=Y] [set=n] [forged]
//	justify …                as commit, as a justification
//	catch-up round=3 from=(B,C,D) block=X
//	request round=1          a catch-up request
//	summary round=1 [set=n] [final=n]   of a peer that has no votes
//	elsewhere BLOCK
//	restart                  a new core from what was persisted and signed
//	state
//
// Messages are of peer p, or of another one: peer=q.
type script struct {
	t        *testing.T
	core     *Core
	now      primitives.Millis
	params   Params
	voters   []string
	blocks   map[string]primitives.Header
	names    map[primitives.Hash]string
	state    State
	signed   []Sign
	hold     bool
	peer     Peer
	final    primitives.BlockID
	imported []string
	best     string
	sets     map[primitives.SetID][]primitives.GRANDPAAuthority
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
			s := &script{t: t, blocks: map[string]primitives.Header{}, names: map[primitives.Hash]string{}}
			datadriven.RunTest(t, path, s.run)
		})
	}
}

func nameKey(name string) (key primitives.ED25519Public) {
	copy(key[:], name)
	return key
}

func authoritiesOf(names []string) (out []primitives.GRANDPAAuthority) {
	for _, name := range names {
		out = append(out, primitives.GRANDPAAuthority{Key: nameKey(name), Weight: 1})
	}
	return out
}

func (s *script) run(t *testing.T, d *datadriven.TestData) string {
	peer := "p"
	d.MaybeScanArgs(t, "peer", &peer)
	s.peer = Peer(peer)
	switch d.Cmd {
	case "core":
		return s.newCore(d)
	case "import":
		return s.importBlocks(d.Input)
	case "best":
		s.best = d.CmdArgs[0].Key
		return s.step(BestBlock{Hash: s.id(s.best).Hash})
	case "at":
		fmt.Sscan(d.CmdArgs[0].Key, &s.now)
		return s.step(Wake{})
	case "vote":
		return s.vote(d)
	case "commit":
		set, round, commit := s.commit(d)
		return s.receive(CommitMessage{Set: set, Round: round, Commit: compact(commit)})
	case "justify":
		return s.justify(d)
	case "catch-up":
		return s.catchUp(d)
	case "request":
		return s.receive(CatchUpRequest{Set: s.set(d), Round: s.round(d)})
	case "summary":
		final := 0
		d.MaybeScanArgs(t, "final", &final)
		return s.receive(Summary{Set: s.set(d), Round: s.round(d), Finalized: primitives.BlockNumber(final)})
	case "elsewhere":
		return s.step(FinalizedElsewhere{Block: s.id(d.CmdArgs[0].Key)})
	case "keys":
		var keys []primitives.ED25519Public
		for _, arg := range d.CmdArgs {
			keys = append(keys, nameKey(arg.Key))
		}
		return s.step(Keys{Keys: keys})
	case "hold":
		s.hold = true
		return ""
	case "restart":
		return s.restart()
	case "state":
		return s.describe()
	}
	t.Fatalf("unknown command %s", d.Cmd)
	return ""
}

func (s *script) newCore(d *datadriven.TestData) string {
	var self string
	d.ScanArgs(s.t, "self", &self)
	arg, _ := d.Arg("voters")
	s.voters = arg.Vals
	genesis := primitives.Header{}
	s.blocks["G"], s.names[genesis.Hash()] = genesis, "G"
	s.state = Genesis(genesis.ID(), authoritiesOf(s.voters))
	s.params = Params{
		Period: 1000, Keys: []primitives.ED25519Public{nameKey(self)},
		Verifier: stubVerifier{}, Observe: d.HasArg("observe"),
	}
	s.best, s.final = "G", genesis.ID()
	s.sets = map[primitives.SetID][]primitives.GRANDPAAuthority{0: s.state.Authorities}
	for _, line := range strings.Split(d.Input, "\n") {
		var round int
		var kind, block string
		if n, _ := fmt.Sscan(line, &round, &kind, &block); n == 3 {
			// The block is imported later: its header is the one import makes.
			s.signed = append(s.signed, Sign{
				Round: primitives.Round(round), Key: nameKey(self), Message: message(kind, s.foresee(block)),
			})
		}
	}
	return s.boot()
}

// foresee returns the id of a block without changes that is the n-th of a chain
// named like X3: X1 is the child of genesis.
func (s *script) foresee(block string) primitives.BlockID {
	parent := s.blocks["G"]
	for i := 1; ; i++ {
		name := fmt.Sprint(block[:1], i)
		h := primitives.Header{ParentHash: parent.Hash(), Number: parent.Number + 1, StateRoot: primitives.Blake2b256([]byte(name))}
		if name == block {
			return h.ID()
		}
		parent = h
	}
}

func (s *script) boot() string {
	core, err := New(s.params, s.state, s.signed)
	if err != nil {
		s.t.Fatal(err)
	}
	s.core = core
	return s.step(Wake{})
}

func (s *script) restart() string {
	s.hold = false
	out := s.boot()
	for _, name := range s.imported {
		h := s.blocks[name]
		out += s.perform(s.core.Step(s.now, BlockImported{Hash: h.Hash(), Header: h}))
	}
	out += s.perform(s.core.Step(s.now, BestBlock{Hash: s.id(s.best).Hash}))
	return out + s.perform(s.core.Step(s.now, FinalizedElsewhere{Block: s.final}))
}

func (s *script) importBlocks(input string) string {
	var out strings.Builder
	for _, line := range strings.Split(input, "\n") {
		fields := strings.Fields(line)
		name, parent := fields[0], s.blocks[fields[1]]
		h := primitives.Header{ParentHash: parent.Hash(), Number: parent.Number + 1, StateRoot: primitives.Blake2b256([]byte(name))}
		var change primitives.ScheduledChange
		forced := false
		for _, f := range fields[2:] {
			key, value, _ := strings.Cut(f, "=")
			switch key {
			case "change":
				change.NextAuthorities = authoritiesOf(strings.Split(value, ","))
			case "delay":
				fmt.Sscan(value, &change.Delay)
			case "forced":
				forced = true
			}
		}
		var log primitives.GRANDPALog = change
		if forced {
			log = primitives.ForcedChange{Change: change}
		}
		if len(fields) > 2 {
			h.Digest = primitives.Digest{primitives.Consensus{
				Engine: primitives.EngineGRANDPA, Data: primitives.AppendGRANDPALog(nil, log),
			}}
		}
		s.blocks[name], s.names[h.Hash()] = h, name
		s.imported = append(s.imported, name)
		out.WriteString(s.step(BlockImported{Hash: h.Hash(), Header: h}))
	}
	return out.String()
}

func (s *script) id(name string) primitives.BlockID {
	h, ok := s.blocks[name]
	if !ok {
		if name == "?" { // a block nobody has
			return primitives.BlockID{Hash: primitives.Hash{1}, Number: 5}
		}
		return s.foresee(name)
	}
	return h.ID()
}

func (s *script) label(id primitives.BlockID) string {
	if name, ok := s.names[id.Hash]; ok {
		return name
	}
	return fmt.Sprintf("unknown block %d", id.Number)
}

func message(kind string, target primitives.BlockID) primitives.GRANDPAMessage {
	switch kind {
	case "prevote":
		return primitives.Prevote{TargetBlock: target}
	case "precommit":
		return primitives.Precommit{TargetBlock: target}
	}
	return primitives.PrimaryPropose{TargetBlock: target}
}

func (s *script) set(d *datadriven.TestData) primitives.SetID {
	set := int(s.core.set)
	d.MaybeScanArgs(s.t, "set", &set)
	return primitives.SetID(set)
}

func (s *script) round(d *datadriven.TestData) primitives.Round {
	round := 0
	d.ScanArgs(s.t, "round", &round)
	return primitives.Round(round)
}

// sign returns a message signed by a voter, with another round's signature if
// forged.
func sign(d *datadriven.TestData, voter string, m primitives.GRANDPAMessage, round primitives.Round, set primitives.SetID) primitives.Signature {
	if d.HasArg("forged") {
		round++
	}
	return stubSign(nameKey(voter), primitives.GRANDPAPayload(m, round, set))
}

func (s *script) vote(d *datadriven.TestData) string {
	set, round := s.set(d), s.round(d)
	from, _ := d.Arg("from")
	var out strings.Builder
	for _, kind := range []string{"propose", "prevote", "precommit"} {
		var block string
		if !d.MaybeScanArgs(s.t, kind, &block) {
			continue
		}
		for _, voter := range from.Vals {
			m := message(kind, s.id(block))
			out.WriteString(s.receive(Vote{Set: set, Round: round, Signed: primitives.SignedMessage{
				Message: m, Signature: sign(d, voter, m, round, set), ID: nameKey(voter),
			}}))
		}
	}
	return out.String()
}

func (s *script) commit(d *datadriven.TestData) (primitives.SetID, primitives.Round, primitives.Commit) {
	set, round := s.set(d), s.round(d)
	var target string
	d.ScanArgs(s.t, "target", &target)
	on := target
	d.MaybeScanArgs(s.t, "on", &on)
	from, _ := d.Arg("from")
	c := primitives.Commit{Target: s.id(target)}
	for _, voter := range from.Vals {
		m := primitives.Precommit{TargetBlock: s.id(on)}
		c.Precommits = append(c.Precommits, primitives.SignedPrecommit{
			Precommit: m, Signature: sign(d, voter, m, round, set), ID: nameKey(voter),
		})
	}
	return set, round, c
}

func (s *script) justify(d *datadriven.TestData) string {
	_, round, c := s.commit(d)
	j := primitives.GRANDPAJustification{Round: round, Commit: c}
	h := s.blocks[s.names[c.Precommits[0].Precommit.TargetBlock.Hash]]
	for h.Number > c.Target.Number {
		j.VotesAncestries = append(j.VotesAncestries, h)
		h = s.blocks[s.names[h.ParentHash]]
	}
	return s.step(JustificationReceived{From: "p", Justification: j})
}

func (s *script) catchUp(d *datadriven.TestData) string {
	m := CatchUp{Set: s.set(d), Round: s.round(d)}
	var block string
	d.ScanArgs(s.t, "block", &block)
	from, _ := d.Arg("from")
	for _, voter := range from.Vals {
		first, second := primitives.Prevote{TargetBlock: s.id(block)}, primitives.Precommit{TargetBlock: s.id(block)}
		m.Prevotes = append(m.Prevotes, primitives.SignedPrevote{
			Prevote: first, Signature: sign(d, voter, first, m.Round, m.Set), ID: nameKey(voter),
		})
		m.Precommits = append(m.Precommits, primitives.SignedPrecommit{
			Precommit: second, Signature: sign(d, voter, second, m.Round, m.Set), ID: nameKey(voter),
		})
	}
	return s.receive(m)
}

func (s *script) receive(m Message) string {
	decoded, err := Decode(Encode(m))
	if err != nil {
		s.t.Fatal(err)
	}
	return s.step(Received{From: s.peer, Message: decoded})
}

func (s *script) step(ev Event) string { return s.perform(s.core.Step(s.now, ev)) }

// perform describes effects, and signs and writes at once.
func (s *script) perform(effects []Effect) string {
	var out strings.Builder
	for _, e := range effects {
		switch e := e.(type) {
		case Sign:
			fmt.Fprintf(&out, "sign %s\n", s.voteText(e.Round, e.Message))
			s.signed = append(s.signed, e)
			if !s.hold {
				payload := primitives.GRANDPAPayload(e.Message, e.Round, e.Set)
				out.WriteString(s.step(Signed{Request: e, Signature: stubSign(e.Key, payload)}))
			}
		case Persist:
			s.state = e.State
			if !s.hold {
				out.WriteString(s.step(Persisted{Sequence: e.Sequence}))
			}
		default:
			out.WriteString(s.text(e))
		}
	}
	return out.String()
}

func (s *script) text(e Effect) string {
	switch e := e.(type) {
	case Broadcast:
		return "broadcast " + s.messageText(e.Message) + "\n"
	case SendTo:
		var lines []string
		for _, m := range e.Messages {
			lines = append(lines, "send "+s.messageText(m)+"\n")
		}
		return strings.Join(lines, "")
	case Fetch:
		var blocks []string
		for _, id := range e.Blocks {
			blocks = append(blocks, s.label(id))
		}
		return "fetch " + strings.Join(blocks, ", ") + "\n"
	case Finalize:
		s.final = e.Block
		set, _ := NewVoterSet(s.sets[e.Set])
		if err := VerifyJustification(set, e.Set, e.Justification, stubVerifier{}); err != nil {
			s.t.Errorf("justification of %s: %v", s.label(e.Block), err)
		}
		return fmt.Sprintf("finalize %s: set %d round %d, %d precommits, %d headers, keep %v\n", s.label(e.Block),
			e.Set, e.Round, len(e.Justification.Commit.Precommits), len(e.Justification.VotesAncestries), e.Keep)
	case SetChanged:
		s.sets[e.Set] = e.Authorities
		return fmt.Sprintf("set %d after %s: %s\n", e.Set, s.label(e.Block), keyNames(e.Authorities))
	case Verdict:
		return strings.TrimSuffix(fmt.Sprintf("%s: %v", [...]string{"ignore", "accept", "reject"}[e.Judgment], e.Reason), ": <nil>") + "\n"
	case Equivocation:
		return fmt.Sprintf("equivocation of %s: %s and %s\n", keyName(e.First.ID),
			s.voteText(e.Round, e.First.Message), s.voteText(e.Round, e.Second.Message))
	case Alarm:
		return fmt.Sprintf("ALARM %v at %s\n", e.Reason, s.label(e.Block))
	}
	return fmt.Sprintf("%T\n", e)
}

func keyName(key primitives.ED25519Public) string { return strings.TrimRight(string(key[:]), "\x00") }

func keyNames(authorities []primitives.GRANDPAAuthority) string {
	var names []string
	for _, a := range authorities {
		names = append(names, keyName(a.Key))
	}
	sort.Strings(names)
	return strings.Join(names, ",")
}

func (s *script) voteText(round primitives.Round, m primitives.GRANDPAMessage) string {
	kind := [...]string{"prevote", "precommit", "proposal"}[kindOf(m)]
	return fmt.Sprintf("round %d %s %s", round, kind, s.label(m.Target()))
}

func (s *script) messageText(m Message) string {
	switch m := m.(type) {
	case Vote:
		return s.voteText(m.Round, m.Signed.Message) + " of " + keyName(m.Signed.ID)
	case CommitMessage:
		return fmt.Sprintf("commit round %d %s by %d", m.Round, s.label(m.Commit.Target), len(m.Commit.Precommits))
	case CatchUpRequest:
		return fmt.Sprintf("request for catch-up to round %d", m.Round)
	case CatchUp:
		return fmt.Sprintf("catch-up round %d, %d prevotes, %d precommits", m.Round, len(m.Prevotes), len(m.Precommits))
	}
	return fmt.Sprintf("%T", m)
}

func (s *script) describe() string {
	number, state := s.core.Round()
	set, voters := s.core.Authorities()
	name := func(b *primitives.BlockID) string {
		if b == nil {
			return "none"
		}
		return s.label(*b)
	}
	next := "nothing"
	if at, ok := s.core.Next(); ok {
		next = fmt.Sprint(at)
	}
	return fmt.Sprintf("set %d of %d round %d final %s\nghost %s finalized %s estimate %s completable %v\nnext %s\n",
		set, voters.Len(), number, s.label(s.core.Finalized()),
		name(state.Ghost), name(state.Finalized), name(state.Estimate), state.Completable, next)
}
