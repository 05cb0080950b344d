package crypto_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// A guest that hashes and verifies pulls in no curve arithmetic, and not fmt.
func TestGuestImports(t *testing.T) {
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("no go command to list dependencies with")
	}
	cmd := exec.Command(goTool, "list", "-deps", ".", "./hash", "./sr25519", "./ed25519")
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "CGO_ENABLED=0")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	deps := strings.Fields(string(out))
	if len(deps) < 10 {
		t.Fatalf("got only %d dependencies", len(deps))
	}
	for _, dep := range deps {
		for _, bad := range []string{"curve25519-voi", "cespare/xxhash", "x/crypto/sha3", "go-bip39"} {
			if strings.Contains(dep, bad) {
				t.Errorf("guest depends on %s", dep)
			}
		}
		if dep == "fmt" {
			t.Error("guest depends on fmt")
		}
	}
}
