package pvf

// PageBytes is the size of a wasm memory page.
const PageBytes = 65536

// Limits bounds code and calls. They are consensus parameters: every node must
// use the same ones. A zero field means its default.
type Limits struct {
	// CodeBytes bounds the code. Default 3 MiB (polkadot MAX_CODE_SIZE).
	CodeBytes int
	// MemoryPages bounds the linear memory, in 64 KiB pages; memory.grow beyond it
	// answers -1. Default 2080 = 32 + 2048 (polkadot executor_params). At most 65,536.
	MemoryPages uint32
	// ParamsBytes bounds the encoded parameters of a call. Default 16 MiB: a 10 MiB
	// PoV, 1 MiB of head data and the rest of ValidationParams.
	ParamsBytes int
	// ResultBytes bounds the encoded result of a call. Default 8 MiB: 1 MiB of head
	// data, 3 MiB of new code and messages.
	ResultBytes int
	// LogBytes bounds what one call may log; the rest is dropped. It cannot change
	// a verdict. Default 64 KiB.
	LogBytes int
}

// WithDefaults returns l with zero fields replaced by their defaults.
func (l Limits) WithDefaults() Limits {
	if l.CodeBytes == 0 {
		l.CodeBytes = 3 << 20
	}
	if l.MemoryPages == 0 {
		l.MemoryPages = 2080
	}
	l.MemoryPages = min(l.MemoryPages, 65536)
	if l.ParamsBytes == 0 {
		l.ParamsBytes = 16 << 20
	}
	if l.ResultBytes == 0 {
		l.ResultBytes = 8 << 20
	}
	if l.LogBytes == 0 {
		l.LogBytes = 64 << 10
	}
	return l
}

// Structural limits of a module, checked before the engine sees it.
// They keep the engine's compile time and memory in proportion to the code size.
const (
	maxFunctions    = 50_000  // defined functions
	maxLocals       = 50_000  // per function, parameters included
	maxParameters   = 1_000   // per signature
	maxTypes        = 10_000  // signatures
	maxImports      = 1_000   // imported functions
	maxGlobals      = 10_000  // defined globals
	maxExports      = 10_000  // exports
	maxSegments     = 100_000 // data or element segments
	maxTableEntries = 50_000  // a Go guest's table holds every function once
	maxBranchTable  = 65_536  // targets of one br_table
	maxBlockDepth   = 4_096   // a Go function nests one block per resume point: up to 550 in a small guest
	maxNameBytes    = 1_024   // import and export names

	// maxBranching bounds the sum over functions of the square of their branching
	// instructions (opcodes 0x02 to 0x0f, and an eighth of the targets of br_table):
	// the compiler's time grows with it, 25 ns each. Small Go guests reach 4·10^7.
	maxBranching = 500_000_000
)
