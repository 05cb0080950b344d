package store

import (
	"fmt"
	"strings"
	"sync"

	"go.uber.org/zap"
)

// logger passes badger's warnings and errors on. Badger logs some errors that it
// returns to nobody: a table it ignores because its checksum is wrong, a flush or
// a sync that failed. So an error logged is a fault of the store.
type logger struct {
	zap *zap.Logger

	// badger logs from its own goroutines
	mu    sync.Mutex
	first error
	fail  func(error) error
}

func (l *logger) Errorf(format string, args ...any) {
	err := fmt.Errorf("badger: %s", strings.TrimSpace(fmt.Sprintf(format, args...)))
	l.zap.Error("database error", zap.Error(err))
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.first == nil {
		l.first = err
	}
	if l.fail != nil {
		l.fail(err)
	}
}

func (l *logger) Warningf(format string, args ...any) {
	l.zap.Warn("database warning", zap.String("badger", strings.TrimSpace(fmt.Sprintf(format, args...))))
}

func (l *logger) Infof(string, ...any)  {}
func (l *logger) Debugf(string, ...any) {}

// fault returns the first error logged, as ErrCorrupt, or nil.
func (l *logger) fault() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.first == nil {
		return nil
	}
	return fmt.Errorf("%w: %w", ErrCorrupt, l.first)
}

// setFail makes fail be called with errors from now on.
func (l *logger) setFail(fail func(error) error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.fail = fail
}
