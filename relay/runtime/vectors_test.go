package runtime_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/parachain/inclusion"
	"github.com/rampart-chain/rampart/parachain/inclusion/inherent"
	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/parachain/scheduler"
	"github.com/rampart-chain/rampart/parachain/shared"
	"github.com/rampart-chain/rampart/parachain/shared/sessioninfo"
	"github.com/rampart-chain/rampart/relay/frame/metadata"
	"github.com/rampart-chain/rampart/relay/pallet/authorship"
	"github.com/rampart-chain/rampart/relay/pallet/babe"
	"github.com/rampart-chain/rampart/relay/pallet/balances"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/pallet/grandpa"
	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/pallet/timestamp"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/runtime"
	"github.com/rampart-chain/rampart/relay/scale"
	"github.com/rampart-chain/rampart/xcmp/dmp"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
	"github.com/rampart-chain/rampart/xcmp/ump"
)

func readVectors(t *testing.T, name string, file any) {
	t.Helper()
	text, err := os.ReadFile("testdata/vectors/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, file); err != nil {
		t.Fatal(err)
	}
}

// TestVectorsKeys compares storage keys with what the hashes of Substrate give for
// the names of pallets and items.
func TestVectorsKeys(t *testing.T) {
	var file struct {
		Keys []struct {
			Name string
			Hex  hexBytes
		}
	}
	readVectors(t, "keys.json", &file)
	alice, err := hex.DecodeString("d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d")
	if err != nil {
		t.Fatal(err)
	}
	channel := primitives.HRMPChannelID{Sender: 1, Recipient: 2}
	ours := map[string]string{
		"System.Number": system.Number.Key, "System.ParentHash": system.ParentHash.Key, "System.Digest": system.Digest.Key,
		"System.Events": system.Events.Key, "System.EventCount": system.EventCount.Key,
		"Babe.EpochIndex": babe.EpochIndex.Key, "Babe.Authorities": babe.Authorities.Key, "Babe.GenesisSlot": babe.GenesisSlot.Key,
		"Babe.CurrentSlot": babe.CurrentSlot.Key, "Babe.Randomness": babe.Randomness.Key, "Babe.NextRandomness": babe.NextRandomness.Key,
		"Babe.NextAuthorities": babe.NextAuthorities.Key, "Babe.SegmentIndex": babe.SegmentIndex.Key,
		"Babe.AuthorVrfRandomness": babe.AuthorVrfRandomness.Key, "Babe.EpochConfig": babe.EpochConfig.Key,
		"Timestamp.Now": timestamp.Now.Key, "Balances.TotalIssuance": balances.TotalIssuance.Key, "Authorship.Author": authorship.Author.Key,
		"Session.Validators": session.Validators.Key, "Session.CurrentIndex": session.CurrentIndex.Key, "Session.QueuedKeys": session.QueuedKeys.Key,
		"Grandpa.CurrentSetId": grandpa.CurrentSetId.Key, "Grandpa.Authorities": grandpa.Authorities.Key,
		"Configuration.ActiveConfig": configuration.ActiveConfig.Key, "Configuration.PendingConfigs": configuration.PendingConfigs.Key,
		"ParasShared.CurrentSessionIndex": shared.CurrentSessionIndex.Key, "ParasShared.ActiveValidatorIndices": shared.ActiveValidatorIndices.Key,
		"ParasShared.ActiveValidatorKeys": shared.ActiveValidatorKeys.Key, "ParasShared.AllowedRelayParents": shared.AllowedRelayParents.Key,
		"ParaScheduler.ValidatorGroups": scheduler.ValidatorGroups.Key, "ParaScheduler.SessionStartBlock": scheduler.SessionStartBlock.Key,
		"ParaScheduler.ClaimQueue": scheduler.ClaimQueue.Key, "Paras.Parachains": paras.Parachains.Key,
		"ParaInherent.Included": inherent.Included.Key, "ParaInherent.OnChainVotes": inherent.OnChainVotes.Key,
		"System.Account(Alice)":                   string(system.Account.Key(primitives.AccountID(alice))),
		"System.BlockHash(7)":                     string(system.BlockHash.Key(7)),
		"Babe.UnderConstruction(3)":               string(babe.UnderConstruction.Key(3)),
		"Paras.Heads(2000)":                       string(paras.Heads.Key(2000)),
		"ParaInclusion.PendingAvailability(2000)": string(inclusion.PendingAvailability.Key(2000)),
		"ParaSessionInfo.Sessions(9)":             string(sessioninfo.Sessions.Key(9)),
		"Dmp.DownwardMessageQueues(2000)":         string(dmp.DownwardMessageQueues.Key(2000)),
		"Hrmp.HrmpChannels(1, 2)":                 string(hrmp.HrmpChannels.Key(channel)),
		"Hrmp.HrmpChannelContents(1, 2)":          string(hrmp.HrmpChannelContents.Key(channel)),
		"upward capacity(2000)":                   string(ump.CapacityKey(2000)),
	}
	for _, c := range file.Keys {
		if got := ours[c.Name]; got != string(c.Hex) {
			t.Errorf("%s is at %x, want %x", c.Name, got, []byte(c.Hex))
		}
	}
	if len(file.Keys) != len(ours) {
		t.Errorf("%d keys in the file, %d here", len(file.Keys), len(ours))
	}
}

// TestVectorsCalls decodes calls and the inherents of a block by their indices in
// Polkadot, and refuses what does not decode there.
func TestVectorsCalls(t *testing.T) {
	var file struct {
		MetadataPrefix hexBytes `json:"metadata_prefix"`
		Cases          []struct {
			Name            string
			Call, Extrinsic hexBytes
		}
		Rejects []struct {
			Name, Want string
			Call       hexBytes
		}
	}
	readVectors(t, "calls.json", &file)
	if len(file.Cases) == 0 || len(file.Rejects) == 0 {
		t.Fatal("no vectors")
	}
	for _, c := range file.Cases {
		call, err := runtime.Pallets().DecodeCall(c.Call)
		if err != nil || !bytes.Equal(runtime.Pallets().AppendCall(nil, call), c.Call) {
			t.Errorf("%s: %+v (%v)", c.Name, call, err)
		}
		x := primitives.UncheckedExtrinsic{Call: c.Call}.Encode()
		if got := scale.AppendBytes(nil, x); !bytes.Equal(got, c.Extrinsic) {
			t.Errorf("%s: extrinsic %x, want %x", c.Name, got, []byte(c.Extrinsic))
		}
		switch call := call.(type) {
		case timestamp.Set:
			if want := map[string]primitives.Millis{"set 0": 0, "set 1700000000123": 1700000000123, "set 2^64-1": 1<<64 - 1}[c.Name]; call.Now != want {
				t.Errorf("%s: time %d, want %d", c.Name, call.Now, want)
			}
		case inherent.Enter:
			if c.Name == "enter, empty" {
				break
			}
			if d := call.Data; len(d.Bitfields) != 3 || len(d.BackedCandidates) != 2 || len(d.Disputes) != 0 || d.ParentHeader.Number != 9 || d.BackedCandidates[0].Candidate.Descriptor.CoreIndex != 3 {
				t.Errorf("%s: %+v", c.Name, d)
			}
		}
	}
	reasons := map[string]error{"ErrShort": scale.ErrShort, "ErrTrailing": scale.ErrTrailing, "ErrVariant": scale.ErrVariant, "ErrCompact": scale.ErrCompact, "ErrRange": scale.ErrRange, "ErrBool": scale.ErrBool}
	for _, c := range file.Rejects {
		if _, err := runtime.Pallets().DecodeCall(c.Call); reasons[c.Want] == nil || !errors.Is(err, reasons[c.Want]) {
			t.Errorf("%s: %v, want %s", c.Name, err, c.Want)
		}
	}
	if got := runtime.Metadata(runtime.BABE{}, runtime.Version()).Encode(metadata.V14); !bytes.HasPrefix(got, file.MetadataPrefix) {
		t.Errorf("metadata begins with %x, want %x", got[:5], []byte(file.MetadataPrefix))
	}
}
