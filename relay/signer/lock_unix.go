//go:build unix

package signer

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
)

// acquire locks f for as long as it is open and writes the id of this process
// to it. The system gives the lock free however the process ends. It returns
// ErrLocked if another process holds it.
func acquire(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		var id [20]byte
		n, _ := f.ReadAt(id[:], 0) // end of file is reported too
		return fmt.Errorf("%w (pid %s)", ErrLocked, strings.TrimSpace(string(id[:n])))
	}
	if err != nil {
		return fmt.Errorf("lock: %w", err)
	}
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err = f.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0)
	return err
}
