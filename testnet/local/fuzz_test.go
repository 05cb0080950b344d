package local

import "testing"

// FuzzParseUntil reads any text as conditions.
func FuzzParseUntil(f *testing.F) {
	for _, text := range []string{"", "finalized=20,included=5,delivered=1", "finalized=0", "a=1", ",", "finalized=99999999999"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if u, err := ParseUntil(text); err == nil && u.IsZero() != (text == "") {
			t.Errorf("%q is read as %+v", text, u)
		}
	})
}
