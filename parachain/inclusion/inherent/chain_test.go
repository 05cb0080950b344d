//go:build !wasip1

package inherent_test

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/parachain/inclusion/inherent"
	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/parachain/scheduler"
	"github.com/rampart-chain/rampart/parachain/shared"
	"github.com/rampart-chain/rampart/parachain/shared/initializer"
	"github.com/rampart-chain/rampart/relay/crypto/cryptotest"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/babe"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/xcmp/dmp"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
	"github.com/rampart-chain/rampart/xcmp/mqc"
	"github.com/rampart-chain/rampart/xcmp/ump"
)

var stub = cryptotest.NewStub([32]byte{42})

// pallets is a runtime of what parachains need.
var pallets = frame.Pallets{
	{Index: 0, Pallet: system.Pallet}, {Index: 2, Pallet: babe.Pallet}, {Index: 9, Pallet: session.Pallet},
	{Index: 53, Pallet: inclusion.Pallet}, {Index: 54, Pallet: inherent.WithVerifier(stub)}, {Index: 56, Pallet: paras.Pallet},
}

// code is the validation code of every para.
var code = primitives.ValidationCode("code")

// tester is a testing.T or a rapid.T.
type tester interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// chain is a relay chain that grows block by block, all in memory.
type chain struct {
	t          tester
	state      frame.Memory
	head       primitives.Header
	validators []session.Validator
	keys       map[primitives.SR25519Public]cryptotest.Keys
	// states are those after the latest blocks, for who builds at them.
	states map[primitives.BlockNumber]frame.Memory
	// events of the last block.
	events []inclusion.CandidateEvent
}

// newChain returns a chain at its genesis, with as many validators.
func newChain(t tester, validators int, g initializer.Genesis) *chain {
	t.Helper()
	c := &chain{t: t, state: frame.Memory{}, keys: map[primitives.SR25519Public]cryptotest.Keys{}, states: map[primitives.BlockNumber]frame.Memory{}}
	for i := range validators {
		keys := stub.Keys([32]byte{byte(i), 1})
		public := primitives.SR25519Public(keys.Sr25519Public())
		c.keys[public] = keys
		c.validators = append(c.validators, session.Validator{Account: primitives.AccountID{byte(i)}, Keys: session.Keys{ParaValidator: public}})
	}
	s := frame.NewState(c.state)
	if err := g.Begin(s, c.validators); err != nil {
		t.Fatal(err)
	}
	c.state.Apply(s.Changes())
	c.states[0] = maps.Clone(c.state)
	return c
}

// view returns the state after the last block, to be read.
func (c *chain) view() *frame.State { return frame.NewState(c.state) }

// at returns the state after a block, to be read.
func (c *chain) at(number primitives.BlockNumber) *frame.State {
	return frame.NewState(c.states[number])
}

// relay returns what validation data takes from a relay parent.
func relay(r shared.RelayParent) inclusion.RelayParent {
	return inclusion.RelayParent{Number: r.Number, StorageRoot: r.StateRoot}
}

// open returns the context of the next block, begun. With endSession the relay
// chain's session ends in it.
func (c *chain) open(endSession bool) *frame.Context {
	s := frame.NewState(c.state)
	x := &frame.Context{State: s, Pallets: pallets, Number: c.head.Number + 1, ParentHash: c.head.Hash(), Phase: frame.Initialization{}}
	system.Initialize(x)
	for _, para := range paras.Parachains.Get(s) {
		if sendsDownward(x.Number, para) {
			if err := dmp.Send(s, para, x.Number, []byte("news"), 100); err != nil {
				c.t.Fatal(err)
			}
		}
	}
	if endSession {
		index := session.CurrentIndex.Get(s) + 1
		session.CurrentIndex.Put(s, index)
		babe.NextRandomness.Put(s, primitives.Blake2b256(scale.AppendU32(nil, uint32(index))))
		initializer.OnNewSession(x, index, c.validators)
	}
	return x
}

// data returns an inherent of the next block.
func (c *chain) data(bitfields []primitives.SignedBitfield, candidates []primitives.BackedCandidate) primitives.ParachainsInherentData {
	return primitives.ParachainsInherentData{Bitfields: bitfields, BackedCandidates: candidates, ParentHeader: c.head}
}

// dispatch applies data as an importer does: from its encoding.
func dispatch(x *frame.Context, data primitives.ParachainsInherentData) error {
	call, err := pallets.DecodeCall(pallets.AppendCall(nil, inherent.Enter{Data: data}))
	if err != nil {
		return err
	}
	return x.Transaction(func() error { return call.Dispatch(x, frame.None{}) })
}

// close ends the block and makes it the head.
func (c *chain) close(x *frame.Context) {
	c.t.Helper()
	if err := initializer.Finalize(x); err != nil {
		c.t.Fatalf("block %d: %v", x.Number, err)
	}
	system.Finalize(x)
	c.state.Apply(x.State.Changes())
	c.head = primitives.Header{ParentHash: x.ParentHash, Number: x.Number, StateRoot: primitives.Blake2b256(scale.AppendU32([]byte("root"), uint32(x.Number)))}
	c.states[c.head.Number] = maps.Clone(c.state)
	delete(c.states, c.head.Number-10)
	c.events = inclusion.CandidateEvents.Get(c.view())
}

// grow makes the next block as an author does, from what Filter keeps, and
// returns what it refused.
func (c *chain) grow(endSession bool, data primitives.ParachainsInherentData) []inherent.Refusal {
	c.t.Helper()
	x := c.open(endSession)
	kept, refused, err := inherent.Filter(x, stub, data)
	if err != nil {
		c.t.Fatalf("block %d: %v", x.Number, err)
	}
	if err := dispatch(x, kept); err != nil {
		c.t.Fatalf("block %d: author's inherent is refused: %v", x.Number, err)
	}
	c.close(x)
	return refused
}

// must grows by data of which nothing may be refused.
func (c *chain) must(data primitives.ParachainsInherentData) {
	c.t.Helper()
	if refused := c.grow(false, data); len(refused) > 0 {
		c.t.Fatalf("block %d: %v", c.head.Number, refused[0])
	}
}

// bitfield returns the signed bitfield of a validator.
func (c *chain) bitfield(index primitives.ValidatorIndex, bits scale.BitVec) primitives.SignedBitfield {
	s := c.view()
	context := primitives.SigningContext{SessionIndex: shared.CurrentSessionIndex.Get(s), Parent: c.head.Hash()}
	key := shared.ActiveValidatorKeys.Get(s)[index]
	return primitives.SignedBitfield{Bitfield: bits, ValidatorIndex: index, Signature: c.keys[key].Sr25519(primitives.BitfieldPayload(bits, context))}
}

// available returns bitfields of the first n validators with the bits of cores.
func (c *chain) available(n int, cores ...primitives.CoreIndex) []primitives.SignedBitfield {
	bits := scale.NewBitVec(len(scheduler.ClaimQueue.Get(c.view())))
	for _, core := range cores {
		bits.Set(int(core), true)
	}
	var out []primitives.SignedBitfield
	for i := range n {
		out = append(out, c.bitfield(primitives.ValidatorIndex(i), bits))
	}
	return out
}

// back returns candidate with the votes of its group: the first member seconds,
// the others agree.
func (c *chain) back(candidate primitives.CommittedCandidateReceipt, core primitives.CoreIndex, relayParent primitives.BlockNumber) primitives.BackedCandidate {
	s := c.view()
	group, _ := scheduler.RotationOf(s).GroupForCore(core, relayParent+1)
	members := scheduler.ValidatorGroups.Get(s)[group]
	context := primitives.SigningContext{SessionIndex: shared.CurrentSessionIndex.Get(s), Parent: candidate.Descriptor.RelayParent}
	out := primitives.BackedCandidate{Candidate: candidate}
	var voted []int
	for i, member := range members {
		kind := primitives.Valid
		if i == 0 {
			kind = primitives.Seconded
		}
		payload := primitives.CompactStatement{Kind: kind, CandidateHash: candidate.Hash()}.SigningPayload(context)
		signature := primitives.Signature(c.keys[shared.ActiveValidatorKeys.Get(s)[member]].Sr25519(payload))
		if i == 0 {
			out.ValidityVotes = append(out.ValidityVotes, primitives.ImplicitAttestation{Signature: signature})
		} else {
			out.ValidityVotes = append(out.ValidityVotes, primitives.ExplicitAttestation{Signature: signature})
		}
		voted = append(voted, i)
	}
	out.ValidatorIndices = inclusion.ValidatorIndices(len(members), voted, core)
	return out
}

// paraHead is the head of the test's paras: all that a para remembers, so that
// forks need no bookkeeping.
type paraHead struct {
	Parent    primitives.Hash
	Number    int
	Watermark primitives.BlockNumber
	// Sent counts the messages to each para, Received those from each, with
	// the head of their chain.
	Sent     map[primitives.ParaID]int
	Received map[primitives.ParaID]inbound
	// Downward is the same for downward messages.
	Downward inbound
}

type inbound struct {
	Count int
	Head  primitives.Hash
}

func (h paraHead) encode() primitives.HeadData {
	raw, err := json.Marshal(h) // map keys are sorted
	if err != nil {
		panic(err)
	}
	return raw
}

func decodeHead(t tester, raw primitives.HeadData) paraHead {
	t.Helper()
	var h paraHead
	if err := json.Unmarshal(raw, &h); err != nil {
		t.Fatal(err)
	}
	if h.Number == 0 {
		h.Sent, h.Received = map[primitives.ParaID]int{}, map[primitives.ParaID]inbound{}
	}
	return h
}

// message is the content of the n-th message of a channel.
func message(sender, recipient primitives.ParaID, n, padding int) []byte {
	raw, _ := json.Marshal([4]int{int(sender), int(recipient), n, padding})
	return append(raw, make([]byte, padding)...)
}

// receive takes what para finds in the relay chain's state at its relay parent,
// up to watermark, as its validation code would, and checks it.
func (c *chain) receive(para primitives.ParaID, h *paraHead, relayParent, watermark primitives.BlockNumber) (processed uint32) {
	c.t.Helper()
	s := c.at(relayParent)
	for _, in := range hrmp.InboundContents(s, para) {
		got := h.Received[in.Sender]
		for _, m := range in.Messages {
			if m.SentAt <= h.Watermark || m.SentAt > watermark {
				continue
			}
			var name [4]int
			if err := json.NewDecoder(bytes.NewReader(m.Data)).Decode(&name); err != nil {
				c.t.Fatal(err)
			}
			if name[0] != int(in.Sender) || name[1] != int(para) || name[2] != got.Count {
				c.t.Fatalf("para %d found message %v from %d, want number %d", para, name, in.Sender, got.Count)
			}
			got.Head = mqc.HRMP(got.Head, []primitives.InboundHRMPMessage{m})
			got.Count++
		}
		h.Received[in.Sender] = got
		channel := hrmp.HrmpChannels.Get(s, primitives.HRMPChannelID{Sender: in.Sender, Recipient: para})
		if watermark == relayParent && channel.MqcHead != nil && *channel.MqcHead != got.Head {
			c.t.Fatalf("para %d: message queue chain of %d is %s, folded %s", para, in.Sender, channel.MqcHead, got.Head)
		}
	}
	h.Watermark = watermark
	queue := dmp.DownwardMessageQueues.Get(s, para)
	skip := h.Downward.Count - (c.downwardSent(relayParent, para) - len(queue))
	for _, m := range queue[min(max(skip, 0), len(queue)):] {
		h.Downward.Head = mqc.Next(h.Downward.Head, m.SentAt, m.Message)
		h.Downward.Count++
		processed++
	}
	if want := dmp.DownwardMessageQueueHeads.Get(s, para); h.Downward.Head != want {
		c.t.Fatalf("para %d: downward chain is %s, folded %s", para, want, h.Downward.Head)
	}
	return processed
}

// downwardSent returns how many downward messages para was sent until a block.
func (c *chain) downwardSent(at primitives.BlockNumber, para primitives.ParaID) int {
	n := 0
	for number := primitives.BlockNumber(1); number <= at; number++ {
		if sendsDownward(number, para) {
			n++
		}
	}
	return n
}

// sendsDownward says in which blocks the relay chain sends para a message.
func sendsDownward(number primitives.BlockNumber, para primitives.ParaID) bool {
	return uint32(number)%7 == uint32(para)%7
}

// selectCore returns the signals by which a candidate of para built at relay
// names core, if it can.
func selectCore(r shared.RelayParent, para primitives.ParaID, core primitives.CoreIndex) ([]primitives.UpwardMessage, bool) {
	if inclusion.CoreSelected(r.ClaimQueue, para, nil, core) {
		return nil, true
	}
	for offset := range uint8(3) {
		if i := slices.Index(scheduler.CoresOf(r.ClaimQueue, para, offset), core); i >= 0 {
			signal := ump.AppendSignal(nil, ump.SelectCore{CoreSelector: uint8(i), ClaimQueueOffset: offset})
			return []primitives.UpwardMessage{{}, signal}, true
		}
	}
	return nil, false
}

// candidate completes a candidate of para on core that builds where constraints
// says.
func candidate(c inclusion.Constraints, session primitives.SessionIndex, para primitives.ParaID, core primitives.CoreIndex, r shared.RelayParent, commitments primitives.CandidateCommitments) primitives.CommittedCandidateReceipt {
	return primitives.CommittedCandidateReceipt{
		Descriptor: primitives.CandidateDescriptor{
			ParaID: para, RelayParent: r.Hash, CoreIndex: uint16(core), SessionIndex: session,
			PersistedValidationDataHash: c.ValidationData(relay(r)).Hash(),
			ParaHead:                    commitments.HeadData.Hash(), ValidationCodeHash: c.ValidationCodeHash,
		},
		Commitments: commitments,
	}
}

// registration returns a para that begins with an empty head.
func registration(id primitives.ParaID) paras.Registration {
	return paras.Registration{ID: id, Head: paraHead{}.encode(), Code: code}
}
