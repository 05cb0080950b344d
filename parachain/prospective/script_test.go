package prospective

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"

	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/parachain/scheduler"
	"github.com/rampart-chain/rampart/parachain/shared"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// script drives Chains by the commands of testdata/scripts. Blocks of the relay
// chain are numbers, para 7 has all cores. Candidates have names, and the head
// that one leads to has its name, too.
//
//	leaf N head=H [pending=(A,…)] [cores=C] [shared]   shared: with para 8, by turns
//	gone N
//	add NAME on=HEAD at=N [core=C] [bad=code|data|self|session] [leads=HEAD]
//	check NAME on=HEAD at=N           before its outcome is known
//	data on=HEAD at=N
//	members                           of all names added
//	backable N of=(A,B,…)
type script struct {
	t      *testing.T
	chains *Chains
	made   map[string]primitives.CommittedCandidateReceipt
	names  []string
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
			s := &script{t: t, chains: New(), made: map[string]primitives.CommittedCandidateReceipt{}}
			datadriven.RunTest(t, path, s.run)
		})
	}
}

func blockHash(n int) primitives.Hash { return primitives.Hash{1, byte(n)} }

var limits = inclusion.Limits{MaxPoVSize: 1000, MaxHeadDataSize: 20}

func (s *script) run(t *testing.T, d *datadriven.TestData) string {
	name, n := "", 0
	if len(d.CmdArgs) > 0 {
		name = d.CmdArgs[0].Key
		fmt.Sscan(name, &n)
	}
	switch d.Cmd {
	case "leaf":
		s.chains.Activate(s.leaf(d, n))
		return ""
	case "gone":
		s.chains.Deactivate(blockHash(n))
		return ""
	case "add":
		receipt, data := s.candidate(d, name)
		s.made[name] = receipt
		s.names = append(s.names, name)
		return said(s.chains.Add(receipt, data))
	case "check":
		receipt, data := s.candidate(d, name)
		before, after := s.chains.CheckDescriptor(receipt.Descriptor, data), s.chains.HypotheticalMember(receipt, data)
		if before == after {
			return said(before)
		}
		return "by descriptor: " + said(before) + "by outcome: " + said(after)
	case "data":
		_, data := s.candidate(d, "x")
		found, ok := s.chains.ValidationData(7, blockHash(int(data.RelayParentNumber)), data.ParentHead.Hash())
		if !ok {
			return "none\n"
		}
		return fmt.Sprintf("on %s at %d, equal %v\n", found.ParentHead, found.RelayParentNumber, found.Hash() == data.Hash())
	case "members":
		var members []string
		for _, name := range s.names {
			if s.chains.Member(s.made[name].Hash()) {
				members = append(members, name)
			} else if !s.chains.Known(s.made[name].Hash()) {
				members = append(members, "("+name+" gone)")
			}
		}
		return strings.Join(members, " ") + "\n"
	case "backable":
		return s.backable(d, n)
	}
	t.Fatalf("unknown command %s", d.Cmd)
	return ""
}

func said(err error) string {
	if err != nil {
		return err.Error() + "\n"
	}
	return "ok\n"
}

func (s *script) leaf(d *datadriven.TestData, n int) *Leaf {
	head, cores := "", 1
	d.ScanArgs(s.t, "head", &head)
	d.MaybeScanArgs(s.t, "cores", &cores)
	l := &Leaf{
		Hash: blockHash(n), ParentHash: blockHash(n - 1), Number: primitives.BlockNumber(n), Session: 5, MaxDepth: 2,
		Rotation: scheduler.Rotation{Frequency: 4, Groups: 1, Cores: cores},
		Paras: []Para{{ID: 7, Constraints: inclusion.Constraints{
			RequiredParent: primitives.HeadData(head), ValidationCodeHash: primitives.Hash{9}, Limits: limits,
		}}},
	}
	var claims [][]primitives.ParaID
	for range cores {
		queue := []primitives.ParaID{7, 7, 7}
		if d.HasArg("shared") {
			queue = []primitives.ParaID{7, 8, 7}
		}
		claims = append(claims, queue)
		l.Cores = append(l.Cores, inclusion.Core{Claims: queue})
	}
	for i := max(n, 2) - 2; i <= n; i++ {
		l.RelayParents = append(l.RelayParents, shared.RelayParent{Hash: blockHash(i), Number: primitives.BlockNumber(i), ClaimQueue: claims})
	}
	if arg, ok := d.Arg("pending"); ok {
		for _, name := range arg.Vals {
			m := s.made[name]
			l.Paras[0].Pending = append(l.Paras[0].Pending, inclusion.Pending{
				Hash: m.Hash(), Commitments: m.Commitments, RelayParentNumber: m.Commitments.HRMPWatermark,
			})
		}
	}
	return l
}

func (s *script) candidate(d *datadriven.TestData, name string) (primitives.CommittedCandidateReceipt, primitives.PersistedValidationData) {
	on, leads, bad, at, core := "", name, "", 0, 0
	d.ScanArgs(s.t, "on", &on)
	d.ScanArgs(s.t, "at", &at)
	d.MaybeScanArgs(s.t, "core", &core)
	d.MaybeScanArgs(s.t, "bad", &bad)
	d.MaybeScanArgs(s.t, "leads", &leads)
	data := primitives.PersistedValidationData{
		ParentHead: primitives.HeadData(on), RelayParentNumber: primitives.BlockNumber(at), MaxPoVSize: limits.MaxPoVSize,
	}
	head := primitives.HeadData(leads)
	r := primitives.CommittedCandidateReceipt{
		Descriptor: primitives.CandidateDescriptor{
			ParaID: 7, RelayParent: blockHash(at), CoreIndex: uint16(core), SessionIndex: 5,
			// The name decides the order among candidates of equal standing.
			PoVHash: primitives.Hash{name[0]}, ValidationCodeHash: primitives.Hash{9},
			ParaHead: head.Hash(), PersistedValidationDataHash: data.Hash(),
		},
		Commitments: primitives.CandidateCommitments{HeadData: head, HRMPWatermark: primitives.BlockNumber(at)},
	}
	switch bad {
	case "code":
		r.Descriptor.ValidationCodeHash[0]++
	case "session":
		r.Descriptor.SessionIndex++
	case "data":
		data.MaxPoVSize++
		r.Descriptor.PersistedValidationDataHash = data.Hash()
	case "self":
		r.Commitments.HeadData = data.ParentHead
		r.Descriptor.ParaHead = data.ParentHead.Hash()
	case "messages":
		r.Commitments.ProcessedDownwardMessages = 1
	}
	return r, data
}

func (s *script) backable(d *datadriven.TestData, n int) string {
	backed := map[primitives.Hash]bool{}
	arg, _ := d.Arg("of")
	for _, name := range arg.Vals {
		backed[s.made[name].Hash()] = true
	}
	var out []string
	for _, hash := range s.chains.Backable(blockHash(n), func(h primitives.Hash) bool { return backed[h] }) {
		for name, m := range s.made {
			if m.Hash() == hash {
				out = append(out, name)
			}
		}
	}
	return strings.Join(out, " ") + "\n"
}

func TestLeaf(t *testing.T) {
	t.Parallel()
	l := &Leaf{
		MaxDepth: 2, MinBackingVotes: 2, Groups: [][]primitives.ValidatorIndex{{0, 1}, {2}},
		Rotation: scheduler.Rotation{SessionStart: 10, Frequency: 4, Groups: 2, Cores: 3},
	}
	for _, c := range []struct {
		core primitives.CoreIndex
		at   primitives.BlockNumber
		want string
	}{{0, 9, "[0 1]"}, {1, 9, "[2]"}, {2, 9, "[0 1]"}, {0, 12, "[0 1]"}, {0, 13, "[2]"}, {3, 9, "[]"}, {0, 8, "[]"}} {
		if got := fmt.Sprint(l.Group(c.core, c.at)); got != c.want {
			t.Errorf("group of core %d at %d: got %s, want %s", c.core, c.at, got, c.want)
		}
	}
	for size, want := range map[int]int{1: 1, 2: 2, 5: 2} {
		if got := l.VotesNeeded(size); got != want {
			t.Errorf("votes needed of %d: got %d, want %d", size, got, want)
		}
	}
	l.MinBackingVotes = 0
	if got := l.VotesNeeded(3); got != 1 {
		t.Errorf("a candidate needs %d votes, want 1 at least", got)
	}
	if got := l.MaxSeconded(); got != 3 {
		t.Errorf("%d may be seconded, want 3", got)
	}
}
