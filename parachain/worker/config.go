package worker

import (
	"encoding/binary"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/parachain/pvf"
)

// Config is the operator's part of a Pool.
type Config struct {
	// Path is the binary whose main calls Main first. Required: there is no default,
	// because under "go test" a process that starts itself runs the tests again.
	Path string
	// CacheDir keeps compiled code between processes, checked by hash before use.
	// Default: none. One pool per folder.
	CacheDir string
	// Workers is how many processes run at most. Default: as many as CPUs.
	Workers int
	// Artifacts is how many compiled codes a worker keeps in memory. Default 8.
	Artifacts int
	// PrepareDeadline bounds starting a worker and compiling code. Default 60 s
	// (polkadot's pre-check).
	PrepareDeadline time.Duration
	// Limits are the consensus limits of every call.
	Limits pvf.Limits
	// Logger receives what workers and guests say. Default: none.
	Logger *zap.Logger
	// Registerer receives the metrics. Default: none.
	Registerer prometheus.Registerer
}

func (c Config) withDefaults() Config {
	if c.Workers == 0 {
		c.Workers = runtime.NumCPU()
	}
	if c.Artifacts == 0 {
		c.Artifacts = 8
	}
	if c.PrepareDeadline == 0 {
		c.PrepareDeadline = time.Minute
	}
	c.Limits = c.Limits.WithDefaults()
	if c.Logger == nil {
		c.Logger = zap.NewNop()
	}
	return c
}

// Validate lists every fault of c.
func (c Config) Validate() error {
	var faults []error
	if c.Path == "" {
		faults = append(faults, errors.New("worker path is empty"))
	}
	if c.Workers < 0 || c.Artifacts < 0 || c.PrepareDeadline < 0 {
		faults = append(faults, errors.New("worker counts and deadlines must not be negative"))
	}
	l := c.Limits
	for _, n := range []int{l.CodeBytes, l.ParamsBytes, l.ResultBytes, l.LogBytes} {
		if n < 0 || n > maxFrame {
			faults = append(faults, fmt.Errorf("worker limit of %d bytes is outside 0 to %d", n, maxFrame))
		}
	}
	return errors.Join(faults...)
}

// maxFrame bounds every size limit, and with them every frame, in bytes.
const maxFrame = 256 << 20

// settings is what a worker must know, as it crosses the pipe.
//
//	0..20  limits: code, pages, params, result, log (u32 each, little-endian)
//	20..24 artifacts
//	24..   cache folder
type settings struct {
	limits    pvf.Limits
	artifacts int
	cacheDir  string
}

func (s settings) encode() []byte {
	var b []byte
	l := s.limits
	for _, n := range []int{l.CodeBytes, int(l.MemoryPages), l.ParamsBytes, l.ResultBytes, l.LogBytes, s.artifacts} {
		b = binary.LittleEndian.AppendUint32(b, uint32(n))
	}
	return append(b, s.cacheDir...)
}

func decodeSettings(b []byte) (settings, error) {
	if len(b) < 24 {
		return settings{}, fmt.Errorf("settings of %d bytes: %w", len(b), errProtocol)
	}
	n := func(i int) int { return int(binary.LittleEndian.Uint32(b[4*i:])) }
	return settings{
		limits: pvf.Limits{
			CodeBytes: n(0), MemoryPages: uint32(n(1)), ParamsBytes: n(2), ResultBytes: n(3), LogBytes: n(4),
		},
		artifacts: n(5),
		cacheDir:  string(b[24:]),
	}, nil
}
