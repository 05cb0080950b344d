package frame_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"strconv"
	"testing"

	"github.com/rampart-chain/rampart/relay/frame"
	"github.com/rampart-chain/rampart/relay/scale"
)

// TestVectorsDispatch compares with DispatchError of sp-runtime and Weight of
// sp-weights.
func TestVectorsDispatch(t *testing.T) {
	text, err := os.ReadFile("testdata/vectors/dispatch.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Errors  []struct{ Name, Hex string }
		Rejects []struct{ Name, Hex, Want string }
		Weights []struct{ Time, Proof, Hex string }
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	unhex := func(s string) []byte {
		raw, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	values := map[string]frame.DispatchError{
		"other": frame.OtherError{}, "cannot look up": frame.CannotLookup{}, "bad origin": frame.BadOrigin{}, "module": frame.ModuleError{Index: 5, Code: [4]byte{2}},
		"consumer remaining": frame.ConsumerRemaining{}, "no providers": frame.NoProviders{}, "exhausted": frame.Exhausted{},
		"token 0": frame.Token{Reason: frame.FundsUnavailable}, "token 1": frame.Token{Reason: frame.OnlyProvider}, "token 2": frame.Token{Reason: frame.BelowMinimum},
		"token 3": frame.Token{Reason: frame.CannotCreate}, "token 4": frame.Token{Reason: frame.UnknownAsset}, "token 5": frame.Token{Reason: frame.Frozen},
		"arithmetic 0": frame.Arithmetic{Reason: frame.Underflow}, "arithmetic 1": frame.Arithmetic{Reason: frame.Overflow}, "arithmetic 2": frame.Arithmetic{Reason: frame.DivisionByZero},
	}
	if len(file.Errors) != len(values) {
		t.Errorf("%d errors in the file, %d here", len(file.Errors), len(values))
	}
	for _, c := range file.Errors {
		raw := unhex(c.Hex)
		d := scale.NewDecoder(raw)
		got := frame.DecodeDispatchError(d)
		if err := d.Finish(); err != nil || got != values[c.Name] || !bytes.Equal(frame.AppendDispatchError(nil, got), raw) {
			t.Errorf("%s: %#v (%v), want %#v", c.Name, got, err, values[c.Name])
		}
	}
	reasons := map[string]error{"ErrShort": scale.ErrShort, "ErrTrailing": scale.ErrTrailing, "ErrVariant": scale.ErrVariant}
	for _, c := range file.Rejects {
		d := scale.NewDecoder(unhex(c.Hex))
		frame.DecodeDispatchError(d)
		if err := d.Finish(); reasons[c.Want] == nil || !errors.Is(err, reasons[c.Want]) {
			t.Errorf("%s: %v, want %s", c.Name, err, c.Want)
		}
	}
	for _, c := range file.Weights {
		time, errTime := strconv.ParseUint(c.Time, 10, 64)
		proof, errProof := strconv.ParseUint(c.Proof, 10, 64)
		if got := scale.Marshal(frame.Weight{RefTime: time, ProofSize: proof}); errTime != nil || errProof != nil || !bytes.Equal(got, unhex(c.Hex)) {
			t.Errorf("weight %s, %s is %x, want %s", c.Time, c.Proof, got, c.Hex)
		}
	}
	if len(file.Rejects) == 0 || len(file.Weights) == 0 {
		t.Error("no vectors")
	}
}
