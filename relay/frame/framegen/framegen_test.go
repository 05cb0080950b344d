package main

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var rewrite = flag.Bool("rewrite", false, "write the generated files of testdata anew")

// TestGolden generates the code of a pallet that uses everything. The files in
// testdata are what it must be; run with -rewrite to change them.
func TestGolden(t *testing.T) {
	const dir = "testdata/everything"
	m, err := openModule(dir)
	if err != nil {
		t.Fatal(err)
	}
	files, err := m.generate(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		if content == nil {
			t.Errorf("nothing to generate for %s", name)
			continue
		}
		path := filepath.Join(dir, name)
		if *rewrite {
			if err := os.WriteFile(path, content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil || !bytes.Equal(content, want) {
			t.Errorf("%s differs from what is generated (%v):\n%s", path, err, content)
		}
	}
}

// TestGoldenCompiles builds the golden code.
func TestGoldenCompiles(t *testing.T) {
	if testing.Short() {
		t.Skip("runs the Go tool")
	}
	if out, err := exec.Command("go", "vet", "./testdata/everything").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestFaultsAreNamed gives framegen packages with one fault each.
func TestFaultsAreNamed(t *testing.T) {
	const pallet = "// Package p is one.\n//\n//frame:pallet P\npackage p\n"
	for name, test := range map[string]struct{ source, want string }{
		"syntax":                     {"package p\ntype T struct {", "expected"},
		"unknown directive":          {"package p\n//frame:codecs\ntype T struct{}", "no such directive here"},
		"directive in the wrong doc": {"package p\n//frame:codec\nconst C uint8 = 1", "no such directive here"},
		"directive of nothing":       {"package p\n//frame:codec\n\ntype T struct{}", "belongs to no type"},
		"directive on a function":    {"package p\n//frame:call 1\nfunc f() {}", "belongs to no type"},
		"directive twice":            {"package p\n//frame:codec\n//frame:codec\ntype T struct{}", "a second one"},
		"path without one":           {"package p\n//frame:codec\n//frame:path\ntype T struct{}", "needs 1 words"},
		"call outside a pallet":      {"package p\n//frame:call 0 weight=1\ntype T struct{}", "no //frame:pallet"},
		"call without index":         {pallet + "//frame:call\ntype T struct{}", "needs 1 words"},
		"call without weight":        {pallet + "//frame:call 0\ntype T struct{}", "weight=N or measured is missing"},
		"measured call with weight":  {pallet + "//frame:call 0 weight=1 measured\ntype T struct{}", "or both are there"},
		"weight without sense":       {pallet + "//frame:call 0 weight=f(\ntype T struct{}", "found 'EOF'"},
		"weight with proof":          {pallet + "//frame:call 0 weight=f() proof=3\ntype T struct{}", "the weight has its proof"},
		"map of maps, one hasher":    {pallet + "//frame:storage\ntype T struct{ A map[uint8]map[uint8]uint8 `frame:\"identity\"` }", "needs two hashers"},
		"unknown word of a call":     {pallet + "//frame:call 0 weight=1 cheap\ntype T struct{}", "unknown word"},
		"index out of range":         {pallet + "//frame:event 256\ntype T struct{}", "not 0 to 255"},
		"index taken":                {pallet + "//frame:event 1\ntype T struct{}\n//frame:event 1\ntype U struct{}", "is taken"},
		"call that is no struct":     {pallet + "//frame:call 0 weight=1\ntype T uint8", "not a struct"},
		"storage that is no struct":  {pallet + "//frame:storage\ntype T []uint8", "not a struct"},
		"map without hasher":         {pallet + "//frame:storage\ntype T struct{ A map[uint8]uint8 }", "names not one hasher"},
		"unknown hasher":             {pallet + "//frame:storage\ntype T struct{ A map[uint8]uint8 `frame:\"sha1\"` }", "not a hasher"},
		"unknown scale tag":          {"package p\n//frame:codec\ntype T struct{ A []byte `scale:\"min=1\"` }", "not compact or max=N"},
		"compact text":               {"package p\n//frame:codec\ntype T struct{ A string `scale:\"compact\"` }", "cannot be compact"},
		"api without version":        {"package p\n//frame:api A\ntype T struct{ n int }\nfunc (T) F() {}", "needs 2 words"},
		"api with a bad version":     {"package p\n//frame:api A x\ntype T struct{ n int }\nfunc (T) F() {}", "is not a number"},
		"api that is no struct":      {"package p\n//frame:api A 1\ntype T uint8\nfunc (T) F() {}", "not a struct"},
		"api about nothing":          {"package p\n//frame:api A 1\ntype T struct{}\nfunc (T) F() {}", "a struct of one field"},
		"api without calls":          {"package p\n//frame:api A 1\ntype T struct{ n int }\nfunc (T) f() {}", "no exported methods"},
		"apis about two things":      {"package p\n//frame:api A 1\ntype T struct{ n int }\nfunc (T) F() {}\n//frame:api B 1\ntype U struct{ n uint }\nfunc (U) F() {}", "about the same type"},
		"api without an encoding":    {"package p\n//frame:api A 1\ntype T struct{ n int }\nfunc (T) F(x float64) {}", "no decoding"},
		"api of pointers":            {"package p\n//frame:api A 1\ntype T struct{ n int }\nfunc (*T) F() {}", "pointer as receiver"},
		"api twice":                  {"package p\n//frame:api A 1\ntype T struct{ n int }\nfunc (T) F() {}\n//frame:api A 2\ntype U struct{ n int }\nfunc (U) F() {}", "A_f is there twice"},
		"no encoding":                {"package p\n//frame:codec\ntype T struct{ A float64 }", "no encoding"},
		"type from elsewhere":        {"package p\nimport \"time\"\n//frame:codec\ntype T struct{ A time.Duration }", "no encoding"},
		"variant of nothing":         {"package p\n//frame:variant E 0\ntype T struct{}", "no //frame:enum"},
		"variant without index":      {"package p\n//frame:enum\ntype E interface{ e() }\n//frame:variant E\ntype T struct{}", "needs 2 words"},
		"variants with one index":    {"package p\n//frame:enum\ntype E interface{ e() }\n//frame:variant E 1\ntype T struct{}\n//frame:variant E 1\ntype U struct{}", "share index 1"},
		"enum without variants":      {"package p\n//frame:enum\ntype E interface{ e() }", "no variants"},
		"enum that is no interface":  {"package p\n//frame:enum\ntype E struct{}", "not an interface"},
		"plain enum without values":  {"package p\n//frame:codec\ntype T uint8", "no constants"},
		"plain enum, value twice":    {"package p\n//frame:codec\ntype T uint8\nconst A, B T = 1, 1", "both 1"},
		"codec of a plain integer":   {"package p\n//frame:codec\ntype T uint32", "needs no directive"},
		"errors without values":      {pallet + "//frame:errors\ntype Error uint8", "with constants"},
		"struct that contains itself": {"package p\n//frame:codec\ntype T struct{ Kids []T }",
			"contains itself"},
		"untyped constant":           {pallet + "//frame:constant\nconst C = 1", "needs a type"},
		"secret encoding":            {pallet + "type O struct{}\nfunc (O) AppendSCALE(b []byte) []byte { return b }\n//frame:event 0\ntype T struct{ O O }", "say how with //frame:as"},
		"as something unknown":       {pallet + "//frame:as u99\ntype O struct{}\nfunc (O) AppendSCALE(b []byte) []byte { return b }\n//frame:event 0\ntype T struct{ O O }", "//frame:as u99"},
		"types of what is no struct": {"package p\n//frame:types\ntype T uint8", "not a struct"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for file, text := range map[string]string{"go.mod": "module github.com/rampart-chain/rampart\n", "p.go": test.source + "\n"} {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			m, err := openModule(dir)
			if err != nil {
				t.Fatal(err)
			}
			files, err := m.generate(dir)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q; generated %q", err, test.want, files["zz_codec.go"])
			}
		})
	}
}

func TestSnake(t *testing.T) {
	for name, want := range map[string]string{
		"Dest": "dest", "KeepAlive": "keep_alive", "ParaID": "para_id", "HRMPWatermark": "hrmp_watermark", "MaxPoVSize": "max_pov_size",
		"PoVHash": "pov_hash", "ID": "id", "SS58Prefix": "ss58_prefix", "APIs": "apis", "C": "c", "SetIdSession": "set_id_session", "ParaIDs": "para_ids",
		"VRF": "vrf", "BABE": "babe", "X2": "x2",
	} {
		if got := snake(name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

// TestCheckFindsStaleFiles runs the command on a package whose code is missing,
// written, and changed.
func TestCheckFindsStaleFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module github.com/rampart-chain/rampart\n")
	write("p.go", "package p\n\n//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen\n\n//frame:codec\ntype T struct{ A uint8 }\n")
	write("zz_meta.go", "package p\n") // of something that is gone
	t.Chdir(dir)
	expect := func(check bool, want ...string) {
		t.Helper()
		stale, err := run([]string{"./..."}, check)
		if err != nil || !slices.Equal(stale, want) {
			t.Errorf("stale %q (%v), want %q", stale, err, want)
		}
	}
	expect(true, "zz_codec.go", "zz_meta.go")
	expect(false)
	expect(true)
	write("p.go", "package p\n\n//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen\n\n//frame:codec\ntype T struct{ A uint16 }\n")
	expect(true, "zz_codec.go")
}
