package collation

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/parachain/prospective"
	"github.com/rampart-chain/rampart/parachain/scheduler"
	"github.com/rampart-chain/rampart/parachain/shared"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/xcmp/ump"
)

// script drives a Core by the commands of testdata/scripts. There are four
// validators in two groups, which change places every four blocks, and two cores:
// the first serves para 2000, the second 2001 and 2002 in turn. Blocks are
// numbers; slots take 2000 ms.
//
//	core self=V [first=N]
//	leaf N                           instead of the one before
//	offer NAME from=PEER para=P [at=N] [on=NAME]    at the leaf unless said
//	fetched NAME from=PEER [as=NAME] [pov]   pov: with another proof of validity
//	failed NAME from=PEER
//	judged NAME good | fault | harmless
//	known NAME                       another validator seconded it
//	disconnect PEER
//	at MILLISECONDS
type script struct {
	t      *testing.T
	chains *prospective.Chains
	core   *Core
	now    primitives.Millis
	leaf   *prospective.Leaf
	made   map[string]candidateMade
	names  map[primitives.Hash]string
	offers map[string]Offer // by name
}

// candidateMade is a candidate with what it was made of.
type candidateMade struct {
	receipt primitives.CommittedCandidateReceipt
	data    primitives.PersistedValidationData
	pov     primitives.PoV
}

func blockHash(n primitives.BlockNumber) primitives.Hash { return primitives.Hash{1, byte(n)} }

func validatorKey(i int) primitives.SR25519Public { return primitives.SR25519Public{byte(i + 1)} }

// leafAt returns the leaf with the number, of a chain in which nothing is included.
func leafAt(n primitives.BlockNumber) *prospective.Leaf {
	l := &prospective.Leaf{
		Hash: blockHash(n), ParentHash: blockHash(n - 1), Number: n, Session: 5, MinBackingVotes: 2, MaxDepth: 2,
		Groups:   [][]primitives.ValidatorIndex{{0, 1}, {2, 3}},
		Rotation: scheduler.Rotation{SessionStart: 1, Frequency: 4, Groups: 2, Cores: 2},
	}
	for i := range 4 {
		l.Validators = append(l.Validators, validatorKey(i))
	}
	claims := [][]primitives.ParaID{{2000, 2000, 2000}, {2001, 2002, 2001}}
	for _, queue := range claims {
		l.Cores = append(l.Cores, inclusion.Core{Claims: queue})
	}
	for i := max(n, 2) - 2; i <= n; i++ {
		l.RelayParents = append(l.RelayParents, shared.RelayParent{Hash: blockHash(i), Number: i, ClaimQueue: claims})
	}
	for _, id := range []primitives.ParaID{2000, 2001, 2002} {
		l.Paras = append(l.Paras, prospective.Para{ID: id, Constraints: inclusion.Constraints{
			RequiredParent: primitives.HeadData{byte(id)}, ValidationCodeHash: primitives.Hash{9},
			Limits: inclusion.Limits{MaxPoVSize: 1000, MaxHeadDataSize: 100},
		}})
	}
	return l
}

// build makes the candidate of that name, on the head of another or the last one.
func build(l *prospective.Leaf, name string, para primitives.ParaID, at primitives.BlockNumber, on *candidateMade) candidateMade {
	r, _ := l.RelayParent(blockHash(at))
	data := primitives.PersistedValidationData{ParentHead: primitives.HeadData{byte(para)}, RelayParentNumber: at, MaxPoVSize: 1000}
	if on != nil {
		data.ParentHead = on.receipt.Commitments.HeadData
	}
	m := candidateMade{data: data, pov: primitives.PoV{BlockData: []byte(name)}}
	head := primitives.HeadData("head of " + name)
	m.receipt.Commitments = primitives.CandidateCommitments{HeadData: head, HRMPWatermark: r.Number}
	if para == 2002 { // next but one on its core
		m.receipt.Commitments.UpwardMessages = []primitives.UpwardMessage{{}, ump.AppendSignal(nil, ump.SelectCore{ClaimQueueOffset: 1})}
	}
	m.receipt.Descriptor = primitives.CandidateDescriptor{
		ParaID: para, RelayParent: blockHash(at), SessionIndex: l.Session, PersistedValidationDataHash: data.Hash(),
		PoVHash: m.pov.Hash(), ParaHead: head.Hash(), ValidationCodeHash: primitives.Hash{9},
	}
	if para != 2000 {
		m.receipt.Descriptor.CoreIndex = 1
	}
	return m
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
			s := &script{t: t, made: map[string]candidateMade{}, names: map[primitives.Hash]string{}, offers: map[string]Offer{}}
			datadriven.RunTest(t, path, s.run)
		})
	}
}

func (s *script) run(t *testing.T, d *datadriven.TestData) string {
	name := d.CmdArgs[0].Key
	from := ""
	d.MaybeScanArgs(t, "from", &from)
	fetch := Fetch{From: protocol.PeerID(from), Request: (&offer{Offer: s.offers[name]}).request()}
	switch d.Cmd {
	case "core":
		self := 0
		d.ScanArgs(t, "self", &self)
		s.chains = prospective.New()
		s.core = New(Params{Keys: []primitives.SR25519Public{validatorKey(self)}, Slot: 2000}, s.chains)
		return ""
	case "leaf":
		var n primitives.BlockNumber
		fmt.Sscan(name, &n)
		return s.activate(leafAt(n))
	case "offer":
		return s.offer(d, name, protocol.PeerID(from))
	case "fetched":
		as := name
		d.MaybeScanArgs(t, "as", &as)
		m := s.made[as]
		if d.HasArg("pov") {
			m.pov.BlockData = nil
		}
		return s.step(Fetched{Fetch: fetch, Receipt: m.receipt.Receipt(), PoV: m.pov, PoVHash: m.pov.Hash()})
	case "failed":
		return s.step(FetchFailed{Fetch: fetch})
	case "judged":
		ev := Judged{Candidate: s.offers[name].Candidate}
		if how := d.CmdArgs[1].Key; how != "good" {
			ev.Reason, ev.Fault = errors.New("not seconded"), how == "fault"
		}
		return s.step(ev)
	case "known":
		if err := s.chains.Add(s.made[name].receipt, s.made[name].data); err != nil {
			t.Fatal(err)
		}
		return s.step(Extended{})
	case "disconnect":
		return s.step(Disconnected{Peer: protocol.PeerID(name)})
	case "at":
		fmt.Sscan(name, &s.now)
		return s.step(Wake{})
	}
	t.Fatalf("unknown command %s", d.Cmd)
	return ""
}

func (s *script) activate(l *prospective.Leaf) string {
	old := s.leaf
	s.leaf = l
	s.chains.Activate(l)
	out := s.step(ActiveLeaf{Leaf: l})
	if old != nil {
		s.chains.Deactivate(old.Hash)
		out += s.step(LeafGone{Leaf: old.Hash})
	}
	return out
}

func (s *script) offer(d *datadriven.TestData, name string, from protocol.PeerID) string {
	para, at, on := 0, 0, ""
	d.ScanArgs(s.t, "para", &para)
	if s.leaf != nil {
		at = int(s.leaf.Number)
	}
	d.MaybeScanArgs(s.t, "at", &at)
	var parent *candidateMade
	if d.MaybeScanArgs(s.t, "on", &on) {
		m := s.made[on]
		parent = &m
	}
	m := build(leafAt(primitives.BlockNumber(at)), name, primitives.ParaID(para), primitives.BlockNumber(at), parent)
	o := Offer{
		Para: primitives.ParaID(para), RelayParent: blockHash(primitives.BlockNumber(at)), Candidate: m.receipt.Hash(), ParentHead: m.data.ParentHead.Hash(),
	}
	s.made[name], s.offers[name], s.names[o.Candidate] = m, o, name
	return s.step(Offered{From: from, Offer: o})
}

func (s *script) step(ev Event) string {
	var out strings.Builder
	for _, e := range s.core.Step(s.now, ev) {
		switch e := e.(type) {
		case Fetch:
			at, _ := s.core.Next()
			fmt.Fprintf(&out, "fetch %s from %s, until %d\n", s.names[e.Request.Candidate], e.From, at)
		case Second:
			fmt.Fprintf(&out, "second %s\n", s.names[e.Receipt.Hash()])
		case Verdict:
			out.WriteString(strings.TrimSuffix(fmt.Sprintf("%s: %v", e.Judgment, e.Reason), ": <nil>") + "\n")
		case Report:
			fmt.Fprintf(&out, "report %s: %v\n", e.Peer, e.Reason)
		}
	}
	return out.String()
}
