package store

import "go.uber.org/zap"

// Retained is how many finalized states below the head can be read, unless
// Config.Archive keeps all.
const Retained = 256

// Config is the operator's choice. The zero value but for Path is usable.
type Config struct {
	// Path is the directory of the database, created if missing. It must be
	// empty when InMemory is set.
	Path string
	// InMemory keeps everything in memory: for tests.
	InMemory bool
	// Archive keeps every state from here on. States discarded before stay so.
	Archive bool
	// CacheBytes bounds values and nodes of the finalized head kept in memory.
	// Default 16 MiB.
	CacheBytes int
	// LayerBytes bounds the diffs of unfinalized blocks kept in memory; what is
	// dropped is read from disk when a view needs it, and a view in use holds
	// what it needs. Default 64 MiB.
	LayerBytes int
	// MinFreeBytes must be left on the disk for a write to be tried. Default
	// 128 MiB.
	MinFreeBytes int64
	// Logger gets badger's warnings and what recovery did. Default none.
	Logger *zap.Logger
}

func (c Config) withDefaults() Config {
	if c.CacheBytes == 0 {
		c.CacheBytes = 16 << 20
	}
	if c.LayerBytes == 0 {
		c.LayerBytes = 64 << 20
	}
	if c.MinFreeBytes == 0 {
		c.MinFreeBytes = 128 << 20
	}
	if c.Logger == nil {
		c.Logger = zap.NewNop()
	}
	c.Logger = c.Logger.Named("store")
	return c
}
