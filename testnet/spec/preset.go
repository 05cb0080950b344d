package spec

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/rampart-chain/rampart/relay/crypto/keys"
	"github.com/rampart-chain/rampart/relay/crypto/ss58"
	"github.com/rampart-chain/rampart/relay/primitives"
)

// Options change a preset. The zero value changes nothing.
type Options struct {
	// Validators is how many validators the chain starts with; 0 means the
	// preset's number.
	Validators int
	// SlotDuration is how long a slot is, in milliseconds; 0 means the
	// preset's. Epochs keep their number of slots.
	SlotDuration uint64
	// Paras are there from the start, each with a core of its own, and with an
	// open channel to every other.
	Paras []Para
	// NetworkID makes the chain differ from others of the same preset.
	NetworkID primitives.Hash
}

// MaxValidators bounds Options.Validators.
const MaxValidators = 1000

// preset is a well-known network.
type preset struct {
	name, chainType string
	validators      int
	slotDuration    uint64
	epochDuration   uint64
	sudo            bool // the first validator's account holds the key
}

var presets = map[string]preset{
	"dev":          {"Rampart Development", "Development", 1, 1000, 30, true},
	"local":        {"Rampart Local Testnet", "Local", 4, 2000, 15, true},
	"fast":         {"Rampart Fast Testnet", "Local", 4, 1000, 6, true},
	"mainnet-like": {"Rampart Mainnet-like Testnet", "Local", 4, 6000, 2400, false},
}

// Presets returns the names of the presets.
func Presets() []string { return slices.Sorted(maps.Keys(presets)) }

// endowment is the first balance of development accounts: a million tokens.
const endowment = "1000000000000000000"

// names are those of the well-known development keys.
var names = []string{"Alice", "Bob", "Charlie", "Dave", "Eve", "Ferdie"}

// ValidatorName returns the name of development validator i: Alice, Bob, … and
// then Validator7, Validator8, ….
func ValidatorName(i int) string {
	if i < len(names) {
		return names[i]
	}
	return fmt.Sprintf("Validator%d", i+1)
}

// Preset returns the chain spec of the preset with the name.
func Preset(name string, o Options) (Spec, error) {
	p, ok := presets[name]
	if !ok {
		return Spec{}, fmt.Errorf("no preset %q: there are %s", name, strings.Join(Presets(), ", "))
	}
	if o.Validators == 0 {
		o.Validators = p.validators
	}
	if o.SlotDuration == 0 {
		o.SlotDuration = p.slotDuration
	}
	if o.Validators < 1 || o.Validators > MaxValidators {
		return Spec{}, fmt.Errorf("%d validators: must be 1 to %d", o.Validators, MaxValidators)
	}
	s := Spec{
		Name: p.name, ID: "rampart_" + strings.ReplaceAll(name, "-", "_"), ChainType: p.chainType, BootNodes: []string{}, ProtocolID: "rmp",
		Properties: Properties{TokenSymbol: "RMP", TokenDecimals: 12, SS58Format: ss58.Generic},
	}
	config := &s.Genesis.RuntimeGenesis.Config
	*config = parameters(p)
	config.NetworkID = o.NetworkID.String()
	config.BABE.SlotDuration = o.SlotDuration
	config.Paras = parasConfig(o.Paras)
	for i := range max(o.Validators, len(names)) {
		account, stash := "//"+ValidatorName(i), "//"+ValidatorName(i)+"//stash"
		for _, uri := range []string{account, stash} {
			text, err := sr25519Address(uri)
			if err != nil {
				return Spec{}, err
			}
			config.Balances.Balances = append(config.Balances.Balances, Endowment{Account: text, Amount: json.Number(endowment)})
		}
		if i >= o.Validators {
			continue
		}
		v, err := devValidator(account, stash)
		if err != nil {
			return Spec{}, err
		}
		config.Session.Keys = append(config.Session.Keys, v)
	}
	if p.sudo {
		config.Sudo = &SudoConfig{Key: &config.Balances.Balances[0].Account}
	}
	return s, nil
}

// parameters returns the configuration of a preset without anybody in it.
func parameters(p preset) Config {
	return Config{NetworkID: primitives.Hash{}.String(), BABE: BABEConfig{
		SlotDuration: p.slotDuration, EpochDuration: p.epochDuration, C: [2]uint64{1, 4}, AllowedSlots: "PrimaryAndSecondaryVRFSlots",
	}}
}

// Bounds of the channels between the paras of a preset.
const (
	channelCapacity = 100
	channelSize     = 10 << 10
)

// parasConfig gives each para a core and a channel to every other.
func parasConfig(paras []Para) ParasConfig {
	c := ParasConfig{Paras: append([]Para{}, paras...), Cores: [][]primitives.ParaID{}, HRMP: []Channel{}}
	for _, from := range paras {
		c.Cores = append(c.Cores, []primitives.ParaID{from.ID})
		for _, to := range paras {
			if from.ID != to.ID {
				c.HRMP = append(c.HRMP, Channel{From: from.ID, To: to.ID, Capacity: channelCapacity, Size: channelSize})
			}
		}
	}
	return c
}

// devValidator returns the validator whose session keys are all derived from
// uri.
func devValidator(uri, stash string) (Validator, error) {
	account, err := sr25519Address(stash)
	if err != nil {
		return Validator{}, err
	}
	session, err := sr25519Address(uri)
	if err != nil {
		return Validator{}, err
	}
	key, err := keys.Ed25519(uri)
	if err != nil {
		return Validator{}, err
	}
	grandpa, err := ss58.Encode(key.Public(), ss58.Generic)
	if err != nil {
		return Validator{}, err
	}
	return Validator{Account: account, Keys: ValidatorKeys{
		GRANDPA: grandpa, BABE: session, ParaValidator: session, ParaAssignment: session, AuthorityDiscovery: session,
	}}, nil
}

func sr25519Address(uri string) (string, error) {
	key, err := keys.Sr25519(uri)
	if err != nil {
		return "", err
	}
	return ss58.Encode(key.Public(), ss58.Generic)
}
