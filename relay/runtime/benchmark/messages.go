package benchmark

import (
	"slices"

	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
	"github.com/rampart-chain/rampart/xcmp/ump"
)

// load is what a candidate brings to the relay chain.
type load struct {
	// head is the size of its head, size that of each of its horizontal
	// messages, in bytes.
	head             int
	horizontal, size int
	upward           int
}

// loadOf returns the load of the candidates of a case with the amounts n: what the
// messages leave of their bytes is their heads.
func loadOf(n []int) load {
	candidates := n[2]
	if candidates == 0 {
		return load{head: 1}
	}
	with := load{horizontal: n[5] / candidates, upward: n[6] / candidates}
	bytes := n[4]/candidates - upwardBytes(with.upward)
	if with.horizontal == 0 {
		with.head = bytes
		return with
	}
	with.head, with.size = 1, (bytes-1)/with.horizontal
	return with
}

// commitments returns those of the candidate of the i-th parachain.
func (l load) commitments(i int) primitives.CandidateCommitments {
	c := primitives.CandidateCommitments{HeadData: make(primitives.HeadData, l.head), UpwardMessages: upward[:l.upward]}
	for _, to := range recipients(i)[:l.horizontal] {
		c.HorizontalMessages = append(c.HorizontalMessages, primitives.OutboundHRMPMessage{Recipient: to, Data: make([]byte, l.size)})
	}
	slices.SortFunc(c.HorizontalMessages, func(a, b primitives.OutboundHRMPMessage) int { return int(a.Recipient) - int(b.Recipient) })
	return c
}

// upward are as many upward messages as a candidate may have.
var upward = []primitives.UpwardMessage{
	{}, ump.AppendSignal(nil, ump.SelectCore{}), ump.AppendSignal(nil, ump.ApprovedPeer{Peer: make([]byte, 64)}),
}

func upwardBytes(n int) int {
	total := 0
	for _, m := range upward[:n] {
		total += len(m)
	}
	return total
}

// recipients are the parachains to which the i-th sends.
func recipients(i int) []primitives.ParaID {
	out := make([]primitives.ParaID, sentMost)
	for j := range out {
		out[j] = para((i + 1 + j) % cores)
	}
	return out
}

// What waits in a channel, in messages and in bytes of each: nearly all that may.
const (
	waiting     = 900
	waitingSize = 100
)

// open gives every parachain as many channels as it may have. The first of those to
// its recipients are nearly full, and as many from others, half of it with what the
// candidates of block 1 take.
func (s *setting) open(full int) {
	config := configuration.ActiveConfig.Get(s.State)
	var channels []hrmp.Preopened
	add := func(from, to primitives.ParaID) {
		channels = append(channels, hrmp.Preopened{From: from, To: to, Capacity: config.HrmpChannelMaxCapacity, Size: config.HrmpChannelMaxMessageSize})
	}
	for i := range cores {
		for _, to := range recipients(i) {
			add(para(i), to)
		}
		for j := range int(config.HrmpMaxParachainOutboundChannels) - sentMost {
			add(para(i), peer(j))
			add(peer(j), para(i))
		}
	}
	s.must(hrmp.Genesis(s.State, channels, func(primitives.ParaID) bool { return true }))
	for i := range cores {
		for j, to := range recipients(i)[:full] {
			s.fill(primitives.HRMPChannelID{Sender: para(i), Recipient: to}, 1)
			s.fill(primitives.HRMPChannelID{Sender: peer(j), Recipient: para(i)}, 0)
		}
	}
}

// fill puts messages of block 1 into a channel, but half of them of block first.
func (s *setting) fill(id primitives.HRMPChannelID, first primitives.BlockNumber) {
	contents := make([]primitives.InboundHRMPMessage, waiting)
	for i := range contents {
		contents[i] = primitives.InboundHRMPMessage{SentAt: 1, Data: make([]byte, waitingSize)}
		if i < waiting/2 {
			contents[i].SentAt = first
		}
	}
	hrmp.HrmpChannelContents.Put(s.State, id, contents)
	channel := hrmp.HrmpChannels.Get(s.State, id)
	channel.MsgCount, channel.TotalSize, channel.MqcHead = waiting, waiting*waitingSize, &primitives.Hash{1}
	hrmp.HrmpChannels.Put(s.State, id, channel)
	digests := hrmp.HrmpChannelDigests.Get(s.State, id.Recipient)
	if len(digests) == 0 {
		digests = []hrmp.Digest{{SentAt: 0}, {SentAt: 1}}
	}
	for at := first; at <= 1; at++ {
		i, _ := slices.BinarySearch(digests[at].Senders, id.Sender)
		digests[at].Senders = slices.Insert(digests[at].Senders, i, id.Sender)
	}
	hrmp.HrmpChannelDigests.Put(s.State, id.Recipient, digests)
}
