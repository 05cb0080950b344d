package parachainsystem

import (
	"slices"

	"github.com/rampart-chain/rampart/parachain/sdk/relaystate"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/trie"
)

// Collected is what a collator brings from the relay chain to make a block: all
// that stands in the state after the relay parent.
type Collected struct {
	ValidationData primitives.PersistedValidationData
	// State reads the relay chain's state, with the storage root in
	// ValidationData.
	State trie.Source
	// Downward is the queue of messages to the chain.
	Downward []primitives.InboundDownwardMessage
	// Horizontal is what waits in each channel to the chain, ascending by
	// sender; empty channels may be among them.
	Horizontal []Channel
}

// Channel is the messages that wait in the channel from Sender.
type Channel struct {
	Sender   primitives.ParaID
	Messages []primitives.InboundHRMPMessage
}

// Inherent makes the inherent of a block on the state s after the block parent.
// The block takes waiting messages of up to budget bytes, but at least the oldest
// of the relay chain and the oldest of other chains; what unincluded ancestors
// took is left out. It returns what it read of the relay chain besides.
//
// An error means that no block can be made on this relay parent now.
func (c Collected) Inherent(s *frame.State, parent primitives.Hash, budget int) (SetValidationData, relaystate.State, error) {
	recorder := trie.NewRecorder(c.State)
	relay, err := relaystate.Read(recorder, c.ValidationData.RelayParentStorageRoot, ParachainId.Get(s))
	if err != nil {
		return SetValidationData{}, relaystate.State{}, err
	}
	segment, err := unincluded(s, parent, relay.IncludedHead)
	if err != nil {
		return SetValidationData{}, relaystate.State{}, err
	}
	inherent := SetValidationData{ValidationData: c.ValidationData, RelayState: recorder.Proof()}
	queue, used := c.downward(segment, budget)
	inherent.Downward = queue
	inherent.Horizontal = c.horizontal(HrmpWatermark.Get(s), budget-used)
	return inherent, relay, s.Err()
}

// downward returns the queue without what the ancestors in segment processed,
// and how many bytes of it are taken.
func (c Collected) downward(segment []Ancestor, budget int) (Queue, int) {
	skip := 0
	for _, a := range segment {
		skip += int(a.DownwardProcessed)
	}
	var waiting []primitives.InboundHRMPMessage
	for _, m := range c.Downward[min(skip, len(c.Downward)):] {
		waiting = append(waiting, primitives.InboundHRMPMessage{SentAt: m.SentAt, Data: m.Message})
	}
	n, used := 0, 0
	for n < len(waiting) && (n == 0 || used+len(waiting[n].Data) <= budget) {
		used += len(waiting[n].Data)
		n++
	}
	return split(waiting, n), used
}

// horizontal returns the channels without what was sent up to the watermark.
// What was sent at one relay block is taken together or not at all.
func (c Collected) horizontal(watermark primitives.BlockNumber, budget int) []ChannelQueue {
	sizes := map[primitives.BlockNumber]int{} // bytes, by block of sending
	var blocks []primitives.BlockNumber
	for _, channel := range c.Horizontal {
		for _, m := range channel.Messages {
			if m.SentAt <= watermark {
				continue
			}
			if _, seen := sizes[m.SentAt]; !seen {
				blocks = append(blocks, m.SentAt)
			}
			sizes[m.SentAt] += len(m.Data)
		}
	}
	slices.Sort(blocks)
	until, used := watermark, 0
	for i, block := range blocks {
		if used += sizes[block]; i > 0 && used > budget {
			break
		}
		until = block
	}
	var queues []ChannelQueue
	for _, channel := range c.Horizontal {
		var waiting []primitives.InboundHRMPMessage
		taken := 0
		for _, m := range channel.Messages {
			if m.SentAt > watermark {
				waiting = append(waiting, m)
			}
			if m.SentAt > watermark && m.SentAt <= until {
				taken++
			}
		}
		if len(waiting) > 0 {
			queues = append(queues, ChannelQueue{Sender: channel.Sender, Queue: split(waiting, taken)})
		}
	}
	return queues
}
