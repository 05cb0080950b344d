package spec_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/spec"
)

// FuzzParse reads any text as a chain spec: what is one can be written and read
// again, and builds, or says why not.
func FuzzParse(f *testing.F) {
	s, err := spec.Preset("dev", spec.Options{Paras: []spec.Para{{ID: 7, Head: "0x01", Code: "0x0061736d0100000000"}}})
	if err != nil {
		f.Fatal(err)
	}
	text, err := s.JSON()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(strings.Replace(string(text), `"config"`, `"patch"`, 1)))
	f.Add([]byte(`{"genesis":{"runtimeGenesis":{"patch":{"paras":{"paras":[[7,["0x01","0x00",true]]]},"hrmp":{"preopenHrmpChannels":[[1,2,3,4]]}}}}}`))
	if s, err = s.Raw(); err != nil {
		f.Fatal(err)
	}
	if text, err = s.JSON(); err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"genesis":{"runtimeGenesis":{"config":{"networkId":"0x","session":{"keys":[["a","a",{}]]}}}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := spec.Parse(text)
		if err != nil {
			return
		}
		written, err := s.JSON()
		if err != nil {
			t.Fatalf("%s cannot be written: %v", text, err)
		}
		again, err := spec.Parse(written)
		if err != nil {
			t.Fatalf("%s was written as %s, which is not read: %v", text, written, err)
		}
		one, err := s.Build()
		two, err2 := again.Build()
		if (err == nil) != (err2 == nil) || one.Header.Hash() != two.Header.Hash() {
			t.Fatalf("%s builds %s (%v), after the file %s (%v)", text, one.Header.Hash(), err, two.Header.Hash(), err2)
		}
	})
}

// FuzzReadPara reads any text as the chain spec of a parachain: what is one can be
// written and read again, and builds the same, or says why not.
func FuzzReadPara(f *testing.F) {
	s, err := spec.CoinSpec(2000, 2, []primitives.ParaID{2001})
	if err != nil {
		f.Fatal(err)
	}
	text, err := s.JSON()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"runtime":"coin","genesis":{"runtimeGenesis":{"config":{"balances":{"balances":[["a",1]]}}}}}`))
	if s, err = s.Raw(); err != nil {
		f.Fatal(err)
	}
	if text, err = s.JSON(); err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	path := filepath.Join(f.TempDir(), "spec")
	read := func(t *testing.T, text []byte) (spec.ParaSpec, error) {
		t.Helper()
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return spec.ReadPara(path)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := read(t, text)
		if err != nil {
			return
		}
		written, err := s.JSON()
		if err != nil {
			t.Fatalf("%s cannot be written: %v", text, err)
		}
		again, err := read(t, written)
		if err != nil {
			t.Fatalf("%s was written as %s, which is not read: %v", text, written, err)
		}
		one, err := s.Build()
		two, err2 := again.Build()
		if (err == nil) != (err2 == nil) || err == nil && one.Header.Hash() != two.Header.Hash() {
			t.Fatalf("%s builds another block 0 after the file: %v, %v", text, err, err2)
		}
	})
}
