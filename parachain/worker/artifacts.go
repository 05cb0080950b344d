package worker

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/rampart-chain/rampart/parachain/pvf"
)

// artifacts keeps compiled codes: the most recent ones in memory, all of them in a
// folder.
//
// On disk each code has a folder of its own, named by pvf.Key: the engine's files and
// a file with their hash, written when the folder was complete. It is verified before
// the engine may load from it, because the engine checks its machine code only, and a
// flipped bit elsewhere would run something else. What does not verify is compiled
// again.
type artifacts struct {
	dir    string // "" keeps nothing on disk
	most   int
	limits pvf.Limits
	log    func(pvf.Level, []byte)
	loaded []loaded // most recently used last
}

type loaded struct {
	codeHash [32]byte
	engine   *pvf.Engine
	artifact *pvf.Artifact
}

// sumFile holds the hash of the other files of a folder.
const sumFile = "sum"

// unfinished is the prefix of folders that are being made.
const unfinished = "new-"

// find returns the compiled code of that hash if it is in memory.
func (s *artifacts) find(codeHash [32]byte) (*pvf.Artifact, bool) {
	i := slices.IndexFunc(s.loaded, func(l loaded) bool { return l.codeHash == codeHash })
	if i < 0 {
		return nil, false
	}
	l := s.loaded[i]
	s.loaded = append(slices.Delete(s.loaded, i, i+1), l)
	return l.artifact, true
}

// prepare loads or compiles code and keeps it in memory, in place of the least
// recently used one if there are too many.
func (s *artifacts) prepare(codeHash [32]byte, code []byte) (*pvf.Artifact, error) {
	l, err := s.load(code)
	if err != nil {
		return nil, err
	}
	l.codeHash = codeHash
	for len(s.loaded) > 0 && len(s.loaded) >= s.most {
		if err := s.loaded[0].engine.Close(); err != nil {
			return nil, fmt.Errorf("closing engine: %w", err)
		}
		s.loaded = slices.Delete(s.loaded, 0, 1)
	}
	s.loaded = append(s.loaded, l)
	return l.artifact, nil
}

// load takes code from the disk if it is there and sound, else compiles it. A fault
// of the disk costs time, not the verdict.
func (s *artifacts) load(code []byte) (loaded, error) {
	if s.dir == "" {
		return s.compile("", code)
	}
	key := pvf.Key(code)
	dir := filepath.Join(s.dir, hex.EncodeToString(key[:]))
	if verify(dir) == nil {
		l, err := s.compile(dir, code)
		if err == nil || pvf.IsInvalid(err) {
			return l, err
		}
		s.warn("loading compiled code", err)
	}
	l, err := s.store(dir, code)
	if err == nil || pvf.IsInvalid(err) {
		return l, err
	}
	s.warn("keeping compiled code", err)
	return s.compile("", code)
}

func (s *artifacts) warn(what string, err error) {
	text := what + ": " + err.Error()
	s.log(pvf.LevelWarn, []byte(text[:min(len(text), maxLine)]))
}

// compile prepares code with an engine of its own over dir.
func (s *artifacts) compile(dir string, code []byte) (loaded, error) {
	e, err := pvf.New(pvf.Config{CacheDir: dir, Limits: s.limits, Log: s.log})
	if err != nil {
		return loaded{}, err
	}
	a, err := e.Prepare(code)
	if err != nil {
		e.Close()
		return loaded{}, err
	}
	return loaded{engine: e, artifact: a}, nil
}

// store compiles code into a new folder and moves it to dir when it is complete.
func (s *artifacts) store(dir string, code []byte) (loaded, error) {
	if err := os.RemoveAll(dir); err != nil { // what is there did not verify
		return loaded{}, err
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return loaded{}, err
	}
	tmp, err := os.MkdirTemp(s.dir, unfinished)
	if err != nil {
		return loaded{}, err
	}
	defer os.RemoveAll(tmp)
	l, err := s.compile(tmp, code)
	if err != nil {
		return loaded{}, err
	}
	sum, err := sumOf(tmp)
	if err == nil {
		err = os.WriteFile(filepath.Join(tmp, sumFile), sum, 0o600)
	}
	if err == nil {
		err = os.Rename(tmp, dir)
	}
	if err != nil && verify(dir) != nil { // another worker may have been faster
		s.warn("keeping compiled code", err)
	}
	return l, nil
}

// verify reports whether the folder is complete and unchanged.
func verify(dir string) error {
	want, err := os.ReadFile(filepath.Join(dir, sumFile))
	if err != nil {
		return err
	}
	got, err := sumOf(dir)
	if err != nil {
		return err
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("%s does not match its hash", dir)
	}
	return nil
}

// sumOf hashes the names and contents of all files under dir but sumFile.
func sumOf(dir string) ([]byte, error) {
	h := sha256.New()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error { // in lexical order
		if err != nil || d.IsDir() || filepath.Base(path) == sumFile {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, b := range [][]byte{[]byte(name), content} {
			h.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(b))))
			h.Write(b)
		}
		return nil
	})
	return h.Sum(nil), err
}

// removeUnfinished deletes what workers that were killed left in dir.
func removeUnfinished(dir string) error {
	left, err := filepath.Glob(filepath.Join(dir, unfinished+"*"))
	if err != nil {
		return err
	}
	for _, path := range left {
		if err := os.RemoveAll(path); err != nil {
			return err
		}
	}
	return nil
}
