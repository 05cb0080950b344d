package main

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"
)

// declaration is a type declared in the package, with its directives.
type declaration struct {
	name       string
	doc        string
	object     *types.TypeName
	spec       *ast.TypeSpec
	directives map[string][]string // directive → its words
}

// has reports whether d carries the directive.
func (d *declaration) has(directive string) bool {
	_, ok := d.directives[directive]
	return ok
}

// source is a package as framegen reads it.
type source struct {
	dir          string
	name         string
	pkg          *types.Package
	syntax       []*ast.File
	fset         *token.FileSet
	declarations []*declaration // in order of files and lines
	byName       map[string]*declaration
}

// load type-checks the package in dir as it is without its generated files.
// Errors of types are expected then and ignored; faults of syntax are not.
func load(dir string) (*source, error) {
	cfg := &packages.Config{
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes |
			packages.NeedTypesInfo | packages.NeedImports | packages.NeedDeps | packages.NeedCompiledGoFiles,
		Dir:     dir,
		Overlay: map[string][]byte{},
	}
	name, err := packageName(dir)
	if err != nil {
		return nil, err
	}
	for _, file := range []string{"zz_codec.go", "zz_dispatch.go", "zz_meta.go"} {
		path := filepath.Join(dir, file)
		if _, err := os.Stat(path); err == nil {
			cfg.Overlay[path] = []byte("package " + name + "\n")
		}
	}
	loaded, err := packages.Load(cfg, ".")
	if err != nil {
		return nil, err
	}
	p := loaded[0]
	for _, e := range p.Errors {
		if e.Kind == packages.ParseError {
			return nil, e
		}
	}
	s := &source{dir: dir, name: p.Name, pkg: p.Types, syntax: p.Syntax, fset: p.Fset, byName: map[string]*declaration{}}
	sort.SliceStable(s.syntax, func(i, j int) bool {
		return p.Fset.File(s.syntax[i].Pos()).Name() < p.Fset.File(s.syntax[j].Pos()).Name()
	})
	for _, file := range s.syntax {
		s.collect(file)
	}
	return s, nil
}

// packageName returns the name in the package clause of the Go files in dir.
func packageName(dir string) (string, error) {
	loaded, err := packages.Load(&packages.Config{Mode: packages.NeedName, Dir: dir}, ".")
	if err != nil {
		return "", err
	}
	if len(loaded) != 1 || loaded[0].Name == "" {
		return "", fmt.Errorf("%s: no Go package", dir)
	}
	return loaded[0].Name, nil
}

// collect adds the type declarations of file.
func (s *source) collect(file *ast.File) {
	for _, decl := range file.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.TYPE {
			continue
		}
		for _, spec := range gen.Specs {
			typeSpec := spec.(*ast.TypeSpec)
			object, ok := s.pkg.Scope().Lookup(typeSpec.Name.Name).(*types.TypeName)
			if !ok {
				continue
			}
			comment := typeSpec.Doc
			if comment == nil {
				comment = gen.Doc
			}
			d := &declaration{
				name: typeSpec.Name.Name, object: object, spec: typeSpec,
				doc: strings.TrimSpace(comment.Text()), directives: directives(comment),
			}
			s.declarations = append(s.declarations, d)
			s.byName[d.name] = d
		}
	}
}

// directives returns the //frame: lines of a comment.
func directives(comment *ast.CommentGroup) map[string][]string {
	found := map[string][]string{}
	if comment == nil {
		return found
	}
	for _, line := range comment.List {
		if text, ok := strings.CutPrefix(line.Text, "//frame:"); ok {
			words := strings.Fields(text)
			found[words[0]] = words[1:]
		}
	}
	return found
}

// tag is what a struct tag `scale:"…"` says of a field.
type tag struct {
	compact bool
	max     int
}

// defaultMax bounds vectors and byte strings that declare no bound; the
// Decoder's budgets hold besides.
const defaultMax = 1 << 24

func parseTag(raw string) (tag, error) {
	t := tag{max: defaultMax}
	text := reflect.StructTag(raw).Get("scale")
	if text == "" {
		return t, nil
	}
	for _, word := range strings.Split(text, ",") {
		if word == "compact" {
			t.compact = true
			continue
		}
		value, ok := strings.CutPrefix(word, "max=")
		n, err := strconv.Atoi(value)
		if !ok || err != nil || n <= 0 {
			return t, fmt.Errorf("tag %q: not compact or max=N", raw)
		}
		t.max = n
	}
	return t, nil
}
