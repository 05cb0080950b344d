// Command framegen reads the declarations of a package (types, storage items,
// calls, events, errors) and writes the code that follows from them:
//
//	zz_codec.go     SCALE encoding and decoding, without reflection
//	zz_dispatch.go  storage items with their keys, call and event tables
//	zz_meta.go      types, paths and docs for metadata (not in guests)
//
// A package asks for it with
//
//	//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen
//
// The declarations are ordinary Go with directives in doc comments; package
// frame documents them. Run without arguments framegen works on the package in
// the current folder; with import path patterns on those, in order of their
// imports; with -check it writes nothing and exits 1 if a file would change.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/go/packages"
)

func main() {
	check := flag.Bool("check", false, "write nothing; exit 1 if a generated file is out of date")
	flag.Parse()
	patterns := flag.Args()
	if len(patterns) == 0 {
		patterns = []string{"."}
	}
	stale, err := run(patterns, *check)
	if err != nil {
		fmt.Fprintln(os.Stderr, "framegen:", err)
		os.Exit(2)
	}
	if len(stale) > 0 {
		fmt.Fprintf(os.Stderr, "framegen: out of date, run go generate: %s\n", strings.Join(stale, " "))
		os.Exit(1)
	}
}

// run generates the files of the packages that match patterns. With check it
// returns the names of files that differ instead of writing them.
func run(patterns []string, check bool) (stale []string, err error) {
	dirs, err := directories(patterns)
	if err != nil {
		return nil, err
	}
	for _, dir := range dirs {
		files, err := generate(dir)
		if err != nil {
			return nil, err
		}
		for name, content := range files {
			path := filepath.Join(dir, name)
			old, readErr := os.ReadFile(path)
			switch {
			case content == nil && readErr != nil, content != nil && bytes.Equal(old, content):
			case check:
				stale = append(stale, path)
			case content == nil:
				err = os.Remove(path)
			default:
				err = os.WriteFile(path, content, 0o644)
			}
			if err != nil {
				return nil, err
			}
		}
	}
	return stale, nil
}

// directories returns the folders of the packages that match patterns and have
// something to generate, imported packages first.
func directories(patterns []string) ([]string, error) {
	cfg := &packages.Config{Mode: packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedDeps}
	roots, err := packages.Load(cfg, patterns...)
	if err != nil {
		return nil, err
	}
	wanted := map[string]bool{}
	for _, p := range roots {
		wanted[p.PkgPath] = true
	}
	var dirs []string
	packages.Visit(roots, nil, func(p *packages.Package) {
		if wanted[p.PkgPath] && len(p.GoFiles) > 0 && usesFramegen(p.GoFiles) {
			dirs = append(dirs, filepath.Dir(p.GoFiles[0]))
		}
	})
	return dirs, nil
}

// usesFramegen reports whether a file asks for framegen by go:generate.
func usesFramegen(files []string) bool {
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err == nil && bytes.Contains(text, []byte("\n//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen")) {
			return true
		}
	}
	return false
}

// generate returns the content of the generated files of the package in dir;
// nil for a file that is not needed.
func generate(dir string) (map[string][]byte, error) {
	p, err := load(dir)
	if err != nil {
		return nil, err
	}
	codec, err := codecFile(p)
	if err != nil {
		return nil, err
	}
	dispatch, err := dispatchFile(p)
	if err != nil {
		return nil, err
	}
	return map[string][]byte{"zz_codec.go": codec, "zz_dispatch.go": dispatch}, nil
}
