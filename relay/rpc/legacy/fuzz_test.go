package legacy

import (
	"encoding/json"
	"testing"
)

// FuzzNumbers: a number or a list of them is no longer than what is written.
func FuzzNumbers(f *testing.F) {
	for _, text := range []string{`"0x00ff"`, `"ff"`, `""`, `"0x"`, `"0x0"`, `"0X1"`, `null`, `7`, `-7`, `1e3`, `4294967296`, `"0x100000000"`, `[1,"0x2"]`, `[]`, `[[]]`, `{}`, `"\u0030"`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if !json.Valid(text) {
			return // the server refused it
		}
		var n numbers
		if json.Unmarshal(text, &n) == nil && (len(n.list) > len(text) || n.isOne && len(n.list) != 1) {
			t.Errorf("%q is %d numbers", text, len(n.list))
		}
	})
}
