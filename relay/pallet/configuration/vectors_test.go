package configuration_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/scale"
)

// hexText is bytes in hexadecimal.
type hexText []byte

func (h *hexText) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

// TestVectorsHost decodes configurations that the types of polkadot-primitives
// encode, and refuses what is no configuration here.
func TestVectorsHost(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors/host.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			Name          string
			Hex, Abridged hexText
		}
		Rejects []struct {
			Name, Want string
			Hex        hexText
		}
	}
	if err := json.Unmarshal(text, &file); err != nil || len(file.Cases) != 2 || len(file.Rejects) == 0 {
		t.Fatalf("%d cases, %d rejects, %v", len(file.Cases), len(file.Rejects), err)
	}
	for _, c := range file.Cases {
		var config configuration.HostConfiguration
		if err := scale.Unmarshal(c.Hex, &config); err != nil || !bytes.Equal(scale.Marshal(config), c.Hex) {
			t.Errorf("%s: %v", c.Name, err)
		}
		if !bytes.HasPrefix(c.Hex, c.Abridged) || len(c.Abridged) != 44 {
			t.Errorf("%s does not begin with what parachains read", c.Name)
		}
		full := c.Name == "full"
		if (config.MaxValidators != nil) != full || (config.SchedulerParams.MaxValidatorsPerCore != nil) != full || (len(config.ExecutorParams) == 2) != full || (config.NodeFeatures.Len() == 5) != full {
			t.Errorf("%s: %+v", c.Name, config)
		}
		if s := config.SchedulerParams; config.MaxPovSize != 10<<20 || config.MinimumBackingVotes != 2 || s.NumCores != 80 || s.OnDemandFeeVariability != 30_000_000 || s.Ttl != 5 {
			t.Errorf("%s: %+v", c.Name, config)
		}
	}
	reasons := map[string]error{"ErrShort": scale.ErrShort, "ErrTrailing": scale.ErrTrailing, "ErrVariant": scale.ErrVariant, "ErrOption": scale.ErrOption, "ErrCompact": scale.ErrCompact, "ErrPadding": scale.ErrPadding}
	for _, c := range file.Rejects {
		var config configuration.HostConfiguration
		if err := scale.Unmarshal(c.Hex, &config); reasons[c.Want] == nil || !errors.Is(err, reasons[c.Want]) {
			t.Errorf("%s: %v, want %s", c.Name, err, c.Want)
		}
	}
}
