// Package pvf checks and executes parachain validation functions: WebAssembly
// modules that decide whether a parachain block is valid.
//
// It decides three things. Check: may these bytes be registered at all? Prepare:
// do they compile? Execute: what does validate_block answer for these
// parameters? The parameters and the answer are opaque bytes here.
//
// It does not decide what the answer means, how long a call may take (a worker
// process around it does, see parachain/worker) or how much gas it may use.
//
// Inputs → outputs:
//
//	Check(code, limits)               → nil | Reason
//	Engine.Prepare(code)              → Artifact | Reason | local error
//	Artifact.Execute(params, limits)  → result bytes | Reason | local error
//
// # Two families of errors
//
// A Reason is the guest's fault: every honest node that runs the same bytes under
// the same limits sees it, so it may become a vote against a candidate. Anything
// else is local (disk, memory, an engine limit of this machine) and must never
// become such a vote. IsInvalid tells them apart.
//
// # Guest ABI 1
//
//	export _initialize()                                  called once, first
//	export memory                                         the one linear memory
//	export alloc(len u32) → ptr u32                       room for the parameters
//	export validate_block(ptr u32, len u32) → i64         result ptr low, len high; 0 = refused
//	import rampart_1: blake2b_256 blake2b_128 twox_64 twox_128 keccak_256 (ptr, len, out)
//	import rampart_1: sr25519_verify ed25519_verify (sig, msg, len, pub) → 1 | 0
//	import rampart_1: log (level, ptr, len)
//	import wasi_snapshot_preview1: any function; see wasi.go for what each answers
//
// Each call runs in a fresh instance: nothing a guest writes outlives the call.
// A host pointer outside the memory is a trap.
//
// # Determinism
//
// Guests have no clock, no entropy, no files and no arguments. The memory cap and
// the size limits are parameters. Two things are bounded by the engine of this
// machine alone and therefore reported as local, not as a Reason, until the code
// is instrumented with gas and a logical stack height: endless loops (the caller
// sees no answer) and the depth of the native stack (ErrEngineStack).
package pvf
