// Package lint holds the house rules that a test can check: which package may
// import which, what a core may use, and that generated code is up to date.
package lint

import (
	"bufio"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/rampart-chain/rampart/"

// root is the top folder of the module.
const root = "../../.."

// coreStd is what a core may use of the standard library.
var coreStd = []string{"bytes", "cmp", "container/heap", "encoding/binary", "encoding/hex", "encoding/json", "encoding/base64",
	"errors", "fmt", "hash", "iter", "maps", "math", "math/big", "math/bits", "slices", "sort", "strconv", "strings", "unicode/utf8"}

// reserved says who alone may import a library.
var reserved = map[string][]string{
	"github.com/dgraph-io/badger":         {"relay/store"},
	"github.com/libp2p/":                  {"network/", "relay/node", "testnet/", "cmd/"},
	"github.com/tetratelabs/wazero":       {"parachain/pvf"},
	"github.com/ChainSafe/gossamer":       {"relay/rpc", "relay/node", "testnet/", "cmd/"},
	"github.com/klauspost/reedsolomon":    {"availability/erasure"},
	"github.com/oasisprotocol/curve25519": {"relay/crypto"},
}

// peerID is the one package of libp2p that every shell may import: the name of a
// peer, a string type.
const peerID = "github.com/libp2p/go-libp2p/core/peer"

type layer struct {
	row     int
	kind    string
	imports []string
}

func readLayers(t *testing.T) map[string]layer {
	t.Helper()
	file, err := os.Open("layers.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	layers := map[string]layer{}
	for scanner := bufio.NewScanner(file); scanner.Scan(); {
		words := strings.Fields(scanner.Text())
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		row, err := strconv.Atoi(words[0])
		if err != nil || len(words) < 3 || !strings.Contains("CST", words[1]) {
			t.Fatalf("layers.txt: %q is not row, kind, path", scanner.Text())
		}
		if _, twice := layers[words[2]]; twice {
			t.Fatalf("layers.txt: %s stands twice", words[2])
		}
		layers[words[2]] = layer{row: row, kind: words[1], imports: words[3:]}
	}
	return layers
}

// packages returns the imports of every package of the module, by folder,
// without those of tests.
func packages(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		if entry.IsDir() {
			if name := entry.Name(); rel != "." && (strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules" || rel == "bench") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		dir := filepath.ToSlash(filepath.Dir(rel))
		if _, ok := found[dir]; !ok {
			found[dir] = nil
		}
		for _, spec := range file.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			if !slices.Contains(found[dir], name) {
				found[dir] = append(found[dir], name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestImports(t *testing.T) {
	layers := readLayers(t)
	found := packages(t)
	for dir, imports := range found {
		own, ok := layers[dir]
		if !ok {
			t.Errorf("%s is not in layers.txt", dir)
			continue
		}
		for _, path := range imports {
			if target, internal := strings.CutPrefix(path, module); internal {
				if other, known := layers[target]; known && other.row > own.row {
					t.Errorf("%s (row %d) imports %s (row %d)", dir, own.row, target, other.row)
				}
				continue
			}
			for library, users := range reserved {
				if path == peerID && own.kind == "S" {
					continue
				}
				if strings.HasPrefix(path, library) && !slices.ContainsFunc(users, func(u string) bool { return strings.HasPrefix(dir+"/", u) || strings.HasPrefix(dir, u) }) {
					t.Errorf("%s imports %s, which is for %v", dir, path, users)
				}
			}
			if own.kind == "C" && !allowedInCore(own, path) {
				t.Errorf("%s is a core and imports %s", dir, path)
			}
		}
	}
	for dir := range layers {
		if _, ok := found[dir]; !ok {
			t.Errorf("layers.txt lists %s, which does not exist", dir)
		}
	}
}

func allowedInCore(own layer, path string) bool {
	if slices.Contains(coreStd, path) {
		return true
	}
	std := !strings.Contains(strings.Split(path, "/")[0], ".")
	return slices.ContainsFunc(own.imports, func(allowed string) bool {
		return allowed == "std" && std || strings.HasPrefix(path, allowed)
	})
}

func TestGeneratedCodeIsCurrent(t *testing.T) {
	command := exec.Command("go", "run", "./relay/frame/framegen", "-check", "./...")
	command.Dir = root
	if out, err := command.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

func TestFileSizes(t *testing.T) {
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasPrefix(entry.Name(), "zz_") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		if lines := strings.Count(string(text), "\n"); lines > 800 {
			t.Errorf("%s has %d lines: is it still one idea?", path, lines)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
