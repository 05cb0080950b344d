package chunkstore

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/rampart-chain/rampart/relay/primitives"
)

const (
	tmpFolder = "tmp"
	hexDigits = "0123456789abcdef"
)

// Open returns the Store in dir, which it makes if need be. It deletes what a
// crash left half-written and reads no item; damage is found by Get.
//
// It returns ErrForeign, with the path, if dir holds anything no Store wrote,
// and an error of the file system if dir cannot be made, listed or written.
func Open(dir string) (*Store, error) {
	return openWith(dir, (*os.File).Sync)
}

// openWith is Open with another way to sync.
func openWith(dir string, sync func(*os.File) error) (*Store, error) {
	s := &Store{
		dir:   filepath.Clean(dir),
		sync:  sync,
		index: make(map[Key]primitives.BlockNumber),
		due:   make(map[primitives.BlockNumber][]Key),
	}
	for _, step := range []func() error{s.checkTop, s.makeTop, s.clearTmp, s.probe, s.scan} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("chunk store in %s: %w", dir, err)
		}
	}
	return s, nil
}

// checkTop refuses a directory that is used for something else, before anything
// is written there.
func (s *Store) checkTop() error {
	entries, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() != tmpFolder && !isDigit(e.Name()) || !e.IsDir() {
			return foreign(s.dir, e)
		}
	}
	return nil
}

// foreign says that e, found in folder, is not ours.
func foreign(folder string, e fs.DirEntry) error {
	return fmt.Errorf("%s: %w", filepath.Join(folder, e.Name()), ErrForeign)
}

// makeTop makes the store's directory and tmp in it, durably.
func (s *Store) makeTop() error {
	parent, name := filepath.Split(s.dir)
	if err := os.MkdirAll(filepath.Clean(parent), 0o700); err != nil {
		return err
	}
	if err := s.makeFolder(filepath.Clean(parent), name); err != nil {
		return err
	}
	return s.makeFolder(s.dir, tmpFolder)
}

// makeFolder makes the folder name in parent, durably, unless it is there.
func (s *Store) makeFolder(parent, name string) error {
	err := os.Mkdir(filepath.Join(parent, name), 0o700)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return s.syncFolder(parent)
}

// clearTmp deletes what a crash left half-written.
func (s *Store) clearTmp() error {
	folder := filepath.Join(s.dir, tmpFolder)
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.Type().IsRegular() || !strings.HasPrefix(e.Name(), "put-") {
			return foreign(folder, e)
		}
		if err := os.Remove(filepath.Join(folder, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// probe finds out now, not at the first chunk, whether files can be written.
func (s *Store) probe() error {
	file, err := os.CreateTemp(filepath.Join(s.dir, tmpFolder), "put-*")
	if err != nil {
		return err
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

// scan makes the index from the names of all files. It syncs every folder: a
// process that was killed may have renamed a file into it and not come further.
func (s *Store) scan() error {
	for _, high := range strings.Split(hexDigits, "") {
		entries, err := os.ReadDir(filepath.Join(s.dir, high))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		for _, e := range entries {
			if !isDigit(e.Name()) || !e.IsDir() {
				return foreign(filepath.Join(s.dir, high), e)
			}
			if err := s.scanFolder(filepath.Join(high, e.Name())); err != nil {
				return err
			}
		}
		if err := s.syncFolder(filepath.Join(s.dir, high)); err != nil {
			return err
		}
	}
	return s.syncFolder(s.dir)
}

// isDigit reports whether name is one lower-case hex digit.
func isDigit(name string) bool { return len(name) == 1 && strings.Contains(hexDigits, name) }

// scanFolder adds the files of one folder to the index. Of two files for one
// item, which only a copy made by hand can leave, the longer-kept one counts.
func (s *Store) scanFolder(folder string) error {
	path := filepath.Join(s.dir, folder)
	entries, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	for _, e := range entries {
		key, block, ok := parseName(e.Name())
		if !ok || key.folder() != folder || !e.Type().IsRegular() {
			return foreign(path, e)
		}
		other, twice := s.index[key]
		if twice {
			if err := os.Remove(filepath.Join(path, key.name(min(block, other)))); err != nil {
				return err
			}
		}
		s.add(key, max(block, other))
	}
	return s.syncFolder(path)
}
