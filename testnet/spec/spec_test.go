package spec_test

import (
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/spec"
)

func TestPresetsBuildAndSurviveTheFile(t *testing.T) {
	for _, name := range spec.Presets() {
		t.Run(name, func(t *testing.T) {
			s, err := spec.Preset(name, spec.Options{})
			if err != nil {
				t.Fatal(err)
			}
			text, err := s.JSON()
			if err != nil {
				t.Fatal(err)
			}
			again, err := spec.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			one, err := s.Build()
			if err != nil {
				t.Fatal(err)
			}
			two, err := again.Build()
			if err != nil {
				t.Fatal(err)
			}
			if one.Header.Hash() != two.Header.Hash() {
				t.Errorf("genesis %s, after the file %s", one.Header.Hash(), two.Header.Hash())
			}
		})
	}
}

func TestNetworkIDMakesChainsDiffer(t *testing.T) {
	seen := map[primitives.Hash]bool{}
	for id := range byte(3) {
		s, err := spec.Preset("local", spec.Options{NetworkID: primitives.Hash{id}})
		if err != nil {
			t.Fatal(err)
		}
		g, err := s.Build()
		if err != nil {
			t.Fatal(err)
		}
		seen[g.Header.Hash()] = true
	}
	if len(seen) != 3 {
		t.Errorf("3 network ids gave %d genesis hashes", len(seen))
	}
}

func TestFaultsAreNamed(t *testing.T) {
	s, err := spec.Preset("local", spec.Options{})
	if err != nil {
		t.Fatal(err)
	}
	text, err := s.JSON()
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct{ old, new, want string }{
		"misspelt field": {`"protocolId"`, `"protocolID2"`, "protocolID2"},
		"address":        {`"grandpa": "5`, `"grandpa": "6`, "grandpa"},
		"amount":         {"1000000000000000000\n", "-1\n", "amount"},
		"network id":     {`"networkId": "0x00`, `"networkId": "0x`, "networkId"},
		"no network id":  {`"networkId": "0x0000000000000000000000000000000000000000000000000000000000000000"`, `"networkId": ""`, "networkId"},
		"misspelt key":   {`"para_validator"`, `"parachain_validator"`, "para_validator: address"},
		"text after it":  {"}\n", "}]", "after its end"},
		"para head":      {`"paras": []`, `"paras": [{"id": 7, "head": "7", "code": "0x"}]`, "paras[0]: head"},
		"para code":      {`"paras": []`, `"paras": [{"id": 7, "head": "0x00", "code": "0xq"}]`, "paras[0]: code"},
		"two accounts":   {`"balances": [`, `"balances": [["5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY", 1000000000000], `, "balance"},
		"half a pair":    {`"balances": [`, `"balances": [["5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"], `, "entries"},
		"slots":          {"PrimaryAndSecondaryVRFSlots", "Tertiary", "allowedSlots"},
		"slot duration":  {`"slotDuration": 2000`, `"slotDuration": 1`, "slot duration"},
	} {
		t.Run(name, func(t *testing.T) {
			broken := string(text)
			if i := strings.LastIndex(broken, test.old); i >= 0 {
				broken = broken[:i] + test.new + broken[i+len(test.old):]
			}
			if broken == string(text) {
				t.Fatalf("%q is not in the file", test.old)
			}
			s, err := spec.Parse([]byte(broken))
			if err == nil {
				_, err = s.Build()
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error that names %q", err, test.want)
			}
		})
	}
}
