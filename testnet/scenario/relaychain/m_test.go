package relaychain

import (
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
)

// M01: messages arrive exactly once and in order, whatever becomes of the blocks
// in which they were sent: the network is slow, so that it forks all the time, and
// a part of it is cut off again and again.
func TestSimM01ExactlyOnce(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		s := begin(t, Config{
			Seed: 1, Nodes: n, Paras: Paras{Count: paraCount(n)},
			Network: engine.Config{MinLatency: 50, MaxLatency: 250, Jitter: 150},
		})
		for range lasting(2, 10) {
			s.Run(15*SlotMillis + primitives.Millis(s.Random().Below(SlotMillis)))
			s.Split(s.minority(n)...)
			s.Run(6 * SlotMillis)
			s.Heal()
		}
		s.Run(10 * SlotMillis)
		s.ParasLive()
		s.Quiesce(20)
		met(t, s, "enacted in two forks")
	})
}

// minority returns f validators, and all others.
func (s *Simulation) minority(n int) [][]engine.NodeID {
	groups := make([][]engine.NodeID, 2)
	first := int(s.Random().Below(uint64(n)))
	for i := range n {
		group := 1
		if i < (n-1)/3 {
			group = 0
		}
		groups[group] = append(groups[group], engine.NodeID((first+i)%n))
	}
	return groups
}

// M02: a collator makes candidates that take a message nobody sent: honest
// validators refute them. Forged chains of messages are also refused by xcmp/mqc
// (TestQuickTampering) and parachain/sdk/parachainsystem (TestLaterCannotHideMessages).
func TestSimM02ForgedMessages(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		s := begin(t, Config{Seed: 2, Nodes: n, Paras: twoCollators(n, Forging)})
		s.lives(lasting(enough, 10*minute))
		met(t, s, "candidate refuted")
	})
}

// M03 and M11: a para sleeps until the channels to it are full; then it returns,
// and takes all that was sent, in order. What a candidate may not do, each rule at
// its bound: M03 is TestChannelFull of parachain/inclusion/inherent, M04
// TestCheckOutbound and M05 TestCheckWatermark of xcmp/hrmp, all three
// TestCandidateReasons of parachain/inclusion/inherent.
func TestSimM11ReceiverAsleep(t *testing.T) {
	forSizes(t, func(t *testing.T, n int) {
		s := begin(t, Config{Seed: 11, Nodes: n, Paras: Paras{Count: paraCount(n), Capacity: 4}})
		s.Run(10 * SlotMillis)
		sleeper := engine.NodeID(n + 1)
		s.Crash(sleeper)
		s.Run(lasting(20, 1000) * SlotMillis)
		id := primitives.HRMPChannelID{Sender: firstPara, Recipient: firstPara + 1}
		if waiting := len(s.finalModel().channels[id].waiting); waiting != 4 {
			t.Errorf("%d messages wait, want a full channel", waiting)
		}
		s.Restart(sleeper)
		s.ParasLive()
		s.Quiesce(20)
		met(t, s, "channel full")
	})
}
