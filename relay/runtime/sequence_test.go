package runtime_test

import (
	"encoding/binary"
	"errors"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/parachain/inclusion/inherent"
	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/parachain/scheduler"
	"github.com/rampart-chain/rampart/parachain/shared"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/genesis"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/pallet/transactionpayment"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
	"github.com/rampart-chain/rampart/xcmp/ump"
)

// tape is a program for a chain. Every tape is one: what is missing reads as 0,
// and an end in the middle of a block ends the block.
type tape []byte

func (p *tape) next() byte {
	if len(*p) == 0 {
		return 0
	}
	b := (*p)[0]
	*p = (*p)[1:]
	return b
}

// below returns a number below n, which is 1..256.
func (p *tape) below(n int) int { return int(p.next()) % n }

func (p *tape) bytes(n int) []byte {
	n = min(n, len(*p))
	b := slices.Clone((*p)[:n])
	*p = (*p)[n:]
	return b
}

func (p *tape) u64() uint64 {
	var b [8]byte
	copy(b[:], p.bytes(8))
	return binary.LittleEndian.Uint64(b[:])
}

// Bounds of what one tape does.
const (
	maxSequenceBlocks = 60
	maxSequenceTape   = 8 << 10
	sequenceUsers     = 7
)

var (
	sequenceParas    = []primitives.ParaID{2000, 2001, 2002, 2003}
	sequenceChannels = []hrmp.Preopened{
		{From: 2000, To: 2001, Capacity: 3, Size: 60}, {From: 2001, To: 2000, Capacity: 2, Size: 60},
		{From: 2002, To: 2000, Capacity: 4, Size: 60}, {From: 2000, To: 2003, Capacity: 1, Size: 60}, {From: 2003, To: 2002, Capacity: 2, Size: 60},
	}
	sequenceCode = primitives.ValidationCode("code")
)

// newSequenceChain has four paras: 2000 has two cores, 2002 and 2003 share one. An
// account is all but at the end of what balances can count.
func newSequenceChain(t testing.TB) *chain {
	t.Helper()
	config := testConfig()
	config.EpochDuration = 8
	holder := account(1)
	config.Sudo = &holder
	p := &config.Parachains
	for _, id := range sequenceParas {
		p.Paras = append(p.Paras, paras.Registration{ID: id, Head: primitives.HeadData{byte(id)}, Code: sequenceCode})
	}
	p.Cores = [][]primitives.ParaID{{2000}, {2001}, {2000}, {2002, 2003}}
	p.Channels = sequenceChannels
	rich := primitives.Balance{Lo: math.MaxUint64 - 1e16, Hi: math.MaxUint64}
	for n, amount := range []primitives.Balance{rich, primitives.NewBalance(1e12), balances.ExistentialDeposit} {
		config.Balances = append(config.Balances, genesis.Balance{Account: account(byte(4 + n)), Amount: amount})
	}
	return newChainOf(t, config)
}

// happened counts what a run of sequences must have seen.
type happened struct {
	blocks, sessions, applied, refusedExtrinsics, included, timedOut, refusedItems, messages, full, forged, dust int
	// inner are calls in calls that succeeded, failing those that did not; deposits
	// are blocks after which something was reserved, sudo what the key was used for.
	inner, failing, deposits, sudo int
}

// sequence runs a tape on a chain.
type sequence struct {
	*chain
	tape       *tape
	extrinsics []primitives.Extrinsic
	nonces     map[primitives.AccountID]primitives.Nonce // of the block being collected
	tips       map[primitives.ParaID]inclusion.Constraints
	model      *model
	happened   *happened
}

// runSequence runs program on a copy of base, checks the state after every block,
// and adds to what happened.
func runSequence(t testing.TB, base *chain, program []byte, sum *happened) {
	t.Helper()
	c := *base
	c.t, c.view = t, &memoryView{maps.Clone(base.view.Memory), maps.Clone(base.view.nodes)}
	p := tape(program[:min(len(program), maxSequenceTape)])
	q := &sequence{chain: &c, tape: &p, happened: sum, model: newModel(runtime.NewQuery(c.view).State())}
	q.reset()
	for len(p) > 0 && q.head.Number < maxSequenceBlocks {
		switch p.below(8) {
		case 0:
			q.block(1)
		case 1:
			q.block([]primitives.Slot{1, 1, 1, 2, 1, 1, 9, 40}[p.below(8)])
		case 2, 3:
			q.extrinsic()
		case 4, 5:
			q.candidate()
		case 6:
			q.vote()
		case 7:
			q.spoil()
		}
	}
	q.block(1)
}

func (q *sequence) reset() {
	q.extrinsics, q.bitfields, q.candidates = nil, nil, nil
	q.nonces, q.tips = map[primitives.AccountID]primitives.Nonce{}, map[primitives.ParaID]inclusion.Constraints{}
}

func (q *sequence) state() *frame.State { return runtime.NewQuery(q.view).State() }

func (q *sequence) user() primitives.AccountID { return account(byte(q.tape.below(sequenceUsers))) }

// amount is mostly near something where rules change, such as all that who has.
func (q *sequence) amount(who primitives.AccountID) primitives.Balance {
	switch n := q.tape.next(); n % 8 {
	case 0:
		return primitives.Balance{Lo: q.tape.u64(), Hi: q.tape.u64()}
	case 1:
		return primitives.Balance{Lo: math.MaxUint64, Hi: math.MaxUint64}
	case 2:
		return primitives.NewBalance(uint64(n))
	case 3:
		return balances.ExistentialDeposit.SaturatingAdd(primitives.NewBalance(uint64(n) / 128))
	case 4:
		return balances.ExistentialDeposit.SaturatingSub(primitives.NewBalance(1))
	case 5:
		fee := transactionpayment.Fee(q.state(), 140, balances.TransferAll{}.Info(), primitives.Balance{}) // of a transfer, about
		return q.account(who).Data.Free.SaturatingSub(fee).SaturatingSub(primitives.NewBalance(uint64(q.tape.next()) * 1e8))
	default:
		return primitives.NewBalance(1e10 + uint64(q.tape.next())*5e12)
	}
}

func (q *sequence) keys() session.Keys {
	n := byte(q.tape.below(sequenceUsers))
	return session.Keys{GRANDPA: primitives.ED25519Public{n, 2}, BABE: primitives.SR25519Public{n, 1}, ParaValidator: primitives.SR25519Public{n, 3},
		ParaAssignment: primitives.SR25519Public{n, 4}, AuthorityDiscovery: primitives.SR25519Public{n, 5}}
}

// extrinsic offers the author an extrinsic, mostly one that could be applied.
func (q *sequence) extrinsic() {
	if q.tape.below(16) == 0 {
		q.extrinsics = append(q.extrinsics, q.tape.bytes(q.tape.below(200)))
		return
	}
	who := q.user()
	x := primitives.UncheckedExtrinsic{Call: q.call(who)}
	if kind := q.tape.below(16); kind != 0 {
		signature := primitives.ExtrinsicSignature{Signer: primitives.AddressID{ID: who}, Signature: primitives.SR25519Signature{Signature: primitives.Signature(pad(who))},
			Extra: primitives.SignedExtra{Nonce: q.account(who).Nonce + q.nonces[who]}}
		q.nonces[who]++
		switch kind {
		case 1:
			signature.Extra.Nonce = primitives.Nonce(q.tape.next())
		case 2:
			signature.Extra.Tip = q.amount(who)
		case 3:
			period := uint32(4) << q.tape.below(15)
			signature.Extra.Era = primitives.Era{Period: period, Phase: uint32(q.tape.below(4)) * max(period>>12, 1)}
		case 4:
			signature.Signature = primitives.ED25519Signature{Signature: primitives.Signature(pad(who))}
		case 5:
			signature.Signature = primitives.SR25519Signature{}
		case 6:
			signature.Signature = primitives.ECDSASignature{}
		}
		x.Signature = &signature
	}
	q.extrinsics = append(q.extrinsics, x.Encode())
}

// pad returns what plainCrypto takes for a signature of key.
func pad(key [32]byte) (signature [64]byte) {
	copy(signature[:], key[:])
	return signature
}

// vote adds the bitfields of some validators, or of all of them about all cores.
func (q *sequence) vote() {
	s := q.state()
	who, about := q.tape.next(), q.tape.next()
	if who >= 64 {
		who, about = math.MaxUint8, math.MaxUint8
	}
	for i, key := range shared.ActiveValidatorKeys.Get(s) {
		bits := scale.NewBitVec(len(scheduler.ClaimQueue.Get(s)))
		for core := range bits.Len() {
			bits.Set(core, about>>(core%8)&1 == 1)
		}
		if who>>(i%8)&1 == 1 {
			q.bitfields = append(q.bitfields, primitives.SignedBitfield{Bitfield: bits, ValidatorIndex: primitives.ValidatorIndex(i), Signature: primitives.Signature(pad(key))})
		}
	}
}

// candidate adds a candidate for a core, mostly one that could be backed.
func (q *sequence) candidate() {
	s := q.state()
	cores := inclusion.Cores(s)
	if len(cores) == 0 {
		return
	}
	core := q.tape.below(len(cores))
	para := sequenceParas[q.tape.below(len(sequenceParas))]
	if claims := cores[core].Claims; len(claims) > 0 {
		para = claims[0]
	}
	tip, ok := q.tips[para]
	if !ok {
		constraints, pending, _ := inclusion.BackingState(s, para)
		for _, p := range pending {
			constraints = constraints.After(p.Commitments, p.RelayParentNumber)
		}
		tip = constraints
	}
	parents := inclusion.RelayParents(s, q.head)
	parent := parents[len(parents)-1-min(q.tape.below(4), len(parents)-1)]
	commitments := q.commitments(tip, para, core, parent)
	made := primitives.CommittedCandidateReceipt{
		Descriptor: primitives.CandidateDescriptor{
			ParaID: para, RelayParent: parent.Hash, CoreIndex: uint16(core), SessionIndex: shared.CurrentSessionIndex.Get(s),
			PersistedValidationDataHash: tip.ValidationData(inclusion.RelayParent{Number: parent.Number, StorageRoot: parent.StateRoot}).Hash(),
			ParaHead:                    commitments.HeadData.Hash(), ValidationCodeHash: tip.ValidationCodeHash,
		},
		Commitments: commitments,
	}
	if q.tape.below(16) == 0 {
		q.misdescribe(&made.Descriptor)
	}
	if tip.Check(made, inclusion.RelayParent{Number: parent.Number, StorageRoot: parent.StateRoot}) == nil {
		q.tips[para] = tip.After(commitments, parent.Number)
	}
	q.model.known[made.Hash()] = made
	q.candidates = append(q.candidates, q.back(made, primitives.CoreIndex(core), parent.Number))
}

// commitments are mostly those of an honest candidate that sends what the tape
// says.
func (q *sequence) commitments(tip inclusion.Constraints, para primitives.ParaID, core int, parent shared.RelayParent) primitives.CandidateCommitments {
	m := primitives.CandidateCommitments{HRMPWatermark: parent.Number, HeadData: append(scale.AppendU32(nil, uint32(q.head.Number)), byte(para), byte(core), byte(len(q.candidates)))}
	for offset := range uint8(3) {
		if i := slices.Index(scheduler.CoresOf(parent.ClaimQueue, para, offset), primitives.CoreIndex(core)); i >= 0 {
			m.UpwardMessages = []primitives.UpwardMessage{{}, ump.AppendSignal(nil, ump.SelectCore{CoreSelector: uint8(i), ClaimQueueOffset: offset})}
			break
		}
	}
	if blocks := tip.Watermarks.Blocks; len(blocks) > 0 && q.tape.below(2) == 0 {
		m.HRMPWatermark = blocks[q.tape.below(min(len(blocks), 256))]
	}
	for _, room := range tip.OutboundRooms {
		if what := q.tape.next(); what%2 == 1 && (room.Messages > 0 || what > 200) {
			m.HorizontalMessages = append(m.HorizontalMessages, primitives.OutboundHRMPMessage{Recipient: room.Recipient, Data: q.tape.bytes(int(what) / 4)})
		}
	}
	switch q.tape.below(32) {
	case 1, 8, 9, 10, 11:
		m.HRMPWatermark += primitives.BlockNumber(q.tape.below(12)) - 8 // it may wrap
	case 2:
		m.ProcessedDownwardMessages = uint32(q.tape.u64())
	case 3:
		m.HorizontalMessages = append(m.HorizontalMessages, primitives.OutboundHRMPMessage{Recipient: primitives.ParaID(1998 + q.tape.below(8)), Data: q.tape.bytes(5)})
	case 4:
		m.UpwardMessages = append(m.UpwardMessages, q.tape.bytes(q.tape.below(40)))
	case 5:
		m.NewValidationCode = &sequenceCode
	case 6:
		m.HeadData = make([]byte, q.tape.u64()%(40<<10))
	case 7:
		m.UpwardMessages = nil
	}
	return m
}

func (q *sequence) misdescribe(d *primitives.CandidateDescriptor) {
	switch q.tape.below(7) {
	case 0:
		d.ParaID = primitives.ParaID(1998 + q.tape.below(8))
	case 1:
		d.RelayParent[q.tape.below(32)]++
	case 2:
		d.CoreIndex = uint16(q.tape.next())
	case 3:
		d.SessionIndex += primitives.SessionIndex(q.tape.next())
	case 4:
		d.PersistedValidationDataHash[0]++
	case 5:
		d.ParaHead[0]++
	case 6:
		d.ValidationCodeHash[0]++
	}
}

// back signs made by the group of core.
func (q *sequence) back(made primitives.CommittedCandidateReceipt, core primitives.CoreIndex, relayParent primitives.BlockNumber) primitives.BackedCandidate {
	s := q.state()
	out := primitives.BackedCandidate{Candidate: made}
	group, ok := scheduler.RotationOf(s).GroupForCore(core, relayParent+1)
	if !ok {
		return out
	}
	members, keys := scheduler.ValidatorGroups.Get(s)[group], shared.ActiveValidatorKeys.Get(s)
	var voted []int
	for i, member := range members {
		out.ValidityVotes = append(out.ValidityVotes, primitives.ExplicitAttestation{Signature: primitives.Signature(pad(keys[member]))})
		voted = append(voted, i)
	}
	out.ValidatorIndices = inclusion.ValidatorIndices(len(members), voted, core)
	return out
}

// spoil damages what is collected for the inherent after it was signed.
func (q *sequence) spoil() {
	what, at := q.tape.below(8), int(q.tape.next())
	if n := len(q.bitfields); n > 0 && what < 4 {
		b := &q.bitfields[at%n]
		switch what {
		case 0:
			b.Signature[3]++
		case 1:
			b.Bitfield = b.Bitfield.Resize(b.Bitfield.Len() + 1)
		case 2:
			q.bitfields = append(q.bitfields, *b)
		case 3:
			b.ValidatorIndex = primitives.ValidatorIndex(q.tape.u64())
		}
	}
	if n := len(q.candidates); n > 0 && what >= 4 {
		b := &q.candidates[at%n]
		switch what {
		case 4:
			q.candidates[0], *b = *b, q.candidates[0]
		case 5:
			q.candidates = append(q.candidates, *b)
		case 6:
			b.ValidityVotes = b.ValidityVotes[min(1, len(b.ValidityVotes)):]
		case 7:
			if votes := b.ValidityVotes; q.tape.below(2) == 0 || len(votes) == 0 {
				b.ValidatorIndices = scale.NewBitVec(q.tape.below(20))
			} else {
				votes[len(votes)-1] = primitives.ExplicitAttestation{}
			}
		}
	}
}

// block makes a block of all that was collected, executes it, and checks what
// must hold after it.
func (q *sequence) block(skip primitives.Slot) {
	s := q.state()
	authors := min(len(session.Validators.Get(s)), len(session.QueuedKeys.Get(s)))
	author := primitives.AuthorityIndex(q.tape.below(authors))
	forge := q.tape.below(8) == 0
	if forge {
		q.forge(skip, author)
	}
	before, keys := session.CurrentIndex.Get(s), shared.ActiveValidatorKeys.Get(s)
	block := q.grow(skip, author, q.extrinsics...)
	q.happened.blocks++
	q.happened.applied += len(block.Extrinsics) - 2
	for _, why := range q.refused {
		var item inherent.Refusal
		if !errors.As(why, &item) {
			q.happened.refusedExtrinsics++
			continue
		}
		q.happened.refusedItems++
		if errors.Is(item, hrmp.ErrChannelFull) {
			q.happened.full++
		}
	}
	if session.CurrentIndex.Get(q.state()) != before {
		q.happened.sessions++
	}
	if fault := q.invariants(q.model.nonces); fault != "" {
		q.t.Fatalf("block %d: %s", q.head.Number, fault)
	}
	q.checkSignatures(block, keys)
	q.countInner(uint32(len(block.Extrinsics)))
	q.model.after(q)
	q.reset()
}

// forge makes a block that a malicious author could, from an honest one, and
// has it executed: it must be refused if its inherent holds what the honest
// author left out, and never be a fault of this node.
func (q *sequence) forge(skip primitives.Slot, author primitives.AuthorityIndex) {
	block, _ := q.build(skip, author, q.extrinsics...)
	must := false
	i := q.tape.below(len(block.Extrinsics))
	block.Extrinsics = slices.Clone(block.Extrinsics)
	switch q.tape.below(6) {
	case 0:
		must = slices.ContainsFunc(q.refused, func(why error) bool { return errors.As(why, new(inherent.Refusal)) })
		block.Extrinsics[1] = runtime.Bare(inherent.Enter{Data: primitives.ParachainsInherentData{Bitfields: q.bitfields, BackedCandidates: q.candidates, ParentHeader: q.head}})
	case 1:
		must = true
		block.Extrinsics = slices.Delete(block.Extrinsics, i, i+1)
	case 2:
		must = true
		block.Extrinsics = append(block.Extrinsics, block.Extrinsics[i])
	case 3:
		j := q.tape.below(len(block.Extrinsics))
		must = min(i, j) < 2 && i != j && max(i, j) != 1
		block.Extrinsics[i], block.Extrinsics[j] = block.Extrinsics[j], block.Extrinsics[i]
	case 4:
		x := slices.Clone(block.Extrinsics[i])
		x[int(q.tape.u64()%uint64(len(x)))] ^= 1 << q.tape.below(8)
		block.Extrinsics[i] = x
	case 5:
		digest := primitives.Header{Digest: block.Header.Digest}.AppendSCALE(nil)
		digest[int(q.tape.u64()%uint64(len(digest)))] ^= 1 << q.tape.below(8)
		var header primitives.Header
		if scale.Unmarshal(digest, &header) == nil {
			block.Header.Digest = header.Digest
		}
	}
	block.Header.ExtrinsicsRoot = executive.ExtrinsicsRoot(block.Extrinsics)
	_, err := q.runtime.Execute(q.view, q.head, block)
	if must && err == nil || errors.Is(err, runtime.ErrView) {
		q.t.Fatalf("forged block: %v", err)
	}
	if err != nil {
		q.happened.forged++
	}
}

// randomTape returns a program of n bytes that only depends on seed.
func randomTape(seed uint64, n int) []byte {
	random := rand.New(rand.NewPCG(seed, 0))
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(random.Uint32())
	}
	return p
}

// TestSequences runs random programs: everything that a chain can meet must have
// happened in them.
func TestSequences(t *testing.T) {
	base := newSequenceChain(t)
	var sum happened
	for seed := range uint64(60) {
		runSequence(t, base, randomTape(seed, 1200), &sum)
	}
	t.Logf("%+v", sum)
	if sum.sessions == 0 || sum.applied == 0 || sum.refusedExtrinsics == 0 || sum.included == 0 || sum.timedOut == 0 || sum.refusedItems == 0 ||
		sum.messages == 0 || sum.full == 0 || sum.forged == 0 || sum.dust == 0 || sum.inner == 0 || sum.failing == 0 || sum.deposits == 0 || sum.sudo == 0 {
		t.Errorf("something never happened: %+v", sum)
	}
}

// FuzzSequence runs any bytes as a program.
func FuzzSequence(f *testing.F) {
	base := newSequenceChain(f)
	for seed := range uint64(4) {
		f.Add(randomTape(seed, 200))
	}
	f.Fuzz(func(t *testing.T, program []byte) { runSequence(t, base, program, new(happened)) })
}
