package legacy

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// FuzzParams: what parameters are read from is either refused or means what is
// written.
func FuzzParams(f *testing.F) {
	for _, text := range []string{`"0x00ff"`, `"ff"`, `""`, `"0x"`, `"0x0"`, `"0X1"`, `null`, `7`, `-7`, `1e3`, `4294967296`, `"0x100000000"`, `[1,"0x2"]`, `[]`, `[[]]`, `{}`, `"\u0030"`,
		`"0x0000000000000000000000000000000000000000000000000000000000000001"`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if !json.Valid(text) {
			return // the server refused it
		}
		var b blob
		if json.Unmarshal(text, &b) == nil && b != nil {
			written, err := json.Marshal(b)
			if err != nil {
				t.Fatal(err)
			}
			var again blob
			if err := json.Unmarshal(written, &again); err != nil || !bytes.Equal(again, b) || len(b) > len(text)/2 {
				t.Errorf("%q is %x, and %x again, %v", text, b, again, err)
			}
		}
		var h hash
		if json.Unmarshal(text, &h) == nil && h != (hash{}) {
			var again hash
			if err := json.Unmarshal([]byte(`"`+primitives.Hash(h).String()+`"`), &again); err != nil || again != h {
				t.Errorf("%q is %x, and %x again, %v", text, h, again, err)
			}
		}
		var n numbers
		if json.Unmarshal(text, &n) == nil && (len(n.list) > len(text) || n.isOne && len(n.list) != 1) {
			t.Errorf("%q is %d numbers", text, len(n.list))
		}
	})
}

// FuzzUnwrap: an extrinsic is its length and nothing after it.
func FuzzUnwrap(f *testing.F) {
	for _, x := range [][]byte{{}, {0}, {4, 1}, {4, 1, 2}, {8, 1}, {1, 1, 0}, {3, 0xff, 0xff, 0xff, 0xff}} {
		f.Add(x)
	}
	f.Fuzz(func(t *testing.T, x []byte) {
		inner, err := unwrap(x)
		if err == nil && !bytes.Equal(wrap(inner), x) {
			t.Errorf("%x is %x, and %x again", x, inner, wrap(inner))
		}
	})
}
