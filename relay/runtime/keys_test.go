package runtime_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/relay/pallet/babe"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/xcmp/dmp"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
)

// TestVectorsStorageKeys compares the keys that parachains read by proof with
// those of the reference implementation.
func TestVectorsStorageKeys(t *testing.T) {
	text, err := os.ReadFile("../primitives/testdata/vectors/primitives.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct{ Type, Name, Hex string }
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	ours := map[string][]byte{
		"Babe.EpochIndex":                     []byte(babe.EpochIndex.Key),
		"Babe.CurrentSlot":                    []byte(babe.CurrentSlot.Key),
		"Babe.AuthorVrfRandomness":            []byte(babe.AuthorVrfRandomness.Key),
		"Babe.NextRandomness":                 []byte(babe.NextRandomness.Key),
		"Babe.Randomness":                     []byte(babe.Randomness.Key),
		"Configuration.ActiveConfig":          []byte(configuration.ActiveConfig.Key),
		"Paras.Heads(2000)":                   paras.Heads.Key(2000),
		"Dmp.DownwardMessageQueueHeads(2000)": dmp.DownwardMessageQueueHeads.Key(2000),
		"Hrmp.HrmpChannels(1, 2)":             hrmp.HrmpChannels.Key(primitives.HRMPChannelID{Sender: 1, Recipient: 2}),
		"Hrmp.HrmpIngressChannelsIndex(2000)": hrmp.HrmpIngressChannelsIndex.Key(2000),
		"Hrmp.HrmpEgressChannelsIndex(2000)":  hrmp.HrmpEgressChannelsIndex.Key(2000),
	}
	found := 0
	for _, c := range file.Cases {
		if c.Type != "storage key" {
			continue
		}
		found++
		if got := hex.EncodeToString(ours[c.Name]); got != c.Hex {
			t.Errorf("%s is at %s, want %s", c.Name, got, c.Hex)
		}
	}
	if found != len(ours) {
		t.Errorf("%d keys in the file, %d here", found, len(ours))
	}
}
