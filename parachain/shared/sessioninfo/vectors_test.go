package sessioninfo_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/rampart-chain/rampart/parachain/shared/sessioninfo"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// TestVectorsSessionInfo decodes what polkadot-primitives encoded, and refuses what
// it refuses.
func TestVectorsSessionInfo(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors/sessioninfo.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases   []struct{ Name, Hex, Blake2b256 string }
		Rejects []struct{ Name, Hex, Want string }
	}
	if err := json.Unmarshal(text, &file); err != nil || len(file.Cases) == 0 || len(file.Rejects) == 0 {
		t.Fatalf("%d cases, %d rejects, %v", len(file.Cases), len(file.Rejects), err)
	}
	decode := func(text string) (info sessioninfo.SessionInfo, err error) {
		raw, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return info, scale.Unmarshal(raw, &info)
	}
	for n, c := range file.Cases {
		info, err := decode(c.Hex)
		if got := hex.EncodeToString(scale.Marshal(info)); err != nil || got != c.Hex {
			t.Errorf("%s: %s (%v)", c.Name, got, err)
		}
		if got := primitives.Blake2b256(scale.Marshal(info)); got.String() != "0x"+c.Blake2b256 {
			t.Errorf("%s: hash %s, want %s", c.Name, got, c.Blake2b256)
		}
		if count := []int{0, 1, 3}[n]; len(info.Validators) != count || len(info.DiscoveryKeys) != count+1 || len(info.ValidatorGroups) != count || info.NeededApprovals != 7 || info.NCores != 2 {
			t.Errorf("%s: %+v", c.Name, info)
		}
	}
	reasons := map[string]error{"ErrShort": scale.ErrShort, "ErrTrailing": scale.ErrTrailing, "ErrCompact": scale.ErrCompact, "ErrLength": scale.ErrLength}
	for _, c := range file.Rejects {
		if _, err := decode(c.Hex); reasons[c.Want] == nil || !errors.Is(err, reasons[c.Want]) {
			t.Errorf("%s: %v, want %s", c.Name, err, c.Want)
		}
	}
}
