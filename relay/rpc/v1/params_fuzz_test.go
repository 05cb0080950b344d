package v1

import (
	"encoding/hex"
	"encoding/json"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// FuzzData: what is taken is "" or 0x and digits, and shows again as the same bytes.
func FuzzData(f *testing.F) {
	for _, seed := range []string{`""`, `"0x"`, `"0x00aB"`, `"0x0"`, `"00"`, `null`, `7`, `"0X00"`, `"\u0030x00"`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var d data
		if json.Unmarshal(text, &d) != nil || d == nil {
			return
		}
		var s string
		if err := json.Unmarshal(text, &s); err != nil {
			t.Fatalf("%s is no string", text)
		}
		if s == "" && len(d) == 0 {
			return
		}
		want, err := hex.DecodeString(s[2:])
		if err != nil || s[:2] != "0x" || string(want) != string(d) || len(encoded(d)) != len(s) {
			t.Errorf("%s is %x", text, d)
		}
	})
}

// FuzzHashes: one hash or a list of them, each of 32 bytes.
func FuzzHashes(f *testing.F) {
	h := primitives.Hash{1}.String()
	for _, seed := range []string{`"` + h + `"`, `["` + h + `"]`, `[]`, `[null]`, `["0x"]`, `{}`, `"0x"`, `null`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var l hashOrHashes
		if json.Unmarshal(text, &l) != nil {
			return
		}
		shown, err := json.Marshal(texts(l))
		if err != nil {
			t.Fatal(err)
		}
		var again hashOrHashes
		if err := json.Unmarshal(shown, &again); err != nil || len(again) != len(l) {
			t.Errorf("%s: %v", shown, err)
		}
	})
}

// FuzzQueries: queries that pass are of a known type, and have a key.
func FuzzQueries(f *testing.F) {
	for _, seed := range []string{
		`[{"key":"0x3a","type":"value"}]`, `[{"key":"","type":"descendantsHashes","paginationStartKey":"0x00"}]`, `[{"key":"0x","type":"x"}]`,
		`[{"key":"0x00","type":"hash","paginationStartKey":"0x00"}]`, `[{}]`, `[null]`, `{}`, `[{"key":"0x","returnType":"hash","childTrieKey":null}]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var l queryList
		if json.Unmarshal(text, &l) == nil && l.check(true) == nil {
			for _, q := range l {
				switch q.Type {
				case valueOf, hashOf, merkleOf, valuesBelow, hashesBelow:
				default:
					t.Errorf("type %q", q.Type)
				}
				if q.Key == nil || q.Start != nil && !q.Type.below() {
					t.Errorf("query %+v", q)
				}
			}
		}
		var d []diffQuery
		_ = json.Unmarshal(text, &d)
	})
}
