package pvf

import (
	"context"
	"fmt"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/rampart-chain/rampart/relay/crypto/hash"
)

// EngineVersion names what compiles and runs guests. It is part of every artifact
// key: another version never runs an artifact of this one.
const EngineVersion = "wazero-1.12.0/abi-1"

// features of wasm beyond 1.0 that the engine accepts. Check admits fewer: of bulk
// memory only copy and fill, and nothing of reference types, which are on because
// wazero then looks once instead of twice at each of the 10,000 data segments that Go
// writes: a fifth of the time of an instance.
const features = api.CoreFeatureMutableGlobal | api.CoreFeatureSignExtensionOps |
	api.CoreFeatureNonTrappingFloatToIntConversion | api.CoreFeatureBulkMemoryOperations |
	api.CoreFeatureReferenceTypes

// Config is the operator's part of an Engine.
type Config struct {
	// CacheDir keeps compiled code between processes. Default: none. The caller
	// guards it: of a cached file the engine checks the machine code only, and
	// Prepare returns a local error if that does not match.
	CacheDir string
	// CompileWorkers is how many functions compile at a time. Default 1.
	CompileWorkers int
	// Limits apply in Prepare; those of a call are given with it.
	Limits Limits
	// Log receives what guests write, from within Execute. It must not keep line.
	// Default: dropped.
	Log func(level Level, line []byte)
}

// Engine compiles guests. It is safe for concurrent use.
type Engine struct {
	config  Config
	runtime wazero.Runtime
	cache   wazero.CompilationCache // nil without CacheDir
}

// New returns an engine, or a local error if the cache folder cannot be made or
// this platform has no compiler. The interpreter is never used.
func New(config Config) (e *Engine, err error) {
	defer func() { // wazero panics where it has no compiler
		if r := recover(); r != nil {
			e, err = nil, fmt.Errorf("%w: %v", ErrNoCompiler, r)
		}
	}()
	config.Limits = config.Limits.WithDefaults()
	e = &Engine{config: config}
	rc := wazero.NewRuntimeConfigCompiler().WithCoreFeatures(features).WithDebugInfoEnabled(false)
	if config.CacheDir != "" {
		e.cache, err = wazero.NewCompilationCacheWithDir(config.CacheDir)
		if err != nil {
			return nil, fmt.Errorf("compilation cache: %w", err)
		}
		rc = rc.WithCompilationCache(e.cache)
	}
	ctx := context.Background()
	e.runtime = wazero.NewRuntimeWithConfig(ctx, rc)
	if err := instantiateHost(ctx, e.runtime); err != nil {
		return nil, fmt.Errorf("host modules: %w", err)
	}
	return e, nil
}

// Close frees the compiled code. No artifact of e may be used after it.
func (e *Engine) Close() error {
	ctx := context.Background()
	err := e.runtime.Close(ctx)
	if e.cache != nil {
		if cerr := e.cache.Close(ctx); err == nil {
			err = cerr
		}
	}
	return err
}

// Key identifies compiled code: BLAKE2b-256 of EngineVersion, a zero byte and the
// code. Artifacts may be shared by key between processes of one machine only.
func Key(code []byte) [32]byte {
	return hash.Blake2b256(append([]byte(EngineVersion+"\x00"), code...))
}

// Artifact is compiled code, ready to be executed. It is safe for concurrent use.
type Artifact struct {
	key      [32]byte
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
	pages    uint32 // initial memory
	log      func(Level, []byte)
	spare    spare
}

// Key returns Key of the artifact's code.
func (a *Artifact) Key() [32]byte { return a.key }

// Close frees the compiled code. No call may be running.
func (a *Artifact) Close() error { return a.compiled.Close(context.Background()) }

// Prepare checks, validates and compiles code, or loads it from CacheDir.
//
// A Reason means that the code is invalid for everyone: Check refuses it, its
// function bodies do not type-check, or a data segment does not fit. Any other error is
// local: the disk, a damaged cache, or a function this machine's compiler cannot do.
func (e *Engine) Prepare(code []byte) (*Artifact, error) {
	m, err := check(code, e.config.Limits)
	if err != nil {
		return nil, err
	}
	workers := max(1, e.config.CompileWorkers)
	phase := &compilePhase{Context: experimental.WithCompilationWorkers(context.Background(), workers)}
	compiled, err := e.runtime.CompileModule(phase, code)
	if err != nil {
		if !phase.validated {
			return nil, fmt.Errorf("%v: %w", err, ErrInvalidModule)
		}
		return nil, fmt.Errorf("compiling: %w", err)
	}
	a := &Artifact{
		key:      Key(code),
		runtime:  e.runtime,
		compiled: compiled,
		pages:    m.memoryPages,
		log:      e.config.Log,
		spare:    make(spare, 1),
	}
	if err := a.tryInstance(); err != nil {
		a.Close()
		return nil, err
	}
	return a, nil
}

// compilePhase tells invalid code from a local fault. wazero decodes and validates
// without a context and asks the context for its compile options only afterwards;
// TestPrepareErrors holds it to that.
type compilePhase struct {
	context.Context
	validated bool
}

func (p *compilePhase) Value(key any) any {
	p.validated = true
	return p.Context.Value(key)
}

// tryInstance makes an instance and runs nothing in it. It can only fail because a
// data segment does not fit, which is the same in every later call.
func (a *Artifact) tryInstance() error {
	mem := &linearMemory{limit: uint64(a.pages) * PageBytes}
	mod, err := a.instantiate(context.Background(), mem)
	if err != nil {
		return fmt.Errorf("%v: %w", err, ErrSegmentOutOfBounds)
	}
	a.spare.release(mem.buf)
	return mod.Close(context.Background())
}

func (a *Artifact) instantiate(ctx context.Context, mem *linearMemory) (api.Module, error) {
	config := wazero.NewModuleConfig().WithName("").WithStartFunctions()
	return a.runtime.InstantiateModule(experimental.WithMemoryAllocator(ctx, mem), a.compiled, config)
}
