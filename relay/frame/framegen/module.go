package main

import (
	"bytes"
	"fmt"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// module is a Go module, whose packages are read from source as far as type
// declarations go. Generated files are left out, so that nothing depends on
// what an earlier run wrote.
type module struct {
	root    string // folder of go.mod
	path    string
	fset    *token.FileSet
	sources map[string]*source // by import path; nil while it is being read
}

// openModule returns the module that dir is in.
func openModule(dir string) (*module, error) {
	root, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	for {
		text, err := os.ReadFile(filepath.Join(root, "go.mod"))
		if err == nil {
			first, _, _ := bytes.Cut(text, []byte("\n"))
			name, ok := strings.CutPrefix(string(first), "module ")
			if !ok {
				return nil, fmt.Errorf("%s/go.mod does not begin with the module's name", root)
			}
			return &module{root: root, path: strings.TrimSpace(name), fset: token.NewFileSet(), sources: map[string]*source{}}, nil
		}
		if root == filepath.Dir(root) {
			return nil, fmt.Errorf("%s is in no module", dir)
		}
		root = filepath.Dir(root)
	}
}

// directories returns the folders that patterns name and whose packages ask for
// framegen, ascending for each pattern.
func (m *module) directories(patterns []string) ([]string, error) {
	var dirs []string
	for _, pattern := range patterns {
		base, all := strings.CutSuffix(pattern, "...")
		err := filepath.WalkDir(filepath.Clean(base), func(dir string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.IsDir() {
				return err
			}
			if name := entry.Name(); all && len(name) > 1 && (name == "testdata" || name == "node_modules" || name[0] == '.' && name != ".." || name[0] == '_') {
				return filepath.SkipDir
			}
			if usesFramegen(dir) {
				dirs = append(dirs, dir)
			}
			if !all {
				return filepath.SkipDir
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return dirs, nil
}

// usesFramegen reports whether a file in dir asks for framegen by go:generate.
func usesFramegen(dir string) bool {
	files, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err == nil && bytes.Contains(text, []byte("\n//go:generate go run github.com/rampart-chain/rampart/relay/frame/framegen")) {
			return true
		}
	}
	return false
}

// loadDir returns the package in dir.
func (m *module) loadDir(dir string) (*source, error) {
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	rel, err := filepath.Rel(m.root, absolute)
	if err != nil || strings.HasPrefix(rel, "..") {
		return nil, fmt.Errorf("%s is not in the module at %s", dir, m.root)
	}
	return m.load(path.Join(m.path, filepath.ToSlash(rel)))
}

// load returns the package of the module with the import path. Errors of types
// are expected without generated files, and ignored; faults of syntax are not.
func (m *module) load(importPath string) (*source, error) {
	if known, ok := m.sources[importPath]; ok {
		if known == nil {
			return nil, fmt.Errorf("%s imports itself", importPath)
		}
		return known, nil
	}
	rel, ok := strings.CutPrefix(importPath, m.path)
	if !ok {
		return nil, fmt.Errorf("%s is not in module %s", importPath, m.path)
	}
	s := &source{module: m, dir: filepath.Join(m.root, filepath.FromSlash(rel)), byName: map[string]*declaration{}, valueDocs: map[string]string{}, methods: map[string][]method{}}
	m.sources[importPath] = nil
	if err := s.parse(); err != nil {
		return nil, err
	}
	config := types.Config{IgnoreFuncBodies: true, FakeImportC: true, Importer: m, Error: func(error) {}}
	s.pkg, _ = config.Check(importPath, m.fset, s.syntax, nil)
	for _, file := range s.syntax {
		if err := s.collect(file); err != nil {
			return nil, err
		}
	}
	m.sources[importPath] = s
	return s, nil
}

// parse reads the files of the package that are built on this machine.
func (s *source) parse() error {
	entries, err := os.ReadDir(s.dir) // by name
	if err != nil {
		return err
	}
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "zz_") {
			continue
		}
		if match, err := build.Default.MatchFile(s.dir, name); err != nil || !match {
			continue
		}
		file, err := parser.ParseFile(s.module.fset, filepath.Join(s.dir, name), nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		s.name = file.Name.Name
		s.syntax = append(s.syntax, file)
	}
	if s.name == "" {
		return fmt.Errorf("%s: no Go package", s.dir)
	}
	return nil
}

// Import implements types.Importer. A package of another module is an empty one.
func (m *module) Import(importPath string) (*types.Package, error) {
	if importPath == m.path || strings.HasPrefix(importPath, m.path+"/") {
		s, err := m.load(importPath)
		if err != nil {
			return nil, err
		}
		return s.pkg, nil
	}
	empty := types.NewPackage(importPath, path.Base(importPath))
	empty.MarkComplete()
	return empty, nil
}
