package configuration_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// compare checks that the fields of v, in their order, are those of want.
func compare(t *testing.T, v reflect.Value, want map[string]any) {
	t.Helper()
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		key := strings.ToLower(name[:1]) + name[1:]
		expected, ok := want[key]
		if !ok {
			t.Errorf("field %s is not in the vector", name)
			continue
		}
		switch field := v.Field(i).Interface().(type) {
		case configuration.AsyncBackingParams, configuration.ApprovalVotingParams, configuration.SchedulerParams:
			compare(t, v.Field(i), expected.(map[string]any))
		case primitives.Balance:
			if field != primitives.NewBalance(uint64(expected.(float64))) {
				t.Errorf("%s: got %s want %v", name, field, expected)
			}
		case *uint32:
			if field == nil || float64(*field) != expected {
				t.Errorf("%s: got %v want %v", name, field, expected)
			}
		case []configuration.ExecutorParam, scale.BitVec:
		default:
			if float64(v.Field(i).Uint()) != expected {
				t.Errorf("%s: got %v want %v", name, field, expected)
			}
		}
	}
	if v.NumField() != len(want) {
		t.Errorf("%d fields, %d in the vector", v.NumField(), len(want))
	}
}

func TestVectors(t *testing.T) {
	raw, err := os.ReadFile("testdata/vectors/configuration.json")
	if err != nil {
		t.Fatal(err)
	}
	var vector struct {
		Values  map[string]any
		Encoded string
	}
	if err := json.Unmarshal(raw, &vector); err != nil {
		t.Fatal(err)
	}
	encoded, err := hex.DecodeString(strings.TrimPrefix(vector.Encoded, "0x"))
	if err != nil {
		t.Fatal(err)
	}
	var config configuration.HostConfiguration
	if err := scale.Unmarshal(encoded, &config); err != nil {
		t.Fatal(err)
	}
	compare(t, reflect.ValueOf(config), vector.Values)
	params := config.ExecutorParams
	if len(params) != 2 || params[0] != (configuration.MaxMemoryPages{Pages: 21}) || params[1] != (configuration.StackLogicalMax{Values: 22}) {
		t.Errorf("executor params: %v", params)
	}
	if got := config.AppendSCALE(nil); string(got) != string(encoded) {
		t.Errorf("encoded again: %x", got)
	}
	for n := range len(encoded) {
		if scale.Unmarshal(encoded[:n], &config) == nil {
			t.Fatalf("%d of %d bytes decode", n, len(encoded))
		}
	}
}

// Parachains find the configuration at this key.
//
// Source: polkadot-sdk primitives/src/v8, well_known_keys::ACTIVE_CONFIG.
func TestKey(t *testing.T) {
	const want = "06de3d8a54d27e44a9d5ce189618f22db4b49d95320d9021994c850f25b8e385"
	if got := hex.EncodeToString([]byte(configuration.ActiveConfig.Key)); got != want {
		t.Errorf("got %s want %s", got, want)
	}
}

func TestCheck(t *testing.T) {
	for _, preset := range []configuration.HostConfiguration{configuration.Local(), configuration.Live()} {
		if err := preset.Check(); err != nil {
			t.Errorf("preset: %v", err)
		}
	}
	zero := uint32(0)
	for name, c := range map[string]struct {
		change func(*configuration.HostConfiguration)
		want   error
	}{
		"no rotation":      {func(c *configuration.HostConfiguration) { c.SchedulerParams.GroupRotationFrequency = 0 }, configuration.ErrZero},
		"no period":        {func(c *configuration.HostConfiguration) { c.SchedulerParams.ParasAvailabilityPeriod = 0 }, configuration.ErrZero},
		"no lookahead":     {func(c *configuration.HostConfiguration) { c.SchedulerParams.Lookahead = 0 }, configuration.ErrZero},
		"nobody backs":     {func(c *configuration.HostConfiguration) { c.MinimumBackingVotes = 0 }, configuration.ErrZero},
		"no validators":    {func(c *configuration.HostConfiguration) { c.MaxValidators = &zero }, configuration.ErrZero},
		"empty groups":     {func(c *configuration.HostConfiguration) { c.SchedulerParams.MaxValidatorsPerCore = &zero }, configuration.ErrZero},
		"no tranches":      {func(c *configuration.HostConfiguration) { c.NDelayTranches = 0 }, configuration.ErrZero},
		"code":             {func(c *configuration.HostConfiguration) { c.MaxCodeSize++ }, configuration.ErrCodeSize},
		"head":             {func(c *configuration.HostConfiguration) { c.MaxHeadDataSize = 1<<20 + 1 }, configuration.ErrHeadSize},
		"PoV":              {func(c *configuration.HostConfiguration) { c.MaxPovSize = 10<<20 + 1 }, configuration.ErrPovSize},
		"upward message":   {func(c *configuration.HostConfiguration) { c.MaxUpwardMessageSize = 128<<10 + 1 }, configuration.ErrMessageSize},
		"downward message": {func(c *configuration.HostConfiguration) { c.MaxDownwardMessageSize = 1<<20 + 1 }, configuration.ErrMessageSize},
		"HRMP message":     {func(c *configuration.HostConfiguration) { c.HrmpChannelMaxMessageSize = 1<<20 + 1 }, configuration.ErrMessageSize},
		"channels":         {func(c *configuration.HostConfiguration) { c.HrmpMaxParachainInboundChannels = 129 }, configuration.ErrChannels},
		"upgrade":          {func(c *configuration.HostConfiguration) { c.MinimumValidationUpgradeDelay = 4 }, configuration.ErrUpgradeDelay},
		"cores":            {func(c *configuration.HostConfiguration) { c.SchedulerParams.NumCores = 257 }, configuration.ErrCores},
		"share":            {func(c *configuration.HostConfiguration) { c.SchedulerParams.OnDemandFeeVariability = 1e9 + 1 }, configuration.ErrOnDemandShare},
		"ancestry":         {func(c *configuration.HostConfiguration) { c.AsyncBackingParams.AllowedAncestryLen = 65 }, configuration.ErrAncestry},
	} {
		config := configuration.Local()
		c.change(&config)
		if err := config.Check(); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v want %v", name, err, c.want)
		}
		if err := configuration.Genesis(frame.NewState(frame.Memory{}), config); !errors.Is(err, c.want) {
			t.Errorf("%s: genesis: got %v want %v", name, err, c.want)
		}
	}
}

// A change waits two sessions; changes of one session are one; a bad one leaves
// no trace.
func TestSchedule(t *testing.T) {
	s := frame.NewState(frame.Memory{})
	if err := configuration.Genesis(s, configuration.Local()); err != nil {
		t.Fatal(err)
	}
	schedule := func(present primitives.SessionIndex, pov uint32, votes uint32) {
		t.Helper()
		err := configuration.Schedule(s, present, func(c *configuration.HostConfiguration) {
			c.MaxPovSize = pov
			if votes > 0 {
				c.MinimumBackingVotes = votes
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	schedule(5, 1, 3)
	schedule(5, 2, 0)
	schedule(6, 3, 0)
	if err := configuration.Schedule(s, 6, func(c *configuration.HostConfiguration) { c.MaxPovSize = 0 }); !errors.Is(err, configuration.ErrZero) {
		t.Errorf("got %v", err)
	}
	if got := configuration.BeginSession(s, 6); got.MaxPovSize != 5<<20 || got.MinimumBackingVotes != 2 {
		t.Errorf("session 6: %d, %d", got.MaxPovSize, got.MinimumBackingVotes)
	}
	if got := configuration.BeginSession(s, 7); got.MaxPovSize != 2 || got.MinimumBackingVotes != 3 {
		t.Errorf("session 7: %d, %d", got.MaxPovSize, got.MinimumBackingVotes)
	}
	if got := configuration.BeginSession(s, 8); got.MaxPovSize != 3 || got.MinimumBackingVotes != 3 || len(configuration.PendingConfigs.Get(s)) != 0 {
		t.Errorf("session 8: %d, %d", got.MaxPovSize, got.MinimumBackingVotes)
	}
	if configuration.ActiveConfig.Get(s).MaxPovSize != 3 {
		t.Error("not in force")
	}
}
