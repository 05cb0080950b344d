package relaychain_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime/api/relaychain"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/xcmp/dmp"
)

// TestEpochs follows what is announced into the next epoch.
func TestEpochs(t *testing.T) {
	c := newChain(t)
	epoch := func(which string) (e relaychain.Epoch) {
		if err := scale.Unmarshal(c.ask("BabeApi_"+which), &e); err != nil {
			t.Fatal(err)
		}
		return e
	}
	c.grow()
	first, next := epoch("current_epoch"), epoch("next_epoch")
	if first.EpochIndex != 0 || first.StartSlot != c.slot || first.Duration != 5 || next.EpochIndex != 1 || next.StartSlot != c.slot+5 || len(next.Authorities) != 3 {
		t.Errorf("present %+v, next %+v", first, next)
	}
	for range 5 {
		c.grow()
	}
	if got := epoch("current_epoch"); got.EpochIndex != next.EpochIndex || got.StartSlot != next.StartSlot || got.Randomness != next.Randomness || !slices.Equal(got.Authorities, next.Authorities) {
		t.Errorf("announced %+v, came %+v", next, got)
	}
	var config relaychain.BabeConfiguration
	if err := scale.Unmarshal(c.ask("BabeApi_configuration"), &config); err != nil || config.SlotDuration != slotDuration || config.EpochLength != 5 || config.C != [2]uint64{1, 4} || config.Randomness != next.Randomness {
		t.Errorf("configuration %+v (%v)", config, err)
	}
	if got := c.ask("BabeApi_current_epoch_start"); !bytes.Equal(got, scale.AppendU64(nil, uint64(next.StartSlot))) {
		t.Errorf("the epoch began at %x", got)
	}
	if got := c.ask("GrandpaApi_current_set_id"); !bytes.Equal(got, scale.AppendU64(nil, 1)) {
		t.Errorf("set %x", got)
	}
	if got := c.ask("GrandpaApi_grandpa_authorities"); len(got) != 1+3*40 || !bytes.Equal(got[1:5], []byte{1, 2, 0, 0}) {
		t.Errorf("authorities %x", got)
	}
}

func TestSessionKeys(t *testing.T) {
	c := newChain(t)
	keys := session.Keys{GRANDPA: primitives.ED25519Public{1}, BABE: primitives.SR25519Public{2}, ParaValidator: primitives.SR25519Public{3},
		ParaAssignment: primitives.SR25519Public{4}, AuthorityDiscovery: primitives.SR25519Public{5}}
	encoded := scale.Marshal(keys)
	got := c.ask("SessionKeys_decode_session_keys", opaque(encoded))
	var list relaychain.SessionKeyList
	if err := scale.Unmarshal(got[1:], &list); got[0] != 1 || err != nil || len(list) != 5 {
		t.Fatalf("got %x (%v)", got, err)
	}
	for i, want := range []string{"gran", "babe", "para", "asgn", "audi"} {
		if string(list[i].Type[:]) != want || list[i].Key[0] != byte(i+1) || len(list[i].Key) != 32 {
			t.Errorf("key %d is %+v, want %s", i, list[i], want)
		}
	}
	for _, bad := range [][]byte{nil, encoded[:159], append(encoded, 0)} {
		if got := c.ask("SessionKeys_decode_session_keys", opaque(bad)); !bytes.Equal(got, []byte{0}) {
			t.Errorf("%d bytes are keys: %x", len(bad), got)
		}
	}
}

// occupied makes a candidate of para 2001 pending on core 1, and sends para 2000 a
// message.
func occupied(t *testing.T) (*chain, inclusion.Pending) {
	c := newChain(t)
	c.grow()
	p := inclusion.Pending{Core: 1, Descriptor: primitives.CandidateDescriptor{ParaID: 2001, CoreIndex: 1}, RelayParentNumber: 1, Group: 2,
		Commitments: primitives.CandidateCommitments{HeadData: primitives.HeadData{7}, HRMPWatermark: 1}}
	p.Hash = p.Receipt().Hash()
	c.change(func(s *frame.State) {
		inclusion.PendingAvailability.Put(s, 2001, []inclusion.Pending{p})
		inclusion.Occupied.Put(s, []inclusion.OccupiedCore{{Core: 1, Para: 2001, CandidateHash: p.Hash, BackedIn: 1, Votes: scale.NewBitVec(3)}})
		if err := dmp.Send(s, 2000, 1, []byte("down"), 100); err != nil {
			t.Fatal(err)
		}
	})
	return c, p
}

func TestCores(t *testing.T) {
	c, p := occupied(t)
	states := decode(t, c.ask("ParachainHost_availability_cores"), func(d *scale.Decoder) (out []relaychain.CoreState) {
		for range d.Length(9, 1, 1) {
			out = append(out, relaychain.DecodeCoreState(d))
		}
		return out
	})
	if len(states) != 3 || states[0] != (relaychain.CoreScheduled{Core: relaychain.ScheduledCore{ParaID: 2000}}) || states[2] != (relaychain.CoreFree{}) {
		t.Fatalf("cores %+v", states)
	}
	core := states[1].(relaychain.CoreOccupied).Core
	if core.CandidateHash != p.Hash || core.CandidateDescriptor != p.Descriptor || core.GroupResponsible != 2 || core.OccupiedSince != 1 || core.TimeOutAt != 5 ||
		core.NextUpOnAvailable.ParaID != 2002 || core.Availability.Len() != 3 {
		t.Errorf("core %+v", core)
	}
	var queue relaychain.ClaimQueue
	if err := scale.Unmarshal(c.ask("ParachainHost_claim_queue"), &queue); err != nil || len(queue) != 2 || queue[1].Core != 1 || !slices.Equal(queue[1].Paras[:2], []primitives.ParaID{2002, 2001}) {
		t.Errorf("claims %+v (%v)", queue, err)
	}
	groups := c.ask("ParachainHost_validator_groups")
	var rotation relaychain.GroupRotationInfo
	if err := scale.Unmarshal(groups[len(groups)-12:], &rotation); err != nil || rotation != (relaychain.GroupRotationInfo{SessionStartBlock: 1, GroupRotationFrequency: 4, Now: 2}) || groups[0] != 3<<2 {
		t.Errorf("groups %x, rotation %+v (%v)", groups, rotation, err)
	}
}

func TestCandidates(t *testing.T) {
	c, p := occupied(t)
	committed := scale.Marshal(primitives.CommittedCandidateReceipt{Descriptor: p.Descriptor, Commitments: p.Commitments})
	if got := c.ask("ParachainHost_candidate_pending_availability", u32(2001)); !bytes.Equal(got, append([]byte{1}, committed...)) {
		t.Errorf("pending %x", got)
	}
	if got := c.ask("ParachainHost_candidates_pending_availability", u32(2001)); !bytes.Equal(got, append([]byte{1 << 2}, committed...)) {
		t.Errorf("all pending %x", got)
	}
	if got := c.ask("ParachainHost_candidate_pending_availability", u32(2000)); !bytes.Equal(got, []byte{0}) {
		t.Errorf("pending of another %x", got)
	}
	data := func(para u32, assumption inclusion.Assumption) *primitives.PersistedValidationData {
		got := c.ask("ParachainHost_persisted_validation_data", para, assumption)
		if got[0] == 0 {
			return nil
		}
		var v primitives.PersistedValidationData
		if err := scale.Unmarshal(got[1:], &v); err != nil {
			t.Fatal(err)
		}
		return &v
	}
	included, timedOut := data(2001, inclusion.Included), data(2001, inclusion.TimedOut)
	if included == nil || timedOut == nil || !bytes.Equal(included.ParentHead, p.Commitments.HeadData) || !bytes.Equal(timedOut.ParentHead, primitives.HeadData{2001 & 255}) ||
		timedOut.RelayParentNumber != c.Header.Number || timedOut.RelayParentStorageRoot != c.Header.StateRoot {
		t.Errorf("included %+v, timed out %+v", included, timedOut)
	}
	if data(2001, inclusion.Free) != nil || data(2000, inclusion.Free) == nil || data(2009, inclusion.Included) != nil {
		t.Error("an assumption that cannot be gives data, or one that can gives none")
	}
	for _, want := range []*primitives.PersistedValidationData{included, timedOut} {
		hash := want.Hash()
		code := primitives.ValidationCode("code").Hash()
		if got := c.ask("ParachainHost_assumed_validation_data", u32(2001), raw(hash[:])); !bytes.Equal(got, append(want.AppendSCALE([]byte{1}), code[:]...)) {
			t.Errorf("assumed %x", got)
		}
	}
	if got := c.ask("ParachainHost_assumed_validation_data", u32(2001), raw(make([]byte, 32))); !bytes.Equal(got, []byte{0}) {
		t.Errorf("data with an unknown hash: %x", got)
	}
}

func TestCodeAndMessages(t *testing.T) {
	c, _ := occupied(t)
	hash := primitives.ValidationCode("code").Hash()
	code := scale.AppendBytes([]byte{1}, []byte("code"))
	for name, test := range map[string]struct{ got, want []byte }{
		"code":            {c.ask("ParachainHost_validation_code", u32(2000), raw{2}), code},
		"code by hash":    {c.ask("ParachainHost_validation_code_by_hash", raw(hash[:])), code},
		"hash":            {c.ask("ParachainHost_validation_code_hash", u32(2000), raw{0}), append([]byte{1}, hash[:]...)},
		"no code":         {c.ask("ParachainHost_validation_code", u32(2009), raw{0}), []byte{0}},
		"no hash":         {c.ask("ParachainHost_validation_code_hash", u32(2001), raw{2}), []byte{0}},
		"no such code":    {c.ask("ParachainHost_validation_code_by_hash", raw(make([]byte, 32))), []byte{0}},
		"downward":        {c.ask("ParachainHost_dmq_contents", u32(2000)), append([]byte{1 << 2, 1, 0, 0, 0}, scale.AppendString(nil, "down")...)},
		"empty channel":   {c.ask("ParachainHost_inbound_hrmp_channels_contents", u32(2001)), scale.Marshal(relaychain.InboundChannels{{Sender: 2000}})},
		"no channel":      {c.ask("ParachainHost_inbound_hrmp_channels_contents", u32(2000)), []byte{0}},
		"paras":           {c.ask("ParachainHost_para_ids"), []byte{3 << 2, 0xd0, 7, 0, 0, 0xd1, 7, 0, 0, 0xd2, 7, 0, 0}},
		"session":         {c.ask("ParachainHost_session_index_for_child"), []byte{0, 0, 0, 0}},
		"unknown session": {c.ask("ParachainHost_session_info", u32(9)), []byte{0}},
		"backing votes":   {c.ask("ParachainHost_minimum_backing_votes"), []byte{2, 0, 0, 0}},
	} {
		if !bytes.Equal(test.got, test.want) {
			t.Errorf("%s: %x, want %x", name, test.got, test.want)
		}
	}
}

// TestConstraints asks what the next candidate may do, and whether one may.
func TestConstraints(t *testing.T) {
	c, p := occupied(t)
	var state relaychain.BackingState
	got := c.ask("ParachainHost_para_backing_state", u32(2001))
	if err := scale.Unmarshal(got[1:], &state); got[0] != 1 || err != nil {
		t.Fatalf("%x: %v", got, err)
	}
	if !bytes.Equal(state.Constraints.RequiredParent, primitives.HeadData{2001 & 255}) || len(state.PendingAvailability) != 1 || state.PendingAvailability[0].CandidateHash != p.Hash ||
		state.Constraints.UpgradeRestriction == nil || state.Constraints.FutureValidationCode != nil {
		t.Errorf("state %+v", state)
	}
	if constraints := c.ask("ParachainHost_backing_constraints", u32(2001)); !bytes.Equal(constraints, state.Constraints.AppendSCALE([]byte{1})) {
		t.Errorf("constraints %x", constraints)
	}
	got = c.ask("ParachainHost_para_backing_state", u32(2000))
	if err := scale.Unmarshal(got[1:], &state); err != nil || !slices.Equal(state.Constraints.DmpRemainingMessages, []primitives.BlockNumber{1}) ||
		len(state.Constraints.HrmpChannelsOut) != 1 || state.Constraints.HrmpChannelsOut[0].Room != (relaychain.OutboundHrmpChannelLimitations{BytesRemaining: 102400, MessagesRemaining: 3}) {
		t.Errorf("state of the other %+v (%v)", state, err)
	}
	for _, name := range []string{"para_backing_state", "backing_constraints"} {
		if got := c.ask("ParachainHost_"+name, u32(2009)); !bytes.Equal(got, []byte{0}) {
			t.Errorf("%s of no para: %x", name, got)
		}
	}
	code := primitives.ValidationCode("new")
	for name, test := range map[string]struct {
		para u32
		c    primitives.CandidateCommitments
		want byte
	}{
		"good":             {2000, primitives.CandidateCommitments{ProcessedDownwardMessages: 1, HRMPWatermark: 1}, 1},
		"message left":     {2000, primitives.CandidateCommitments{HRMPWatermark: 1}, 0},
		"watermark ahead":  {2001, primitives.CandidateCommitments{HRMPWatermark: 2}, 0},
		"new code":         {2001, primitives.CandidateCommitments{HRMPWatermark: 1, NewValidationCode: &code}, 0},
		"large head":       {2001, primitives.CandidateCommitments{HRMPWatermark: 1, HeadData: make([]byte, 1<<16)}, 0},
		"para that is not": {2009, primitives.CandidateCommitments{HRMPWatermark: 1}, 0},
	} {
		if got := c.ask("ParachainHost_check_validation_outputs", test.para, test.c); !bytes.Equal(got, []byte{test.want}) {
			t.Errorf("%s: %x, want %d", name, got, test.want)
		}
	}
}

// TestEventsAndVotes reads what blocks keep of candidates.
func TestEventsAndVotes(t *testing.T) {
	c, p := occupied(t)
	if got := c.ask("ParachainHost_candidate_events"); !bytes.Equal(got, []byte{0}) {
		t.Errorf("events %x", got)
	}
	if got := c.ask("ParachainHost_on_chain_votes"); !bytes.Equal(got, []byte{1, 0, 0, 0, 0, 0, 0}) {
		t.Errorf("votes %x", got)
	}
	event := inclusion.CandidateTimedOut{Receipt: p.Receipt(), Head: p.Commitments.HeadData, Core: 1}
	c.change(func(s *frame.State) {
		inclusion.CandidateEvents.Put(s, []inclusion.CandidateEvent{event})
		paras.Heads.Put(s, 2001, primitives.HeadData{8})
	})
	if got := c.ask("ParachainHost_candidate_events"); !bytes.Equal(got, inclusion.AppendCandidateEvent([]byte{1 << 2}, event)) {
		t.Errorf("events %x", got)
	}
}
