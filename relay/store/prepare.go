package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/dgraph-io/badger/v4"
	"github.com/dgraph-io/badger/v4/table"
)

// prepareDir makes dir if it is missing and checks that badger can open it, which
// would otherwise fail with an error that does not tell why, panic, or lose data
// silently.
func prepareDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("database directory: %w", err)
	}
	unlock, err := lockDir(dir)
	if err != nil {
		return fmt.Errorf("%s%s; stop that process or choose another base path: %w", dir, holder(dir), err)
	}
	// badger takes the same lock next.
	return errors.Join(checkDir(dir), unlock())
}

// holder tells who locked dir, if it is known.
func holder(dir string) string {
	pid, err := os.ReadFile(filepath.Join(dir, "LOCK"))
	if err != nil || len(pid) == 0 {
		return ""
	}
	return " is open in process " + strings.TrimSpace(string(pid))
}

// probe is a file made to see whether the directory is writable.
const probe = "probe.tmp"

func checkDir(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("database directory: %w", err)
	}
	names := map[string]bool{}
	for _, e := range entries {
		names[e.Name()] = true
	}
	// What a crash leaves before the first MANIFEST is there.
	for _, name := range []string{"LOCK", "MANIFEST-REWRITE", probe} {
		delete(names, name)
	}
	if len(names) > 0 && !names["MANIFEST"] {
		return fmt.Errorf("%s holds other files: %w", dir, ErrNotStore)
	}
	err = os.WriteFile(filepath.Join(dir, probe), nil, 0o600)
	if err = errors.Join(err, os.Remove(filepath.Join(dir, probe))); err != nil {
		return fmt.Errorf("database directory is not writable: %w", err)
	}
	if err := removeEmptyLogs(dir, entries); err != nil {
		return err
	}
	if !names["MANIFEST"] {
		return nil
	}
	return verifyTables(dir)
}

// logHeader is the size of badger's log file header. A log that is shorter was
// being created when the process died: nothing is in it, and badger refuses it.
const logHeader = 20

func removeEmptyLogs(dir string, entries []fs.DirEntry) error {
	for _, e := range entries {
		if ext := filepath.Ext(e.Name()); ext != ".mem" && ext != ".vlog" {
			continue
		}
		info, err := e.Info()
		if err == nil && info.Size() < logHeader {
			err = os.Remove(filepath.Join(dir, e.Name()))
		}
		if err != nil {
			return fmt.Errorf("empty log: %w", err)
		}
	}
	return nil
}

// verifyTables checks all blocks of all tables against their checksums. badger
// can do so itself when it opens or reads them, but panics on some damage and
// takes a block that fails for the end of the table.
func verifyTables(dir string) (err error) {
	file, err := os.Open(filepath.Join(dir, "MANIFEST"))
	if err != nil {
		return fmt.Errorf("database: %w", err)
	}
	manifest, _, err := badger.ReplayManifestFile(file, 0, badger.DefaultOptions(dir).WithLogger(nil))
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("MANIFEST in %s: %w: %w", dir, ErrCorrupt, err)
	}
	for id := range manifest.Tables {
		name := table.NewFilename(id, dir)
		data, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%w: %w", ErrCorrupt, err)
		}
		if err != nil {
			return fmt.Errorf("table: %w", err)
		}
		if err := verifyTable(id, data); err != nil {
			return fmt.Errorf("%s: %w: %w", name, ErrCorrupt, err)
		}
	}
	return nil
}

func verifyTable(id uint64, data []byte) (err error) {
	// Offsets in the table are followed before its checksums are compared.
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("damaged beyond reading: %v", r)
		}
	}()
	t, err := table.OpenInMemoryTable(data, id, &table.Options{})
	if err != nil {
		return err
	}
	return t.VerifyChecksum()
}
