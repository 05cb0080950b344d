package runtime_test

import (
	"slices"

	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/parachain/inclusion/inherent"
	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/xcmp/dmp"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
	"github.com/rampart-chain/rampart/xcmp/mqc"
)

// model is what an observer knows of a chain that only saw its blocks: the
// candidates made, and the events.
type model struct {
	nonces map[primitives.AccountID]primitives.Nonce
	// known are all candidates ever made, by hash.
	known map[primitives.Hash]primitives.CommittedCandidateReceipt
	heads map[primitives.ParaID]primitives.HeadData
	// sent are all messages that entered a channel.
	sent      map[primitives.HRMPChannelID][]primitives.InboundHRMPMessage
	watermark map[primitives.ParaID]primitives.BlockNumber
	issuance  primitives.Balance
}

func newModel(s *frame.State) *model {
	m := &model{
		nonces: map[primitives.AccountID]primitives.Nonce{}, known: map[primitives.Hash]primitives.CommittedCandidateReceipt{},
		heads: map[primitives.ParaID]primitives.HeadData{}, sent: map[primitives.HRMPChannelID][]primitives.InboundHRMPMessage{},
		watermark: map[primitives.ParaID]primitives.BlockNumber{}, issuance: balances.TotalIssuance.Get(s),
	}
	for _, para := range sequenceParas {
		m.heads[para] = paras.Heads.Get(s, para)
	}
	return m
}

// after follows the block that q has added and compares the state with what
// must be in it.
func (m *model) after(q *sequence) {
	q.t.Helper()
	s := q.state()
	for _, event := range inclusion.CandidateEvents.Get(s) {
		switch e := event.(type) {
		case inclusion.CandidateIncluded:
			made, known := m.known[e.Receipt.Hash()]
			if !known {
				q.t.Fatalf("block %d: candidate that nobody made was included", q.head.Number)
			}
			m.include(q, made)
		case inclusion.CandidateTimedOut:
			q.happened.timedOut++
		}
	}
	for _, para := range sequenceParas {
		if got := paras.Heads.Get(s, para); string(got) != string(m.heads[para]) {
			q.t.Fatalf("block %d: head of %d is not that of its last included candidate", q.head.Number, para)
		}
		if mark, marked := hrmp.HrmpWatermarks.Lookup(s, para); marked && mark < m.watermark[para] || mark > q.head.Number {
			q.t.Fatalf("block %d: watermark of %d is %d, was %d", q.head.Number, para, mark, m.watermark[para])
		}
		// Nothing of these rules sends downward messages.
		if n := len(dmp.DownwardMessageQueues.Get(s, para)); n != 0 || dmp.DownwardMessageQueueHeads.Get(s, para) != (primitives.Hash{}) {
			q.t.Fatalf("block %d: %d downward messages for %d", q.head.Number, n, para)
		}
	}
	for _, c := range sequenceChannels {
		m.checkChannel(q, s, primitives.HRMPChannelID{Sender: c.From, Recipient: c.To})
	}
	// Nothing of these rules makes funds, and fees only move.
	issuance := balances.TotalIssuance.Get(s)
	if m.issuance.Less(issuance) {
		q.t.Fatalf("block %d: total issuance grew from %s to %s", q.head.Number, m.issuance, issuance)
	}
	if issuance.Less(m.issuance) {
		q.happened.dust++
	}
	m.issuance = issuance
}

// checkSignatures checks that whatever the block holds of validators with the keys,
// they signed.
func (q *sequence) checkSignatures(block primitives.Block, keys []primitives.SR25519Public) {
	q.t.Helper()
	unchecked, err := primitives.DecodeExtrinsic(block.Extrinsics[1])
	if err != nil {
		q.t.Fatal(err)
	}
	call, err := runtime.Pallets().DecodeCall(unchecked.Call)
	if err != nil {
		q.t.Fatal(err)
	}
	for _, b := range call.(inherent.Enter).Data.Bitfields {
		if b.Signature != pad(keys[b.ValidatorIndex]) {
			q.t.Fatalf("block %d: validator %d did not sign its bitfield", q.head.Number, b.ValidatorIndex)
		}
	}
	for _, backed := range inherent.OnChainVotes.Get(q.state()).Backing {
		for _, vote := range backed.Votes {
			if vote.Attestation.Sig() != pad(keys[vote.Validator]) {
				q.t.Fatalf("block %d: validator %d did not vote for a candidate of %d", q.head.Number, vote.Validator, backed.Receipt.Descriptor.ParaID)
			}
		}
		if len(backed.Votes) == 0 {
			q.t.Fatalf("block %d: nobody voted for a candidate of %d", q.head.Number, backed.Receipt.Descriptor.ParaID)
		}
	}
}

// include follows an included candidate.
func (m *model) include(q *sequence, made primitives.CommittedCandidateReceipt) {
	q.t.Helper()
	para, commitments := made.Descriptor.ParaID, made.Commitments
	if made.Descriptor.ValidationCodeHash != sequenceCode.Hash() || made.Descriptor.ParaHead != commitments.HeadData.Hash() || commitments.NewValidationCode != nil {
		q.t.Fatalf("block %d: candidate of %d with another code or head was included", q.head.Number, para)
	}
	m.heads[para] = commitments.HeadData
	if commitments.HRMPWatermark < m.watermark[para] {
		q.t.Fatalf("block %d: watermark of %d falls from %d to %d", q.head.Number, para, m.watermark[para], commitments.HRMPWatermark)
	}
	m.watermark[para] = commitments.HRMPWatermark
	for _, message := range commitments.HorizontalMessages {
		id := primitives.HRMPChannelID{Sender: para, Recipient: message.Recipient}
		m.sent[id] = append(m.sent[id], primitives.InboundHRMPMessage{SentAt: q.head.Number, Data: message.Data})
		q.happened.messages++
	}
	q.happened.included++
}

// checkChannel compares a channel with all messages that ever entered it: what
// waits is what was sent after the recipient's watermark, in order, so that what
// was delivered is a prefix of what was sent.
func (m *model) checkChannel(q *sequence, s *frame.State, id primitives.HRMPChannelID) {
	q.t.Helper()
	channel, contents := hrmp.HrmpChannels.Get(s, id), hrmp.HrmpChannelContents.Get(s, id)
	size := 0
	for _, message := range contents {
		size += len(message.Data)
		if len(message.Data) > int(channel.MaxMessageSize) {
			q.t.Fatalf("block %d: channel %v holds a message of %d bytes", q.head.Number, id, len(message.Data))
		}
	}
	if int(channel.MsgCount) != len(contents) || int(channel.TotalSize) != size || channel.MsgCount > channel.MaxCapacity || channel.TotalSize > channel.MaxTotalSize {
		q.t.Fatalf("block %d: channel %v counts %d messages of %d bytes, has %d of %d", q.head.Number, id, channel.MsgCount, channel.TotalSize, len(contents), size)
	}
	var head primitives.Hash
	if channel.MqcHead != nil {
		head = *channel.MqcHead
	}
	if want := mqc.HRMP(primitives.Hash{}, m.sent[id]); head != want {
		q.t.Fatalf("block %d: message queue chain of %v is %s, folded %s", q.head.Number, id, head, want)
	}
	var waiting []primitives.InboundHRMPMessage
	for _, message := range m.sent[id] {
		if message.SentAt > m.watermark[id.Recipient] {
			waiting = append(waiting, message)
		}
	}
	equal := slices.EqualFunc(waiting, contents, func(a, b primitives.InboundHRMPMessage) bool {
		return a.SentAt == b.SentAt && string(a.Data) == string(b.Data)
	})
	if !equal {
		q.t.Fatalf("block %d: channel %v holds %d messages, %d were sent after the watermark", q.head.Number, id, len(contents), len(waiting))
	}
}
