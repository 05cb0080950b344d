package wire_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/rpc/wire"
)

// FuzzBytes: what bytes and hashes are read from is either refused or means what is
// written.
func FuzzBytes(f *testing.F) {
	for _, text := range []string{`"0x00ff"`, `"fF"`, `""`, `"0x"`, `"0x0"`, `"0X11"`, `null`, `7`, `[]`, `{}`, `"\u0030"`,
		`"0x0000000000000000000000000000000000000000000000000000000000000001"`, `"0000000000000000000000000000000000000000000000000000000000000001"`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if !json.Valid(text) {
			return // the server refused it
		}
		var b wire.Bytes
		bad := b.UnmarshalJSON(text)
		if bad == nil {
			written, err := json.Marshal(b)
			if err != nil {
				t.Fatal(err)
			}
			digits, _ := wire.Digits(text)
			if again, _ := wire.Digits(written); !bytes.Equal(again, bytes.ToLower(digits)) || !bytes.HasPrefix(written, []byte(`"0x`)) {
				t.Errorf("%q is %s", text, written)
			}
		}
		var h wire.Hash
		if err := h.UnmarshalJSON(text); (err == nil) != (bad == nil && len(b) == len(h)) {
			t.Errorf("%q is %x, and as a hash %v", text, b, err)
		} else if err == nil && primitives.Hash(h).String() != b.String() {
			t.Errorf("%q is %x, and as a hash %x", text, b, h)
		}
	})
}

// FuzzUnwrap: an extrinsic is its length and nothing after it.
func FuzzUnwrap(f *testing.F) {
	for _, x := range [][]byte{{}, {0}, {4, 1}, {4, 1, 2}, {8, 1}, {1, 1, 0}, {3, 0xff, 0xff, 0xff, 0xff}} {
		f.Add(x)
	}
	f.Fuzz(func(t *testing.T, x []byte) {
		inner, err := wire.Unwrap(x)
		if err == nil && !bytes.Equal(wire.Wrap(inner), x) {
			t.Errorf("%x is %x, and %x again", x, inner, wire.Wrap(inner))
		}
	})
}

// TestBytes: the forms that are taken and that are written.
func TestBytes(t *testing.T) {
	for text, want := range map[string]string{`"0x00ff"`: "0x00ff", `"fF"`: "0xff", `""`: "0x", `"0x"`: "0x", `"0x0"`: "", `"0X11"`: "", `null`: "", `7`: "", `"\u0030x"`: ""} {
		var b wire.Bytes
		err := b.UnmarshalJSON([]byte(text))
		if err == nil && b.String() != want || err != nil && want != "" {
			t.Errorf("%s is %s, %v, want %q", text, b, err, want)
		}
	}
	if text, err := json.Marshal([]*wire.Bytes{wire.Optional(nil), wire.Optional([]byte{}), wire.Optional([]byte{1})}); err != nil || string(text) != `[null,"0x","0x01"]` {
		t.Errorf("optional are %s, %v", text, err)
	}
}
