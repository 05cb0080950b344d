package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"reflect"
	"slices"
	"sort"
	"strconv"
	"strings"
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
	module       *module
	dir          string
	name         string
	pkg          *types.Package
	syntax       []*ast.File    // by file name, without generated files
	declarations []*declaration // in order of files and lines
	byName       map[string]*declaration
	// metaConstants are the constants and variables with //frame:constant.
	metaConstants []valueDeclaration
	// valueDocs are the doc comments of constants.
	valueDocs map[string]string
	// methods are the exported methods by the name of their receiver's type.
	methods map[string][]method
}

// valueDeclaration is a constant or variable with a directive.
type valueDeclaration struct {
	object types.Object
	name   string // in metadata
	doc    string
}

// method is a method as it is declared.
type method struct{ name, doc string }

// collectMethod adds a method to those of its type.
func (s *source) collectMethod(f *ast.FuncDecl) {
	if f.Recv == nil || !f.Name.IsExported() {
		return
	}
	t := f.Recv.List[0].Type
	if pointer, ok := t.(*ast.StarExpr); ok {
		t = pointer.X
	}
	if receiver, ok := t.(*ast.Ident); ok {
		s.methods[receiver.Name] = append(s.methods[receiver.Name], method{f.Name.Name, docText(f.Doc)})
	}
}

// collect adds the declarations of file. An unknown directive, or one that
// belongs to no declaration, is an error.
func (s *source) collect(file *ast.File) error {
	read := map[*ast.CommentGroup]bool{file.Doc: true}
	if _, err := s.directives(file.Doc, "pallet"); err != nil {
		return err
	}
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok {
			s.collectMethod(f)
		}
		gen, ok := decl.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range gen.Specs {
			var err error
			switch spec := spec.(type) {
			case *ast.TypeSpec:
				err = s.collectType(spec, docOf(spec.Doc, gen), read)
			case *ast.ValueSpec:
				err = s.collectValue(spec, docOf(spec.Doc, gen), read)
			}
			if err != nil {
				return err
			}
		}
	}
	for _, group := range file.Comments {
		for _, line := range group.List {
			if strings.HasPrefix(line.Text, "//frame:") && !read[group] {
				return fmt.Errorf("%s: %s belongs to no type, constant or package", s.module.fset.Position(line.Pos()), line.Text)
			}
		}
	}
	return nil
}

// docOf returns the doc comment of a spec: its own, or that of a declaration
// that has only this one.
func docOf(own *ast.CommentGroup, gen *ast.GenDecl) *ast.CommentGroup {
	if own == nil && !gen.Lparen.IsValid() {
		return gen.Doc
	}
	return own
}

func (s *source) collectType(spec *ast.TypeSpec, comment *ast.CommentGroup, read map[*ast.CommentGroup]bool) error {
	read[comment] = true
	found, err := s.directives(comment, "storage", "call", "event", "errors", "codec", "enum", "variant", "path", "params", "as", "types", "tuple", "api")
	if err != nil {
		return err
	}
	object, ok := s.pkg.Scope().Lookup(spec.Name.Name).(*types.TypeName)
	if !ok {
		return nil
	}
	d := &declaration{name: spec.Name.Name, object: object, spec: spec, doc: docText(comment), directives: found}
	s.declarations = append(s.declarations, d)
	s.byName[d.name] = d
	return nil
}

func (s *source) collectValue(spec *ast.ValueSpec, comment *ast.CommentGroup, read map[*ast.CommentGroup]bool) error {
	read[comment] = true
	found, err := s.directives(comment, "constant")
	if err != nil {
		return err
	}
	for _, name := range spec.Names {
		s.valueDocs[name.Name] = docText(comment)
		if words, wanted := found["constant"]; wanted {
			s.metaConstants = append(s.metaConstants, valueDeclaration{s.pkg.Scope().Lookup(name.Name), constantName(name.Name, words), docText(comment)})
		}
	}
	return nil
}

// constantName returns the name of a constant in metadata: that of name=X in its
// directive, or the Go name.
func constantName(name string, words []string) string {
	for _, word := range words {
		if other, ok := strings.CutPrefix(word, "name="); ok {
			return other
		}
	}
	return name
}

// docText returns a comment without its directives.
func docText(comment *ast.CommentGroup) string { return strings.TrimSpace(comment.Text()) }

// directives returns the //frame: lines of a comment, which must be among those
// that are allowed there, each at most once.
func (s *source) directives(comment *ast.CommentGroup, allowed ...string) (map[string][]string, error) {
	found := map[string][]string{}
	if comment == nil {
		return found, nil
	}
	for _, line := range comment.List {
		text, ok := strings.CutPrefix(line.Text, "//frame:")
		if !ok {
			continue
		}
		words := strings.Fields(text)
		if len(words) == 0 || !slices.Contains(allowed, words[0]) {
			return nil, fmt.Errorf("%s: %s: no such directive here, there are %s", s.module.fset.Position(line.Pos()), line.Text, strings.Join(allowed, ", "))
		}
		if _, twice := found[words[0]]; twice {
			return nil, fmt.Errorf("%s: %s: a second one", s.module.fset.Position(line.Pos()), line.Text)
		}
		found[words[0]] = words[1:]
	}
	return found, nil
}

// namedConstant is a constant of a type that framegen knows.
type namedConstant struct {
	name  string
	value int64
	doc   string
}

// constants returns the constants of the type t, by value.
func (s *source) constants(t types.Type) []namedConstant {
	var found []namedConstant
	scope := s.pkg.Scope()
	for _, name := range scope.Names() {
		c, ok := scope.Lookup(name).(*types.Const)
		if !ok || !types.Identical(c.Type(), t) {
			continue
		}
		if v, exact := constant.Int64Val(constant.ToInt(c.Val())); exact {
			found = append(found, namedConstant{name, v, s.valueDocs[name]})
		}
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].value < found[j].value })
	return found
}

// tag is what the struct tags `scale:"…"` and `frame:"…"` say of a field.
type tag struct {
	compact  bool
	max      int
	hashers  []string // Go names of the frame.Hasher of the keys of a map
	optional bool     // a storage item without a default
	absent   string   // Go name of the value of an item that is not there
	name     string   // in metadata, if not the Go name in snake case
}

// defaultMax bounds vectors and byte strings that declare no bound; the
// Decoder's budgets hold besides.
const defaultMax = 1 << 24

var hashers = map[string]string{"blake2_128_concat": "Blake2_128Concat", "twox_64_concat": "Twox64Concat", "identity": "Identity"}

func parseTag(raw string) (tag, error) {
	t := tag{max: defaultMax}
	for _, word := range words(raw, "scale") {
		value, ok := strings.CutPrefix(word, "max=")
		n, err := strconv.Atoi(value)
		switch {
		case word == "compact":
			t.compact = true
		case ok && err == nil && n > 0:
			t.max = n
		default:
			return t, fmt.Errorf("tag %q: %q is not compact or max=N", raw, word)
		}
	}
	for _, word := range words(raw, "frame") {
		name, ok := strings.CutPrefix(word, "name=")
		switch {
		case ok && name != "":
			t.name = name
		case hashers[word] != "":
			t.hashers = append(t.hashers, hashers[word])
		case word == "optional":
			t.optional = true
		case strings.HasPrefix(word, "default=") && token.IsIdentifier(word[8:]):
			t.absent = word[8:]
		default:
			return t, fmt.Errorf("tag %q: %q is not a hasher, optional, default=X or name=X", raw, word)
		}
	}
	return t, nil
}

// words returns the words of the value that a struct tag has for key.
func words(raw, key string) []string {
	if text := reflect.StructTag(raw).Get(key); text != "" {
		return strings.Split(text, ",")
	}
	return nil
}
