package signer

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// Disk is the directory of the guards. Names are plain file names. Nothing is
// durable before the Sync that follows it returned nil.
type Disk interface {
	// Read returns the content of a file; fs.ErrNotExist if there is none.
	Read(name string) ([]byte, error)
	// Create makes an empty file, readable by its owner only, in place of any
	// other of that name.
	Create(name string) (File, error)
	// Rename gives a file another name, in place of any other of that name.
	Rename(from, to string) error
	// Sync makes names durable: Create and Rename.
	Sync() error
	// Close gives the directory free.
	Close() error
}

// File is an open file of a Disk.
type File interface {
	// WriteAt writes all of p at the offset, or returns an error.
	WriteAt(p []byte, offset int64) (int, error)
	// Sync makes what was written durable.
	Sync() error
	Close() error
}

// Directory is a Disk in the file system, locked for this process.
type Directory struct {
	path string
	dir  *os.File
	lock *os.File
	once sync.Once
}

// lockName is the file whose lock says that a process uses the directory.
const lockName = "LOCK"

// OpenDir makes the directory path, with mode 0700, if there is none, and locks
// it. It returns ErrLocked, with the id of the process that holds it, or an
// error that says what to do.
func OpenDir(path string) (*Directory, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, advise("guard directory", path, err)
	}
	lock, err := os.OpenFile(filepath.Join(path, lockName), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, advise("guard directory", path, err)
	}
	if err := acquire(lock); err != nil {
		return nil, errors.Join(fmt.Errorf("guard directory %s: %w", path, err), lock.Close())
	}
	dir, err := os.Open(path)
	if err != nil {
		return nil, errors.Join(advise("guard directory", path, err), lock.Close())
	}
	return &Directory{path: path, dir: dir, lock: lock}, nil
}

// advise says what an operator can do about err.
func advise(what, path string, err error) error {
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s %s: %w; make it writable for this user (chown, chmod 0700) or choose another --base-path", what, path, err)
	}
	return fmt.Errorf("%s %s: %w", what, path, err)
}

// Read implements Disk.
func (d *Directory) Read(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(d.path, name))
}

// Create implements Disk.
func (d *Directory) Create(name string) (File, error) {
	path := filepath.Join(d.path, name)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, advise("guard", path, err)
	}
	return f, nil
}

// Rename implements Disk.
func (d *Directory) Rename(from, to string) error {
	return os.Rename(filepath.Join(d.path, from), filepath.Join(d.path, to))
}

// Sync implements Disk.
func (d *Directory) Sync() error { return d.dir.Sync() }

// Close implements Disk: it gives up the lock.
func (d *Directory) Close() (err error) {
	d.once.Do(func() { err = errors.Join(d.dir.Close(), d.lock.Close()) })
	return err
}
