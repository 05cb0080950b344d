package backing_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/rampart-chain/rampart/parachain/backing"
	"github.com/rampart-chain/rampart/parachain/prospective"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// script drives one core by the commands of testdata/scripts, on a chain with the
// real rules. Candidates have names; validators are numbers in the order of the
// session. Data is stored and statements are signed at once.
//
//	new validators=N self=V          paras 2000 and 2001, a core for each
//	candidate NAME para=P [on=(A,B)] [nonce=N] [core=C] [bad=code|root|messages]
//	                                 made at the leaf, on the last pending head, or
//	                                 on the named ones after it
//	collation NAME                   a collator delivered it
//	executed NAME [as=NAME] | refused NAME | failed NAME    how validation ended
//	pov NAME [wrong] | no-pov NAME   how a fetch ended
//	second NAME by=V [forged]        Seconded of a peer
//	valid NAME by=V [forged]         Valid of a peer
//	summary [has=(NAME…)]            of a peer that has all votes for these
//	backed                           what the author gets
//	block [unseen]                   the next block, of what the author gets; leaf
//	leaf                             shows one that was unseen
//	at MILLISECONDS
//	restart                          a new core on the present leaf
//	guard refuses | disk fails       from now on
type script struct {
	t       *testing.T
	chain   *chain
	core    *backing.Core
	self    int
	now     primitives.Millis
	made    map[string]built
	leaves  map[string]*prospective.Leaf // by candidate
	names   map[primitives.Hash]string
	fetches map[string]backing.FetchPoV
	// guardRefuses and diskFails are how signing and storing end.
	guardRefuses, diskFails bool
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
			s := &script{
				t: t, made: map[string]built{}, leaves: map[string]*prospective.Leaf{}, names: map[primitives.Hash]string{},
				fetches: map[string]backing.FetchPoV{},
			}
			datadriven.RunTest(t, path, s.run)
		})
	}
}

func (s *script) run(t *testing.T, d *datadriven.TestData) string {
	name := ""
	if len(d.CmdArgs) > 0 {
		name = d.CmdArgs[0].Key
	}
	hash := s.made[name].candidate.Hash()
	switch d.Cmd {
	case "new":
		n := 0
		d.ScanArgs(t, "validators", &n)
		d.ScanArgs(t, "self", &s.self)
		s.chain = newChain(t, n, simParas...)
		return s.restart()
	case "candidate":
		return s.candidate(d, name)
	case "collation":
		b := s.made[name]
		return s.step(backing.CollationReady{Receipt: b.candidate.Receipt(), ValidationData: b.data, PoV: b.pov})
	case "executed":
		as := name
		d.MaybeScanArgs(t, "as", &as)
		b := s.made[as]
		return s.step(backing.Validated{
			Candidate: hash, Outcome: backing.Executed, Commitments: b.candidate.Commitments, ErasureRoot: erasureRoot(b.data, b.pov, len(s.chain.validators)),
		})
	case "refused":
		return s.step(backing.Validated{Candidate: hash, Outcome: backing.Invalid, Reason: errGuest})
	case "failed":
		return s.step(backing.Validated{Candidate: hash, Outcome: backing.Failed, Reason: errLocal})
	case "pov":
		pov := s.made[name].pov
		if d.HasArg("wrong") {
			pov.BlockData = nil
		}
		return s.step(backing.PoVFetched{Fetch: s.fetches[name], Peer: "q", PoV: pov, PoVHash: pov.Hash()})
	case "no-pov":
		return s.step(backing.PoVFailed{Fetch: s.fetches[name]})
	case "second":
		return s.receive(d, primitives.Seconded, name)
	case "valid":
		return s.receive(d, primitives.Valid, name)
	case "summary":
		return s.summary(d)
	case "backed":
		return s.backed(s.core.BackedCandidates(s.chain.leaf.Hash))
	case "block":
		return s.block(name == "unseen")
	case "leaf":
		return s.step(backing.ActiveLeaf{Leaf: s.chain.leaf})
	case "at":
		fmt.Sscan(name, &s.now)
		return s.step(backing.Wake{})
	case "restart":
		return s.restart()
	case "guard":
		s.guardRefuses = true
		return ""
	case "disk":
		s.diskFails = true
		return ""
	}
	t.Fatalf("unknown command %s", d.Cmd)
	return ""
}

// restart begins a core that knows nothing.
func (s *script) restart() string {
	key := s.chain.leaf.Validators[s.self]
	s.core = backing.New(backing.Params{Keys: []primitives.SR25519Public{key}, Slot: slotMillis, Verifier: stub}, prospective.New())
	return s.step(backing.ActiveLeaf{Leaf: s.chain.leaf})
}

func (s *script) candidate(d *datadriven.TestData, name string) string {
	para, nonce, core, bad := 0, 0, -1, ""
	d.ScanArgs(s.t, "para", &para)
	d.MaybeScanArgs(s.t, "nonce", &nonce)
	d.MaybeScanArgs(s.t, "core", &core)
	d.MaybeScanArgs(s.t, "bad", &bad)
	var before []built
	if arg, ok := d.Arg("on"); ok {
		for _, on := range arg.Vals {
			before = append(before, s.made[on])
		}
	}
	if core < 0 {
		core = para - 2000
	}
	b, ok := build(s.chain.leaf, primitives.ParaID(para), primitives.CoreIndex(core), uint64(nonce), true, before...)
	if !ok {
		s.t.Fatalf("no para %d", para)
	}
	switch bad {
	case "code":
		b.candidate.Descriptor.ValidationCodeHash[0]++
	case "root":
		b.candidate.Descriptor.ErasureRoot[0]++
	case "messages":
		b.candidate.Commitments.HorizontalMessages = []primitives.OutboundHRMPMessage{{Recipient: 1}}
	}
	s.made[name], s.leaves[name] = b, s.chain.leaf
	s.names[b.candidate.Hash()] = name
	r := s.chain.leaf.RelayParents[len(s.chain.leaf.RelayParents)-1]
	return fmt.Sprintf("group %v\n", s.chain.leaf.Group(b.core, r.Number))
}

func (s *script) receive(d *datadriven.TestData, kind primitives.StatementKind, name string) string {
	by := 0
	d.ScanArgs(s.t, "by", &by)
	leaf := s.leaves[name]
	signer := by
	if d.HasArg("forged") || by >= len(leaf.Validators) {
		signer = (by + 1) % len(leaf.Validators)
	}
	m := statement(s.chain, leaf, kind, primitives.ValidatorIndex(signer), s.made[name])
	switch message := m.(type) {
	case backing.Seconded:
		message.Validator = primitives.ValidatorIndex(by)
		m = message
	case backing.Valid:
		message.Validator = primitives.ValidatorIndex(by)
		m = message
	}
	decoded, err := backing.Decode(backing.Encode(m))
	if err != nil {
		s.t.Fatal(err)
	}
	return s.step(backing.Received{From: "p", Message: decoded})
}

// summary is that of a peer at the same leaf.
func (s *script) summary(d *datadriven.TestData) string {
	theirs := s.core.Summary()
	has := map[string]bool{}
	if arg, ok := d.Arg("has"); ok {
		for _, name := range arg.Vals {
			has[name] = true
		}
	}
	for i := range theirs.RelayParents {
		r := &theirs.RelayParents[i]
		var kept []backing.CandidateSummary
		for _, k := range r.Candidates {
			if has[s.names[k.Candidate]] {
				kept = append(kept, k)
			}
		}
		r.Candidates = kept
	}
	return s.step(backing.Received{From: "p", Message: theirs})
}

func (s *script) backed(candidates []primitives.BackedCandidate) string {
	var out strings.Builder
	for _, b := range candidates {
		var votes []string
		for _, v := range b.ValidityVotes {
			votes = append(votes, [...]string{"", "seconded", "valid"}[v.Kind()])
		}
		group := ""
		for i := range b.ValidatorIndices.Len() - 8 {
			if b.ValidatorIndices.Get(i) {
				group += "1"
			} else {
				group += "0"
			}
		}
		fmt.Fprintf(&out, "%s by %s: %s\n", s.names[b.Candidate.Hash()], group, strings.Join(votes, ", "))
	}
	return out.String()
}

func (s *script) block(unseen bool) string {
	backed := s.core.BackedCandidates(s.chain.leaf.Hash)
	out := s.backed(backed)
	old := s.chain.leaf
	for _, refused := range s.chain.grow(backed) {
		out += fmt.Sprintf("chain refuses: %v\n", refused)
	}
	if unseen {
		return out
	}
	out += s.step(backing.ActiveLeaf{Leaf: s.chain.leaf})
	return out + s.step(backing.LeafGone{Leaf: old.Hash})
}

func (s *script) step(ev backing.Event) string { return s.perform(s.core.Step(s.now, ev)) }

func (s *script) perform(effects []backing.Effect) string {
	var out strings.Builder
	for _, e := range effects {
		switch e := e.(type) {
		case backing.StoreAvailableData:
			fmt.Fprintf(&out, "store %s\n", s.names[e.Candidate])
			answer := backing.Stored{Candidate: e.Candidate}
			if s.diskFails {
				answer.Reason = errDisk
			}
			out.WriteString(s.step(answer))
		case backing.Sign:
			fmt.Fprintf(&out, "sign %s %s\n", kindName(e.Statement.Kind), s.names[e.Statement.CandidateHash])
			answer := backing.Signed{Request: e, Refused: s.guardRefuses}
			if !s.guardRefuses {
				answer.Signature = primitives.Signature(s.chain.keys[e.Key].Sr25519(e.Statement.SigningPayload(e.Context)))
			}
			out.WriteString(s.step(answer))
		default:
			out.WriteString(s.text(e))
		}
	}
	return out.String()
}

func kindName(k primitives.StatementKind) string { return [...]string{"", "seconded", "valid"}[k] }

func (s *script) messageText(m backing.Message) string {
	switch m := m.(type) {
	case backing.Seconded:
		return fmt.Sprintf("seconded %s by %d", s.names[m.Candidate.Hash()], m.Validator)
	case backing.Valid:
		return fmt.Sprintf("valid %s by %d", s.names[m.Candidate], m.Validator)
	}
	return fmt.Sprintf("%T", m)
}

func (s *script) text(e backing.Effect) string {
	switch e := e.(type) {
	case backing.Validate:
		return fmt.Sprintf("validate %s\n", s.names[e.Candidate])
	case backing.FetchPoV:
		s.fetches[s.names[e.Candidate]] = e
		return fmt.Sprintf("fetch PoV of %s from %d\n", s.names[e.Candidate], e.From)
	case backing.Broadcast:
		return "broadcast " + s.messageText(e.Message) + "\n"
	case backing.SendTo:
		out := ""
		for _, m := range e.Messages {
			out += "send " + s.messageText(m) + "\n"
		}
		return out
	case backing.Extended:
		return fmt.Sprintf("chain extended by %s\n", s.names[e.Candidate])
	case backing.Judged:
		if e.Reason == nil {
			return fmt.Sprintf("judged %s: good\n", s.names[e.Candidate])
		}
		return fmt.Sprintf("judged %s: %v, fault %v\n", s.names[e.Candidate], e.Reason, e.Fault)
	case backing.Refuted:
		return fmt.Sprintf("refuted %s of %v: %v\n", s.names[e.Candidate], e.Seconders, e.Reason)
	case backing.Abstained:
		return fmt.Sprintf("abstained %s: %v\n", s.names[e.Candidate], e.Reason)
	case backing.Alarm:
		return fmt.Sprintf("ALARM %s: %v\n", s.names[e.Candidate], e.Reason)
	case backing.Verdict:
		return strings.TrimSuffix(fmt.Sprintf("%s: %v", e.Judgment, e.Reason), ": <nil>") + "\n"
	case backing.Report:
		return fmt.Sprintf("report %s: %v\n", e.Peer, e.Reason)
	case backing.OwnHeard:
		return fmt.Sprintf("own statement heard: %s %s\n", kindName(e.Statement.Kind), s.names[e.Statement.CandidateHash])
	case backing.Equivocation:
		var names []string
		for _, statement := range e.Statements {
			names = append(names, kindName(statement.Kind)+" "+s.names[statement.Receipt.Hash()])
		}
		return fmt.Sprintf("equivocation of %d: %s: %v\n", e.Validator, strings.Join(names, ", "), e.Reason)
	}
	return fmt.Sprintf("%T\n", e)
}
