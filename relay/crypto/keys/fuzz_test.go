//go:build !wasip1

package keys_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/relay/crypto/keys"
)

// grammar is the regular expression that sp-core documents for secret URIs.
var grammar = regexp.MustCompile(`^([a-zA-Z0-9 ]+)?((?://?[^/]+)*)(?:///(.*))?$`)

var junction = regexp.MustCompile(`/(/?[^/]+)`)

// ParseURI never panics and agrees with the documented grammar.
func FuzzParseURI(f *testing.F) {
	rust := load[rustFile](f, "uri.json")
	for _, v := range rust.Good {
		f.Add(v.URI)
	}
	for _, v := range rust.Bad {
		f.Add(v.URI)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.ToValidUTF8(s, "") != s || len(s) > keys.MaxURI {
			if _, err := keys.ParseURI(s); err == nil {
				t.Errorf("%q accepted", s)
			}
			return
		}
		u, err := keys.ParseURI(s)
		m := grammar.FindStringSubmatch(s)
		if (m != nil) != (err == nil) {
			t.Fatalf("%q: got %v, the grammar says %v", s, err, m != nil)
		}
		if m == nil {
			return
		}
		names := junction.FindAllStringSubmatch(m[2], -1)
		if m[1] != "" && u.Phrase != m[1] || m[1] == "" && u.Phrase != keys.DevPhrase || u.Password != m[3] || len(u.Junctions) != len(names) {
			t.Fatalf("%q: got %q, %q, %d junctions want %q", s, u.Phrase, u.Password, len(u.Junctions), m)
		}
		for i, n := range names {
			name, hard := strings.CutPrefix(n[1], "/")
			if want := keys.NewJunction(name, hard); u.Junctions[i] != want {
				t.Errorf("%q junction %d: got %v want %v", s, i, u.Junctions[i], want)
			}
		}
	})
}

// Entropy never panics, and what it accepts is a phrase that NewPhrase writes.
func FuzzEntropy(f *testing.F) {
	f.Add(keys.DevPhrase)
	f.Add(strings.Repeat("abandon ", 11) + "about")
	f.Fuzz(func(t *testing.T, s string) {
		entropy, err := keys.Entropy(s)
		if err != nil {
			return
		}
		want := strings.Join(strings.Fields(s), " ")
		if got, err := keys.NewPhrase(entropy); err != nil || got != want {
			t.Errorf("got %q, %v want %q", got, err, want)
		}
	})
}
