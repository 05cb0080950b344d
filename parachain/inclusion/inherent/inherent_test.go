//go:build !wasip1

package inherent_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/rampart-chain/rampart/availability/bitfield"
	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/parachain/inclusion/inherent"
	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/parachain/scheduler"
	"github.com/rampart-chain/rampart/parachain/shared"
	"github.com/rampart-chain/rampart/parachain/shared/initializer"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/xcmp/dmp"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
	"github.com/rampart-chain/rampart/xcmp/ump"
)

// twoParas is a network of four validators with a core for each of two paras.
func twoParas(t *testing.T) *chain {
	t.Helper()
	return newChain(t, 4, initializer.Genesis{
		Host:     configuration.Local(),
		Paras:    []paras.Registration{registration(2000), registration(2001)},
		Cores:    [][]primitives.ParaID{{2000}, {2001}},
		Channels: []hrmp.Preopened{{From: 2000, To: 2001, Capacity: 1, Size: 60}},
	})
}

// next returns an honest candidate of para on core, built at the newest relay
// parent on the last pending head, after change had its way with commitments and
// parent, before it is signed.
func (c *chain) next(para primitives.ParaID, core primitives.CoreIndex, age int, change func(*primitives.CandidateCommitments)) primitives.BackedCandidate {
	c.t.Helper()
	s := c.view()
	constraints, pending, ok := inclusion.BackingState(s, para)
	if !ok {
		c.t.Fatalf("no para %d", para)
	}
	for _, p := range pending {
		constraints = constraints.After(p.Commitments, p.RelayParentNumber)
	}
	parents := inclusion.RelayParents(s, c.head)
	parent := parents[len(parents)-1-age]
	h := decodeHead(c.t, constraints.RequiredParent)
	h.Parent, h.Number = constraints.RequiredParent.Hash(), h.Number+1
	upward, _ := selectCore(parent, para, core)
	commitments := primitives.CandidateCommitments{UpwardMessages: upward, HRMPWatermark: parent.Number}
	commitments.ProcessedDownwardMessages = c.receive(para, &h, parent.Number, parent.Number)
	commitments.HeadData = h.encode()
	if change != nil {
		change(&commitments)
	}
	return c.back(candidate(constraints, shared.CurrentSessionIndex.Get(s), para, core, parent, commitments), core, parent.Number)
}

// refusal grows by one candidate and returns why it was refused, or nil.
func (c *chain) refusal(b primitives.BackedCandidate) error {
	c.t.Helper()
	refused := c.grow(false, c.data(nil, []primitives.BackedCandidate{b}))
	if len(refused) == 0 {
		return nil
	}
	return refused[0]
}

// kinds returns the events of the last block in short.
func (c *chain) kinds() string {
	out := ""
	for _, event := range c.events {
		out += fmt.Sprintf("%T ", event)
	}
	return out
}

func TestBackThenInclude(t *testing.T) {
	c := twoParas(t)
	b := c.next(2000, 0, 0, nil)
	c.must(c.data(nil, []primitives.BackedCandidate{b}))
	if _, ok := c.events[0].(inclusion.CandidateBacked); !ok || len(c.events) != 1 {
		t.Fatalf("events: %s", c.kinds())
	}
	votes := inherent.OnChainVotes.Get(c.view())
	if len(votes.Backing) != 1 || len(votes.Backing[0].Votes) != 2 || votes.Backing[0].Receipt.Hash() != b.Candidate.Hash() {
		t.Fatalf("votes: %+v", votes)
	}
	core := inclusion.Cores(c.view())[0]
	if core.Occupied == nil || core.Occupied.CandidateHash != b.Candidate.Hash() || core.TimesOutAt != 1+4 {
		t.Fatalf("core: %+v", core)
	}
	c.must(c.data(c.available(2, 0), nil)) // two of four do not suffice
	if len(c.events) != 0 {
		t.Fatalf("events: %s", c.kinds())
	}
	c.must(c.data(c.available(4, 1)[3:], nil)) // not about core 0
	c.must(c.data(c.available(3, 0)[2:], nil)) // the third, in another block
	if e, ok := c.events[0].(inclusion.CandidateIncluded); !ok || e.Receipt.Hash() != b.Candidate.Hash() {
		t.Fatalf("events: %s", c.kinds())
	}
	if got := paras.Heads.Get(c.view(), 2000); string(got) != string(b.Candidate.Commitments.HeadData) {
		t.Errorf("head is %s", got)
	}
	if inclusion.Cores(c.view())[0].Occupied != nil {
		t.Error("core is not free")
	}
}

func TestBackingInTheBlockThatFreesTheCore(t *testing.T) {
	c := twoParas(t)
	c.must(c.data(nil, []primitives.BackedCandidate{c.next(2000, 0, 0, nil)}))
	for range 3 {
		c.must(c.data(c.available(3, 0), []primitives.BackedCandidate{c.next(2000, 0, 0, nil)}))
		if len(c.events) != 2 {
			t.Fatalf("block %d: %s", c.head.Number, c.kinds())
		}
	}
}

func TestTimeoutFreesTheCore(t *testing.T) {
	c := twoParas(t)
	c.must(c.data(nil, []primitives.BackedCandidate{c.next(2000, 0, 0, nil)}))
	for range 3 {
		c.must(c.data(c.available(2, 0), nil))
		if inclusion.Cores(c.view())[0].Occupied == nil {
			t.Fatalf("core is free in block %d", c.head.Number)
		}
	}
	c.must(c.data(c.available(2, 0), nil))
	if _, ok := c.events[0].(inclusion.CandidateTimedOut); !ok {
		t.Fatalf("events: %s", c.kinds())
	}
	// The next candidate builds on the head that was included, with a young
	// relay parent: whatever the lost one promised is void.
	c.must(c.data(nil, []primitives.BackedCandidate{c.next(2000, 0, 0, nil)}))
}

// A candidate that is available waits for the one that it builds on, and is
// dropped with it.
func TestPendingOrder(t *testing.T) {
	start := func() *chain {
		c := newChain(t, 4, initializer.Genesis{Host: configuration.Local(), Paras: []paras.Registration{registration(2000)}, Cores: [][]primitives.ParaID{{2000}, {2000}}})
		c.must(c.data(nil, []primitives.BackedCandidate{c.next(2000, 0, 0, nil)}))
		c.must(c.data(nil, []primitives.BackedCandidate{c.next(2000, 1, 0, nil)}))
		return c
	}
	c := start()
	c.must(c.data(c.available(4, 1), nil))
	if len(c.events) != 0 {
		t.Fatalf("events: %s", c.kinds())
	}
	c.must(c.data(c.available(4, 0), nil))
	if len(c.events) != 2 || decodeHead(t, paras.Heads.Get(c.view(), 2000)).Number != 2 {
		t.Fatalf("events: %s", c.kinds())
	}
	c = start()
	c.must(c.data(c.available(4, 1), nil))
	c.must(c.data(nil, nil))
	c.must(c.data(nil, nil))
	if len(c.events) != 2 || len(inclusion.Occupied.Get(c.view())) != 0 {
		t.Fatalf("events: %s", c.kinds())
	}
}

func TestSessionChange(t *testing.T) {
	c := twoParas(t)
	c.must(c.data(nil, []primitives.BackedCandidate{c.next(2000, 0, 0, nil)}))
	old := c.next(2001, 1, 0, nil)
	if refused := c.grow(true, c.data(nil, []primitives.BackedCandidate{old})); len(refused) != 1 || !errors.Is(refused[0], inherent.ErrSessionEnds) {
		t.Fatalf("refused: %v", refused)
	}
	s := c.view()
	if shared.CurrentSessionIndex.Get(s) != 1 || scheduler.SessionStartBlock.Get(s) != 3 || len(inclusion.Occupied.Get(s)) != 0 || inclusion.PendingAvailability.Has(s, 2000) {
		t.Error("session did not begin")
	}
	if err := c.refusal(old); !errors.Is(err, inclusion.ErrRelayParent) {
		t.Errorf("relay parent of the last session: %v", err)
	}
	if parents := inclusion.RelayParents(c.view(), c.head); len(parents) != 2 {
		t.Errorf("%d relay parents", len(parents))
	}
	stale := c.next(2001, 1, 0, nil)
	stale.Candidate.Descriptor.SessionIndex = 0
	if err := c.refusal(stale); !errors.Is(err, inclusion.ErrSession) {
		t.Errorf("descriptor of the last session: %v", err)
	}
	if err := c.refusal(c.next(2001, 1, 0, nil)); err != nil {
		t.Error(err)
	}
}

func TestCandidateReasons(t *testing.T) {
	commitments := func(change func(*primitives.CandidateCommitments)) func(c *chain) primitives.BackedCandidate {
		return func(c *chain) primitives.BackedCandidate { return c.next(2000, 0, 0, change) }
	}
	// descriptor changes what is signed, spoil what is not.
	descriptor := func(change func(*primitives.CandidateDescriptor)) func(c *chain) primitives.BackedCandidate {
		return func(c *chain) primitives.BackedCandidate {
			b := c.next(2000, 0, 0, nil)
			change(&b.Candidate.Descriptor)
			return c.back(b.Candidate, 0, c.head.Number)
		}
	}
	spoil := func(change func(*primitives.BackedCandidate)) func(c *chain) primitives.BackedCandidate {
		return func(c *chain) primitives.BackedCandidate {
			b := c.next(2000, 0, 0, nil)
			change(&b)
			return b
		}
	}
	to2001 := func(sizes ...int) func(*primitives.CandidateCommitments) {
		return func(m *primitives.CandidateCommitments) {
			for _, size := range sizes {
				m.HorizontalMessages = append(m.HorizontalMessages, primitives.OutboundHRMPMessage{Recipient: 2001, Data: make([]byte, size)})
			}
		}
	}
	for name, test := range map[string]struct {
		make func(*chain) primitives.BackedCandidate
		want error
	}{
		"honest":                {commitments(nil), nil},
		"oldest relay parent":   {func(c *chain) primitives.BackedCandidate { return c.next(2000, 0, 2, nil) }, nil},
		"largest message":       {commitments(to2001(60)), nil},
		"unknown relay parent":  {descriptor(func(d *primitives.CandidateDescriptor) { d.RelayParent[0]++ }), inclusion.ErrRelayParent},
		"unknown para":          {descriptor(func(d *primitives.CandidateDescriptor) { d.ParaID = 1999 }), inclusion.ErrPara},
		"future session":        {descriptor(func(d *primitives.CandidateDescriptor) { d.SessionIndex++ }), inclusion.ErrSession},
		"another's core":        {descriptor(func(d *primitives.CandidateDescriptor) { d.CoreIndex = 1 }), inclusion.ErrCore},
		"no core":               {descriptor(func(d *primitives.CandidateDescriptor) { d.CoreIndex = 900 }), inclusion.ErrCore},
		"other validation data": {descriptor(func(d *primitives.CandidateDescriptor) { d.PersistedValidationDataHash[0]++ }), inclusion.ErrValidationData},
		"other code":            {descriptor(func(d *primitives.CandidateDescriptor) { d.ValidationCodeHash[0]++ }), inclusion.ErrCode},
		"other head":            {descriptor(func(d *primitives.CandidateDescriptor) { d.ParaHead[0]++ }), inclusion.ErrParaHead},
		"large head":            {commitments(func(m *primitives.CandidateCommitments) { m.HeadData = make([]byte, 32<<10+1) }), inclusion.ErrHeadSize},
		"new code":              {commitments(func(m *primitives.CandidateCommitments) { m.NewValidationCode = &code }), inclusion.ErrCodeUpgrade},
		"upward message":        {commitments(func(m *primitives.CandidateCommitments) { m.UpwardMessages = []primitives.UpwardMessage{{1}} }), ump.ErrNoRoom},
		"upward nonsense":       {commitments(func(m *primitives.CandidateCommitments) { m.UpwardMessages = []primitives.UpwardMessage{{}, {9}} }), ump.ErrSignal},
		"selects no core":       {commitments(func(m *primitives.CandidateCommitments) { m.UpwardMessages = []primitives.UpwardMessage{{}, {0, 0, 9}} }), inclusion.ErrCore},
		"downward ignored":      {commitments(func(m *primitives.CandidateCommitments) { m.ProcessedDownwardMessages = 0 }), dmp.ErrNotAdvanced},
		"downward invented":     {commitments(func(m *primitives.CandidateCommitments) { m.ProcessedDownwardMessages = 2 }), dmp.ErrUnderflow},
		"watermark ahead":       {commitments(func(m *primitives.CandidateCommitments) { m.HRMPWatermark++ }), hrmp.ErrWatermarkAhead},
		"watermark off":         {commitments(func(m *primitives.CandidateCommitments) { m.HRMPWatermark-- }), hrmp.ErrWatermarkBlock},
		"message of max+1":      {commitments(to2001(61)), hrmp.ErrMessageSize},
		"recipient twice":       {commitments(to2001(1, 1)), hrmp.ErrRecipientOrder},
		"no channel":            {func(c *chain) primitives.BackedCandidate { return c.next(2001, 1, 0, to2001(1)) }, hrmp.ErrNoChannel},
		"another core's bits": {spoil(func(b *primitives.BackedCandidate) {
			b.ValidatorIndices = inclusion.ValidatorIndices(2, []int{0, 1}, 1)
		}), inclusion.ErrCore},
		"bits of no group": {spoil(func(b *primitives.BackedCandidate) {
			b.ValidatorIndices = inclusion.ValidatorIndices(3, []int{0, 1}, 0)
		}), inclusion.ErrVotes},
		"too many votes": {spoil(func(b *primitives.BackedCandidate) { b.ValidatorIndices = inclusion.ValidatorIndices(2, []int{0}, 0) }), inclusion.ErrVotes},
		"too few votes":  {spoil(func(b *primitives.BackedCandidate) { b.ValidityVotes = b.ValidityVotes[:1] }), inclusion.ErrVotes},
		"one vote": {spoil(func(b *primitives.BackedCandidate) {
			b.ValidityVotes, b.ValidatorIndices = b.ValidityVotes[:1], inclusion.ValidatorIndices(2, []int{0}, 0)
		}), inclusion.ErrBackingVotes},
		"no vote": {spoil(func(b *primitives.BackedCandidate) {
			b.ValidityVotes, b.ValidatorIndices = nil, inclusion.ValidatorIndices(2, nil, 0)
		}), inclusion.ErrBackingVotes},
		"votes swapped": {spoil(func(b *primitives.BackedCandidate) {
			b.ValidityVotes[0], b.ValidityVotes[1] = b.ValidityVotes[1], b.ValidityVotes[0]
		}), inclusion.ErrSignature},
		"vote for another kind": {spoil(func(b *primitives.BackedCandidate) {
			b.ValidityVotes[0] = primitives.ExplicitAttestation{Signature: b.ValidityVotes[0].Sig()}
		}), inclusion.ErrSignature},
	} {
		t.Run(name, func(t *testing.T) {
			c := twoParas(t)
			for range 5 { // 2000 is sent one downward message in block 5: 2000 mod 7 = 5
				c.must(c.data(nil, nil))
			}
			if err := c.refusal(test.make(c)); !errors.Is(err, test.want) {
				t.Errorf("got %v want %v", err, test.want)
			}
		})
	}
}

func TestRelayParents(t *testing.T) {
	c := twoParas(t)
	for range 4 {
		c.must(c.data(nil, nil))
	}
	old := c.next(2000, 0, 2, nil)
	c.must(c.data(nil, nil))
	if err := c.refusal(old); !errors.Is(err, inclusion.ErrRelayParent) {
		t.Errorf("relay parent 3 blocks before the newest: %v", err)
	}
	c.must(c.data(nil, []primitives.BackedCandidate{c.next(2000, 0, 0, nil)}))
	// The state of the pending candidate binds the next one.
	constraints, pending, _ := inclusion.BackingState(c.view(), 2000)
	constraints = constraints.After(pending[0].Commitments, pending[0].RelayParentNumber)
	older := inclusion.RelayParents(c.view(), c.head)[0]
	made := candidate(constraints, 0, 2000, 0, older, primitives.CandidateCommitments{HeadData: []byte("{}"), HRMPWatermark: older.Number})
	refused := c.grow(false, c.data(c.available(4, 0), []primitives.BackedCandidate{c.back(made, 0, older.Number)}))
	if len(refused) != 1 || !errors.Is(refused[0], inclusion.ErrRelayParentOlder) {
		t.Errorf("relay parent goes back: %v", refused)
	}
}

// A full channel refuses the candidate; nothing of it stays.
func TestChannelFull(t *testing.T) {
	c := twoParas(t)
	send := func(m *primitives.CandidateCommitments) {
		m.HorizontalMessages = []primitives.OutboundHRMPMessage{{Recipient: 2001, Data: []byte("one")}}
	}
	c.must(c.data(nil, []primitives.BackedCandidate{c.next(2000, 0, 0, send)}))
	// It is pending: the message counts already.
	if err := c.refusal(c.next(2000, 0, 0, send)); !errors.Is(err, inclusion.ErrCoreOccupied) {
		t.Errorf("core occupied: %v", err)
	}
	refused := c.grow(false, c.data(c.available(4, 0), []primitives.BackedCandidate{c.next(2000, 0, 0, send)}))
	if len(refused) != 1 || !errors.Is(refused[0], hrmp.ErrChannelFull) {
		t.Errorf("channel full: %v", refused)
	}
	if got := hrmp.InboundContents(c.view(), 2001); len(got) != 1 || len(got[0].Messages) != 1 || got[0].Messages[0].SentAt != c.head.Number {
		t.Errorf("contents: %v", got)
	}
	// Silence is possible, and the message is there for the recipient.
	if err := c.refusal(c.next(2000, 0, 0, nil)); err != nil {
		t.Error(err)
	}
}

func TestInherentReasons(t *testing.T) {
	c := twoParas(t)
	x := c.open(false)
	data := c.data(nil, nil)
	other := data
	other.ParentHeader.Number = 7
	if err := dispatch(x, other); !errors.Is(err, inherent.ErrParentHeader) {
		t.Errorf("another parent: %v", err)
	}
	if _, _, err := inherent.Filter(x, stub, other); !errors.Is(err, inherent.ErrParentHeader) {
		t.Errorf("filter of another parent: %v", err)
	}
	disputed := data
	disputed.Disputes = []primitives.DisputeStatementSet{{}}
	if err := dispatch(x, disputed); !errors.Is(err, inherent.ErrDisputes) {
		t.Errorf("disputes: %v", err)
	}
	signed := pallets.AppendCall(nil, inherent.Enter{Data: data})
	call, _ := pallets.DecodeCall(signed)
	if err := call.Dispatch(x, frame.Signed{}); !errors.Is(err, frame.BadOrigin{}) {
		t.Errorf("signed: %v", err)
	}
	if err := initializer.Finalize(x); !errors.Is(err, inherent.ErrMissing) {
		t.Errorf("missing: %v", err)
	}
	if err := dispatch(x, data); err != nil {
		t.Error(err)
	}
	if err := dispatch(x, data); !errors.Is(err, inherent.ErrTwice) {
		t.Errorf("twice: %v", err)
	}
	if err := initializer.Finalize(x); err != nil {
		t.Error(err)
	}
	if err := (inherent.Enter{Data: data}).Dispatch(x, frame.None{}); !errors.Is(err, inherent.ErrVerifier) {
		t.Errorf("without verifier: %v", err)
	}
}

func TestBitfieldReasons(t *testing.T) {
	c := twoParas(t)
	b := c.available(4, 0)
	swapped := []primitives.SignedBitfield{b[1], b[0]}
	forged := []primitives.SignedBitfield{b[0]}
	forged[0].Signature[0]++
	for name, test := range map[string]struct {
		list []primitives.SignedBitfield
		want []error
	}{
		"good":    {b, nil},
		"swapped": {swapped, []error{inherent.ErrOrder}},
		"twice":   {[]primitives.SignedBitfield{b[0], b[0], b[1]}, []error{inherent.ErrOrder}},
		"forged":  {forged, []error{bitfield.ErrSignature}},
	} {
		_, refused, err := inherent.Filter(c.open(false), stub, c.data(test.list, nil))
		if err != nil || len(refused) != len(test.want) {
			t.Errorf("%s: %v %v", name, refused, err)
			continue
		}
		for i, r := range refused {
			if r.Item != inherent.Bitfield || !errors.Is(r, test.want[i]) {
				t.Errorf("%s: got %v want %v", name, r, test.want[i])
			}
		}
	}
}

// An inherent has a bound; candidates that do not fit wait.
func TestRoom(t *testing.T) {
	const n = 90
	g := initializer.Genesis{Host: configuration.Local()}
	for id := range primitives.ParaID(n) {
		g.Paras = append(g.Paras, registration(3000+id))
		g.Cores = append(g.Cores, []primitives.ParaID{3000 + id})
	}
	c := newChain(t, 4, g)
	var candidates []primitives.BackedCandidate
	for i := range n {
		candidates = append(candidates, c.next(primitives.ParaID(3000+i), primitives.CoreIndex(i), 0, func(m *primitives.CandidateCommitments) {
			m.HeadData = append(m.HeadData, make([]byte, 32<<10-len(m.HeadData))...)
		}))
	}
	refused := c.grow(false, c.data(nil, candidates))
	fit := inherent.MaxLength / (32 << 10)
	if kept := n - len(refused); kept > fit || kept < fit-2 {
		t.Errorf("%d of %d fit", kept, n)
	}
	for _, r := range refused {
		if !errors.Is(r, inherent.ErrNoRoom) {
			t.Error(r)
		}
	}
}

// TestMessagesWeigh adds messages to a backed candidate: each costs what the next does,
// a horizontal one at least what its keys do, and bytes come on top.
func TestMessagesWeigh(t *testing.T) {
	weight := func(horizontal, size, upward int) uint64 {
		var c primitives.BackedCandidate
		c.Candidate.Commitments.UpwardMessages = make([]primitives.UpwardMessage, upward)
		for range horizontal {
			m := primitives.OutboundHRMPMessage{Data: make([]byte, size)}
			c.Candidate.Commitments.HorizontalMessages = append(c.Candidate.Commitments.HorizontalMessages, m)
		}
		data := primitives.ParachainsInherentData{BackedCandidates: []primitives.BackedCandidate{c}}
		return inherent.Enter{Data: data}.Info().Weight.RefTime
	}
	none := weight(0, 0, 0)
	if one := weight(1, 0, 0) - none; one < 2*frame.ReadTime+2*frame.WriteTime || weight(10, 0, 0) != none+10*one {
		t.Errorf("a horizontal message weighs %d, ten %d", one, weight(10, 0, 0)-none)
	}
	if one := weight(0, 0, 1) - none; one == 0 || weight(0, 0, 3) != none+3*one {
		t.Errorf("an upward message weighs %d, three %d", one, weight(0, 0, 3)-none)
	}
	if weight(10, 1000, 0) <= weight(10, 0, 0) {
		t.Error("the bytes of messages weigh nothing")
	}
}
