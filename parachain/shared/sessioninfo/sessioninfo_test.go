package sessioninfo_test

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/rampart-chain/rampart/npos/session"
	"github.com/rampart-chain/rampart/parachain/shared"
	"github.com/rampart-chain/rampart/parachain/shared/sessioninfo"
	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
)

func key(b byte) (k primitives.SR25519Public) {
	for i := range k {
		k[i] = b
	}
	return k
}

// The third and the first of three validators are active, as in the vector.
func TestVectors(t *testing.T) {
	raw, err := os.ReadFile("testdata/vectors/session.json")
	if err != nil {
		t.Fatal(err)
	}
	var vector struct{ Encoded string }
	if err := json.Unmarshal(raw, &vector); err != nil {
		t.Fatal(err)
	}
	s := frame.NewState(frame.Memory{})
	shared.ActiveValidatorIndices.Put(s, []primitives.ValidatorIndex{2, 0})
	sessioninfo.BeginSession(s, sessioninfo.Begun{
		Index: 9, Seed: key(1), Groups: [][]primitives.ValidatorIndex{{0}, {1}}, Cores: 2,
		Validators: []session.Validator{
			{Account: primitives.AccountID{10}, Keys: session.Keys{ParaValidator: key(3), AuthorityDiscovery: key(5), ParaAssignment: key(8)}},
			{Account: primitives.AccountID{11}, Keys: session.Keys{ParaValidator: key(99), AuthorityDiscovery: key(6), ParaAssignment: key(99)}},
			{Account: primitives.AccountID{12}, Keys: session.Keys{ParaValidator: key(2), AuthorityDiscovery: key(4), ParaAssignment: key(7)}},
		},
		Config: configuration.HostConfiguration{DisputePeriod: 6, ZerothDelayTrancheWidth: 3, RelayVrfModuloSamples: 4, NDelayTranches: 5, NoShowSlots: 6, NeededApprovals: 7},
	})
	info := sessioninfo.Sessions.Get(s, 9)
	if got := "0x" + hex.EncodeToString(info.AppendSCALE(nil)); got != vector.Encoded {
		t.Errorf("got  %s\nwant %s", got, vector.Encoded)
	}
	if got := sessioninfo.AccountKeys.Get(s, 9); len(got) != 2 || got[0][0] != 12 || got[1][0] != 10 {
		t.Errorf("accounts: %v", got)
	}
}

func TestForgets(t *testing.T) {
	s := frame.NewState(frame.Memory{})
	for index := range primitives.SessionIndex(10) {
		sessioninfo.BeginSession(s, sessioninfo.Begun{Index: index, Config: configuration.HostConfiguration{DisputePeriod: 3}})
		for known := range index + 1 {
			want := index-known <= 3
			if sessioninfo.Sessions.Has(s, known) != want || sessioninfo.AccountKeys.Has(s, known) != want {
				t.Errorf("session %d in session %d: want known %v", known, index, want)
			}
		}
		if got := sessioninfo.EarliestStoredSession.Get(s); got != max(index, 3)-3 {
			t.Errorf("earliest in session %d: %d", index, got)
		}
	}
}
