// Command framegen reads the declarations of a package (types, storage items,
// calls, events, errors) and writes the code that follows from them:
//
//	zz_codec.go     SCALE encoding and decoding, without reflection
//	zz_dispatch.go  storage items with their keys, call and event tables
//	zz_meta.go      types, paths and docs for metadata (not in guests)
//	zz_api.go       runtime calls: how they are made, and described
//
// A package asks for it with
//
//	//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen
//
// The declarations are ordinary Go with directives in doc comments; package
// frame documents them. Run without arguments framegen works on the package in
// the current folder; with folders, or patterns such as ./..., on the packages
// there that ask for it; with -check it writes nothing and exits 1 if a file
// would change.
//
// It reads the module's own packages from source without function bodies and
// without their generated files, and nothing of other modules: a type from
// elsewhere has no encoding.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
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
	m, err := openModule(".")
	if err != nil {
		return nil, err
	}
	dirs, err := m.directories(patterns)
	if err != nil {
		return nil, err
	}
	for _, dir := range dirs {
		files, err := m.generate(dir)
		if err != nil {
			return nil, err
		}
		for _, name := range slices.Sorted(maps.Keys(files)) {
			path, content := filepath.Join(dir, name), files[name]
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

// generate returns the content of the generated files of the package in dir;
// nil for a file that is not needed.
func (m *module) generate(dir string) (map[string][]byte, error) {
	p, err := m.loadDir(dir)
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
	meta, err := metaFile(p)
	if err != nil {
		return nil, err
	}
	api, err := apiFile(p)
	if err != nil {
		return nil, err
	}
	return map[string][]byte{"zz_codec.go": codec, "zz_dispatch.go": dispatch, "zz_meta.go": meta, "zz_api.go": api}, nil
}
