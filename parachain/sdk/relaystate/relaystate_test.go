package relaystate_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/parachain/sdk/relaystate"
	"github.com/rampart-chain/rampart/parachain/sdk/relaytest"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/babe"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/trie"
	"github.com/rampart-chain/rampart/xcmp/dmp"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
	"github.com/rampart-chain/rampart/xcmp/ump"
)

// para is the one whose eyes are used.
const para primitives.ParaID = 2000

// relay returns a relay chain with para and two others.
func relay(t testing.TB) *relaytest.Relay {
	t.Helper()
	r, err := relaytest.New(map[primitives.ParaID]primitives.HeadData{para: {1, 2, 3}, 2001: {4}, 2002: {5}},
		hrmp.Preopened{From: 2001, To: para, Capacity: 8, Size: 1000},
		hrmp.Preopened{From: 2002, To: para, Capacity: 9, Size: 1001},
		hrmp.Preopened{From: para, To: 2002, Capacity: 10, Size: 1002})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// prove returns the storage root after the last block and the proof of what para
// reads there.
func prove(t testing.TB, r *relaytest.Relay) (primitives.Hash, [][]byte) {
	t.Helper()
	c := r.Collect(para, nil)
	recorder := trie.NewRecorder(c.State)
	if _, err := relaystate.Read(recorder, c.ValidationData.RelayParentStorageRoot, para); err != nil {
		t.Fatal(err)
	}
	return c.ValidationData.RelayParentStorageRoot, recorder.Proof()
}

func TestKeysAreThoseOfTheRelayChain(t *testing.T) {
	channel := primitives.HRMPChannelID{Sender: 2001, Recipient: para}
	for name, pair := range map[string][2]string{
		"slot":          {relaystate.CurrentSlot, babe.CurrentSlot.Key},
		"slot duration": {relaystate.SlotDuration, babe.SlotDuration.Key},
		"configuration": {relaystate.ActiveConfig, configuration.ActiveConfig.Key},
		"head":          {string(relaystate.Head(para)), string(paras.Heads.Key(para))},
		"downward":      {string(relaystate.DownwardHead(para)), string(dmp.DownwardMessageQueueHeads.Key(para))},
		"channel":       {string(relaystate.HRMPChannel(2001, para)), string(hrmp.HrmpChannels.Key(channel))},
		"ingress":       {string(relaystate.Ingress(para)), string(hrmp.HrmpIngressChannelsIndex.Key(para))},
		"egress":        {string(relaystate.Egress(para)), string(hrmp.HrmpEgressChannelsIndex.Key(para))},
		"upward":        {string(relaystate.UpwardCapacity(para)), string(ump.CapacityKey(para))},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s: key %x, the relay chain has %x", name, pair[0], pair[1])
		}
	}
}

func TestProvenState(t *testing.T) {
	r := relay(t)
	err := r.Change(func(s *frame.State, number primitives.BlockNumber) {
		if err := dmp.Send(s, para, number, []byte("down"), 100); err != nil {
			t.Error(err)
		}
		hrmp.Send(s, 2001, number, []primitives.OutboundHRMPMessage{{Recipient: para, Data: []byte("side")}})
		s.Put(ump.CapacityKey(para), ump.Capacity{Count: 3, Size: 77}.AppendSCALE(nil))
	})
	if err != nil {
		t.Fatal(err)
	}
	root, proof := prove(t, r)
	got, err := relaystate.Verify(proof, root, para)
	if err != nil {
		t.Fatal(err)
	}
	config := configuration.Local()
	wantLimits := relaystate.Limits{
		MaxUpwardMessageSize: config.MaxUpwardMessageSize, MaxUpwardMessageNumPerCandidate: config.MaxUpwardMessageNumPerCandidate,
		HrmpMaxMessageNumPerCandidate: config.HrmpMaxMessageNumPerCandidate, UpwardCount: 3, UpwardSize: 77,
	}
	if got.Limits != wantLimits {
		t.Errorf("limits %+v, want %+v", got.Limits, wantLimits)
	}
	if got.Slot != r.Slot() || got.SlotDuration != 2000 || got.IncludedHead != (primitives.HeadData{1, 2, 3}).Hash() {
		t.Errorf("slot %d of %d ms, included head %s", got.Slot, got.SlotDuration, got.IncludedHead)
	}
	if got.DownwardHead != dmp.DownwardMessageQueueHeads.Get(r.State(), para) || got.DownwardHead.IsZero() {
		t.Errorf("downward head %s", got.DownwardHead)
	}
	in := hrmp.HrmpChannels.Get(r.State(), primitives.HRMPChannelID{Sender: 2001, Recipient: para})
	wantIn := relaystate.Channel{Peer: 2001, MaxCapacity: 8, MaxTotalSize: config.HrmpChannelMaxTotalSize, MaxMessageSize: 1000,
		MsgCount: 1, TotalSize: 4, Head: *in.MqcHead}
	if len(got.Ingress) != 2 || got.Ingress[0] != wantIn || got.Ingress[1].Peer != 2002 || !got.Ingress[1].Head.IsZero() {
		t.Errorf("ingress %+v, want first %+v", got.Ingress, wantIn)
	}
	if len(got.Egress) != 1 || got.Egress[0].Peer != 2002 || got.Egress[0].MaxMessageSize != 1002 {
		t.Errorf("egress %+v", got.Egress)
	}
}

func TestVerifyRefusesOtherProofs(t *testing.T) {
	root, proof := prove(t, relay(t))
	for i := range proof {
		if _, err := relaystate.Verify(slices.Delete(slices.Clone(proof), i, i+1), root, para); !errors.Is(err, trie.ErrMissingNode) {
			t.Errorf("without node %d: %v, want %v", i, err, trie.ErrMissingNode)
		}
		changed := slices.Clone(proof)
		changed[i] = slices.Clone(changed[i])
		changed[i][len(changed[i])-1] ^= 1
		if _, err := relaystate.Verify(changed, root, para); err == nil {
			t.Errorf("with node %d changed: accepted", i)
		}
	}
	if _, err := relaystate.Verify(append(slices.Clone(proof), []byte("more")), root, para); !errors.Is(err, trie.ErrUnusedNode) {
		t.Errorf("with a node more: %v, want %v", err, trie.ErrUnusedNode)
	}
	if _, err := relaystate.Verify(append(slices.Clone(proof), proof[0]), root, para); !errors.Is(err, trie.ErrDuplicateNode) {
		t.Errorf("with a node twice: %v, want %v", err, trie.ErrDuplicateNode)
	}
	if _, err := relaystate.Verify(proof, primitives.Hash{1}, para); err == nil {
		t.Error("with another root: accepted")
	}
}

func TestReadRefusesWhatIsNoRelayChain(t *testing.T) {
	for name, test := range map[string]struct {
		change func(s *frame.State)
		want   error
	}{
		"no slot":            {func(s *frame.State) { babe.CurrentSlot.Delete(s) }, relaystate.ErrMissing},
		"no slot duration":   {func(s *frame.State) { babe.SlotDuration.Delete(s) }, relaystate.ErrMissing},
		"slots of no length": {func(s *frame.State) { babe.SlotDuration.Put(s, 0) }, relaystate.ErrValue},
		"no configuration":   {func(s *frame.State) { configuration.ActiveConfig.Delete(s) }, relaystate.ErrMissing},
		"unknown para":       {func(s *frame.State) { paras.Heads.Delete(s, para) }, relaystate.ErrHead},
		"short value":        {func(s *frame.State) { s.Put(relaystate.UpwardCapacity(para), []byte{1}) }, relaystate.ErrValue},
		"index not ascending": {func(s *frame.State) {
			hrmp.HrmpIngressChannelsIndex.Put(s, para, []primitives.ParaID{2002, 2001})
		}, relaystate.ErrValue},
		"index of no channel": {func(s *frame.State) {
			hrmp.HrmpIngressChannelsIndex.Put(s, para, []primitives.ParaID{2001, 2002, 2003})
		}, relaystate.ErrMissing},
	} {
		t.Run(name, func(t *testing.T) {
			r := relay(t)
			if err := r.Change(func(s *frame.State, _ primitives.BlockNumber) { test.change(s) }); err != nil {
				t.Fatal(err)
			}
			c := r.Collect(para, nil)
			if _, err := relaystate.Read(c.State, c.ValidationData.RelayParentStorageRoot, para); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
}
