package lint

import (
	"bufio"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// decoder is the name of an exported function that reads outside bytes, by house
// rule; methods of these names are decoders of their types.
var (
	decoder       = regexp.MustCompile(`^(Decode|Parse|Unmarshal)([A-Z]\w*)?$`)
	decoderMethod = regexp.MustCompile(`^(DecodeSCALE|DecodeCompact|UnmarshalJSON|UnmarshalText|UnmarshalBinary)$`)
)

// sources is what TestEveryDecoderIsFuzzed reads of the module.
type sources struct {
	// functions are all functions ("folder.Name") and types with a method of
	// a decoder ("folder.Type"); decoders are those that must be fuzzed.
	functions map[string]bool
	decoders  map[string]bool
	// variants are the types that the generated decoder of an enum reads.
	variants map[string][]string
	// targets are the fuzz targets, and fuzzed the types and decoders that
	// targets give to scaletest.
	targets map[string]bool
	fuzzed  map[string]bool
}

func readSources(t *testing.T) sources {
	t.Helper()
	s := sources{map[string]bool{}, map[string]bool{}, map[string][]string{}, map[string]bool{}, map[string]bool{}}
	for dir := range packages(t) {
		files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(dir), "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range files {
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(path, "_test.go") {
				s.readTest(dir, file)
			} else {
				s.readFile(dir, file)
			}
		}
	}
	return s
}

func (s sources) readFile(dir string, file *ast.File) {
	for _, declaration := range file.Decls {
		f, ok := declaration.(*ast.FuncDecl)
		if !ok {
			continue
		}
		name := f.Name.Name
		switch {
		case f.Recv == nil:
			s.functions[dir+"."+name] = true
			s.variants[dir+"."+name] = variants(dir, f)
			if decoder.MatchString(name) && file.Name.Name != "main" {
				s.decoders[dir+"."+name] = true
			}
		case decoderMethod.MatchString(name):
			s.functions[dir+"."+receiver(f)] = true
			s.decoders[dir+"."+receiver(f)] = true
		default:
			s.functions[dir+"."+receiver(f)+"."+name] = true
		}
	}
}

// variants returns the types of the variables that f declares.
func variants(dir string, f *ast.FuncDecl) (types []string) {
	ast.Inspect(f, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			if id, ok := spec.Type.(*ast.Ident); ok {
				types = append(types, dir+"."+id.Name)
			}
		}
		return true
	})
	return types
}

// receiver returns the name of the type that f is a method of.
func receiver(f *ast.FuncDecl) string {
	name := ""
	ast.Inspect(f.Recv.List[0].Type, func(n ast.Node) bool {
		if id, ok := n.(*ast.Ident); ok && name == "" {
			name = id.Name
		}
		return name == ""
	})
	return name
}

// readTest notes targets, and what they give to the generic checks: T in Of[T],
// of[T] and Type[T], and DecodeX in OfEnum, enum and Enum.
func (s sources) readTest(dir string, file *ast.File) {
	own := strings.TrimSuffix(file.Name.Name, "_test")
	note := func(e ast.Expr) {
		switch e := e.(type) {
		case *ast.Ident:
			s.fuzzed[dir+"."+e.Name] = true
		case *ast.SelectorExpr:
			if p, ok := e.X.(*ast.Ident); ok && p.Name == own {
				s.fuzzed[dir+"."+e.Sel.Name] = true
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Recv == nil && strings.HasPrefix(n.Name.Name, "Fuzz") {
				s.targets[dir+"."+n.Name.Name] = true
			}
		case *ast.IndexExpr:
			if name := called(n.X); name == "Of" || name == "of" || name == "Type" {
				note(n.Index)
			}
		case *ast.CallExpr:
			if name := called(n.Fun); name == "OfEnum" || name == "enum" || name == "Enum" {
				for _, arg := range n.Args {
					note(arg)
				}
			}
		}
		return true
	})
}

// called returns the last name of a function's.
func called(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// TestEveryDecoderIsFuzzed demands a fuzz target for every function that reads
// outside bytes, but in tools: types and enums of generated code by the generic
// checks of scaletest, everything else by a line of fuzz.txt.
func TestEveryDecoderIsFuzzed(t *testing.T) {
	s := readSources(t)
	listed := map[string]bool{}
	file, err := os.Open("fuzz.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		words := strings.Fields(scanner.Text())
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		if len(words) < 2 || words[1] == "-" && len(words) < 4 {
			t.Fatalf("fuzz.txt: %q is neither function and targets nor function, - and a reason", scanner.Text())
		}
		if listed[words[0]] {
			t.Errorf("fuzz.txt: %s stands twice", words[0])
		}
		listed[words[0]] = true
		if !s.functions[words[0]] {
			t.Errorf("fuzz.txt: there is no %s", words[0])
		}
		if words[1] == "-" {
			continue
		}
		dir := words[0][:strings.IndexByte(words[0], '.')]
		for _, target := range words[1:] {
			if !strings.Contains(target, ".") {
				target = dir + "." + target
			}
			if !s.targets[target] {
				t.Errorf("fuzz.txt: there is no target %s", target)
			}
		}
	}
	for name := range s.fuzzed {
		for _, variant := range s.variants[name] {
			listed[variant] = true
		}
	}
	layers := readLayers(t)
	var missing []string
	for name := range s.decoders {
		tool := layers[name[:strings.LastIndexByte(name, '.')]].kind == "T" || strings.HasPrefix(name, "testnet/scenario/")
		if !listed[name] && !s.fuzzed[name] && !tool {
			missing = append(missing, name)
		}
	}
	slices.Sort(missing)
	for _, name := range missing {
		t.Errorf("%s has no fuzz target: give it to scaletest in one, or name one in fuzz.txt", name)
	}
	if len(s.decoders) < 200 || len(s.targets) < 40 {
		t.Errorf("only %d decoders and %d targets were found", len(s.decoders), len(s.targets))
	}
}

// TestCorporaAreSmall bounds what is committed of seeds.
func TestCorporaAreSmall(t *testing.T) {
	count := map[string]int{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.Contains(filepath.ToSlash(path), "/testdata/fuzz/") {
			return err
		}
		info, err := entry.Info()
		if err == nil && info.Size() > 16<<10 { // 4 KiB as they are written, quoted
			t.Errorf("%s has %d bytes", path, info.Size())
		}
		count[filepath.Dir(path)]++
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for dir, n := range count {
		if n > 20 {
			t.Errorf("%s has %d files, 20 are allowed", dir, n)
		}
	}
}
