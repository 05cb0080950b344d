package benchmark

import (
	"slices"

	"github.com/rampart-chain/rampart/parachain/chains/coin/transfer"
	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/parachain/sdk/parachainsystem"
	"github.com/rampart-chain/rampart/parachain/sdk/relaystate"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/genesis"
	"github.com/rampart-chain/rampart/relay/pallet/babe"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/pallet/executive"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/trie"
	"github.com/rampart-chain/rampart/xcmp/dmp"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
)

// peer is the i-th of the chains with which a coin chain has channels.
func peer(i int) primitives.ParaID { return primitives.ParaID(3000 + i) }

// mail is what waits on the relay chain for a coin chain, and what of the chain
// itself stands there.
type mail struct {
	// channels to the chain, as many from it.
	channels int
	// head is the size of its heads, in bytes.
	head int
	// taken are the messages that the block takes, each of size bytes, later
	// those, of one byte, that it leaves.
	taken, size, later int
}

// Blocks of the relay chain: messages were taken up to the first.
const (
	sentBefore = iota + 1
	sentTaken
	sentLater
	relayParent
)

// validationDataCases bring messages of the relay chain, and messages of other
// chains by as many channels as there may be.
func validationDataCases() []Case {
	components := []Component{{"nodes", 20, 1000}, {"bytes", 2000, 1 << 16}, {"messages", 0, 1000}, {"payload", 0, 1 << 18}, {"later", 0, 1000}}
	way := func(name string, channels int, set func(s *setting, m mail) parachainsystem.SetValidationData) Case {
		points := func(steps int) [][]int {
			points := [][]int{{channels, 100, 1, 1, 0}}
			for _, n := range stepsOf(relaystate.MaxChannels, steps) {
				points = append(points, []int{n, 100, 0, 0, 0})
			}
			for _, n := range stepsOf(headBytes, steps) {
				points = append(points, []int{channels, n, 0, 0, 0})
			}
			for _, n := range stepsOf(1000, steps) {
				points = append(points, []int{channels, 100, n, 1, 0}, []int{channels, 100, 1, 1, n})
			}
			for _, n := range stepsOf(2000, steps) {
				points = append(points, []int{channels, 100, 128, n, 0})
			}
			return points
		}
		return Case{Pallet: "ParachainSystem", Call: "SetValidationData", Way: name, ground: ground{coin: true}, Components: components, points: points,
			set: func(s *setting, n []int) (frame.Origin, frame.Call) {
				return frame.None{}, set(s, mail{channels: n[0], head: n[1], taken: n[2], size: n[3], later: n[4]})
			},
			amounts: func(call frame.Call) []int {
				d, _ := call.(parachainsystem.SetValidationData)
				nodes, bytes, messages, payload, later := d.Amounts()
				return []int{nodes, bytes, messages, payload, later}
			},
		}
	}
	return []Case{
		way("downward", 0, func(s *setting, m mail) parachainsystem.SetValidationData { return s.validationData(m, s.downward) }),
		way("horizontal", relaystate.MaxChannels, func(s *setting, m mail) parachainsystem.SetValidationData { return s.validationData(m, s.horizontal) }),
	}
}

// validationData prepares both chains, on the relay chain what waits by send, and
// returns what a collator brings.
func (s *setting) validationData(m mail, send func(relay *frame.State, m mail)) parachainsystem.SetValidationData {
	relay := frame.NewState(frame.Memory{})
	s.channels(relay, m.channels)
	parent, included := make(primitives.HeadData, m.head), make(primitives.HeadData, m.head)
	parent[0] = 1
	s.ParentHash = parent.Hash()
	s.ancestors(included.Hash())
	babe.CurrentSlot.Put(relay, 1)
	babe.SlotDuration.Put(relay, slotDuration)
	paras.Heads.Put(relay, para(0), included)
	send(relay, m)

	outcome, err := executive.Commit(trie.ProofSource(nil), trie.EmptyRoot, relay.Changes())
	s.must(err)
	w := &World{}
	w.begin(genesis.Genesis{Header: primitives.Header{StateRoot: outcome.Root}, Outcome: outcome})
	collected := parachainsystem.Collected{
		ValidationData: primitives.PersistedValidationData{
			ParentHead: parent, RelayParentNumber: relayParent, RelayParentStorageRoot: outcome.Root, MaxPoVSize: configuration.MaxPovSize},
		State: w.over(nil), Downward: dmp.DownwardMessageQueues.Get(relay, para(0)),
	}
	for _, in := range hrmp.InboundContents(relay, para(0)) {
		collected.Horizontal = append(collected.Horizontal, parachainsystem.Channel{Sender: in.Sender, Messages: in.Messages})
	}
	inherent, _, err := collected.Inherent(s.State, s.ParentHash, m.taken*m.size)
	s.must(err)
	return inherent
}

// channels opens n channels in both directions. One message came by each, and was
// taken.
func (s *setting) channels(relay *frame.State, n int) {
	config := configuration.Live()
	config.HrmpMaxParachainInboundChannels, config.HrmpMaxParachainOutboundChannels = relaystate.MaxChannels, relaystate.MaxChannels
	configuration.ActiveConfig.Put(relay, config)
	var open []hrmp.Preopened
	for i := range n {
		in := hrmp.Preopened{From: peer(i), To: para(0), Capacity: config.HrmpChannelMaxCapacity, Size: config.HrmpChannelMaxMessageSize}
		open = append(open, in, hrmp.Preopened{From: in.To, To: in.From, Capacity: in.Capacity, Size: in.Size})
	}
	s.must(hrmp.Genesis(relay, open, func(primitives.ParaID) bool { return true }))
	var heads []parachainsystem.ChannelHead
	for i := range n {
		hrmp.Send(relay, peer(i), sentBefore, []primitives.OutboundHRMPMessage{{Recipient: para(0), Data: []byte{1}}})
		channel := hrmp.HrmpChannels.Get(relay, primitives.HRMPChannelID{Sender: peer(i), Recipient: para(0)})
		heads = append(heads, parachainsystem.ChannelHead{Sender: peer(i), Head: *channel.MqcHead})
	}
	hrmp.Advance(relay, para(0), sentBefore)
	parachainsystem.LastHrmpMqcHeads.Put(s.State, heads)
	parachainsystem.HrmpWatermark.Put(s.State, sentBefore)
}

// downward sends messages of the relay chain.
func (s *setting) downward(relay *frame.State, m mail) {
	for range m.taken {
		s.must(dmp.Send(relay, para(0), sentTaken, make([]byte, m.size), uint32(m.size)))
	}
	for range m.later {
		s.must(dmp.Send(relay, para(0), sentLater, []byte{1}, 1))
	}
}

// horizontal sends messages of other chains, by turns, or as many as there are
// channels.
func (s *setting) horizontal(relay *frame.State, m mail) {
	for i := range m.taken {
		hrmp.Send(relay, peer(i%m.channels), sentTaken, []primitives.OutboundHRMPMessage{{Recipient: para(0), Data: make([]byte, m.size)}})
	}
	for i := range m.later {
		hrmp.Send(relay, peer(i%m.channels), sentLater, []primitives.OutboundHRMPMessage{{Recipient: para(0), Data: []byte{1}}})
	}
}

// ancestors gives the chain as many blocks as may wait for their inclusion, each of
// which sent what a block may, after the included one; and channels to send by.
func (s *setting) ancestors(included primitives.Hash) {
	block := parachainsystem.Ancestor{UpwardCount: 1, UpwardSize: 1}
	for i := range int(configuration.Live().HrmpMaxMessageNumPerCandidate) {
		block.Horizontal = append(block.Horizontal, parachainsystem.Sent{Recipient: peer(i), Size: 1})
	}
	parachainsystem.UnincludedSegment.Put(s.State, slices.Repeat([]parachainsystem.Ancestor{block}, parachainsystem.MaxUnincluded-1))
	relay := parachainsystem.Relay{Number: sentBefore, IncludedHead: included}
	for i := range relaystate.MaxChannels {
		relay.Egress = append(relay.Egress, relaystate.Channel{Peer: peer(i), MaxCapacity: 1000, MaxTotalSize: 1 << 20, MaxMessageSize: 1 << 20})
	}
	parachainsystem.RelayParent.Put(s.State, relay)
}

// transferCases have as many peers as there may be. What is paid is the first that
// waits for its chain, or is added to a long queue.
func transferCases() []Case {
	last := peer(relaystate.MaxChannels - 1)
	pay := transfer.PayAcross{Dest: last, To: address(nobody), Amount: primitives.NewBalance(1e12)}
	way := func(name string, waiting func(s *setting, recipients []primitives.ParaID)) Case {
		return Case{Pallet: "Transfer", Call: "PayAcross", Way: name, ground: ground{coin: true}, set: func(s *setting, _ []int) (frame.Origin, frame.Call) {
			s.ancestors(primitives.Hash{})
			var peers []primitives.ParaID
			for i := range relaystate.MaxChannels {
				peers = append(peers, peer(i))
			}
			transfer.Peers.Put(s.State, peers)
			transfer.Sent.Put(s.State, last, 1<<32)
			waiting(s, peers)
			return signed(caller), pay
		}}
	}
	return []Case{
		way("first", func(s *setting, peers []primitives.ParaID) {
			parachainsystem.PendingRecipients.Put(s.State, peers[:len(peers)-1])
		}),
		way("more", func(s *setting, peers []primitives.ParaID) {
			parachainsystem.PendingRecipients.Put(s.State, peers)
			const pages, free = 30, 200 // of the last page, in bytes
			page := make([]byte, parachainsystem.PageBytes-free)
			parachainsystem.PendingPages.Put(s.State, parachainsystem.PageID{Recipient: last, Number: pages - 1}, page)
			parachainsystem.PendingQueues.Put(s.State, last, parachainsystem.Pages{End: pages, Bytes: pages * parachainsystem.PageBytes})
		}),
		{Pallet: "Transfer", Call: "Claim", ground: ground{coin: true}, set: func(s *setting, _ []int) (frame.Origin, frame.Call) {
			transfer.Held.Put(s.State, nobody, rich)
			return signed(caller), transfer.Claim{Who: nobody}
		}},
	}
}
