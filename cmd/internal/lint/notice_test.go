package lint

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestNotice holds NOTICE against the modules that the binary is linked with.
func TestNotice(t *testing.T) {
	command := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", "./cmd/rampart")
	command.Dir = root
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	modules := strings.Fields(string(out))
	slices.Sort(modules)
	text, err := os.ReadFile(root + "/NOTICE")
	if err != nil {
		t.Fatal(err)
	}
	for _, module := range slices.Compact(modules) {
		if module+"/" != "github.com/rampart-chain/rampart/" && !strings.Contains(string(text), module+" ") {
			t.Errorf("NOTICE does not name %s", module)
		}
	}
}
