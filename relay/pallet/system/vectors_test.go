package system_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"testing"

	"github.com/rampart-chain/rampart/relay/pallet/system"
	"github.com/rampart-chain/rampart/relay/scale"
)

// TestVectorsVersion compares with RuntimeVersion of sp-version.
func TestVectorsVersion(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors/version.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cases []struct {
			Name, Hex string
			APIs      []struct {
				ID      string
				Version uint32
			}
			System uint8
		}
		Rejects []struct{ Name, Hex, Want string }
	}
	if err := json.Unmarshal(text, &file); err != nil || len(file.Cases) == 0 || len(file.Rejects) == 0 {
		t.Fatalf("%d cases, %d rejects, %v", len(file.Cases), len(file.Rejects), err)
	}
	unhex := func(s string) []byte {
		raw, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	for _, c := range file.Cases {
		want := system.RuntimeVersion{SpecName: "rampart", ImplName: "rampart-go", AuthoringVersion: 1, SpecVersion: 7, ImplVersion: 2, TransactionVersion: 3, SystemVersion: c.System}
		for _, api := range c.APIs {
			want.APIs = append(want.APIs, system.RuntimeAPI{ID: [8]byte(unhex(api.ID)), Version: api.Version})
		}
		if got := scale.Marshal(want); !bytes.Equal(got, unhex(c.Hex)) {
			t.Errorf("%s is %x, want %s", c.Name, got, c.Hex)
		}
		var got system.RuntimeVersion
		if err := scale.Unmarshal(unhex(c.Hex), &got); err != nil || !bytes.Equal(scale.Marshal(got), unhex(c.Hex)) {
			t.Errorf("%s: %+v (%v)", c.Name, got, err)
		}
	}
	reasons := map[string]error{"ErrShort": scale.ErrShort, "ErrTrailing": scale.ErrTrailing, "ErrUTF8": scale.ErrUTF8, "ErrCompact": scale.ErrCompact}
	for _, c := range file.Rejects {
		var v system.RuntimeVersion
		if err := scale.Unmarshal(unhex(c.Hex), &v); reasons[c.Want] == nil || !errors.Is(err, reasons[c.Want]) {
			t.Errorf("%s: %v, want %s", c.Name, err, c.Want)
		}
	}
}
