package pvf

import "errors"

// Reason says why a validation function, or what it did with its parameters, is
// invalid. It is the same on every honest node. Reasons are part of the API:
// never rename one.
type Reason string

func (r Reason) Error() string { return string(r) }

// Why Check and Prepare refuse code.
const (
	ErrCodeTooLarge       = Reason("code exceeds the size limit")
	ErrMalformed          = Reason("code is not a well-formed wasm module")
	ErrUnsupported        = Reason("code uses a wasm feature that is not allowed")
	ErrTooComplex         = Reason("code exceeds a structural limit")
	ErrUnknownImport      = Reason("code imports what the host does not offer")
	ErrImportSignature    = Reason("imported function has the wrong signature")
	ErrStartSection       = Reason("code has a start section")
	ErrMissingExport      = Reason("required export is missing")
	ErrExportSignature    = Reason("required export has the wrong signature")
	ErrMemoryTooLarge     = Reason("initial memory exceeds the page limit")
	ErrInvalidModule      = Reason("code does not validate")
	ErrSegmentOutOfBounds = Reason("data segment lies outside memory")
)

// Why the answer to one call is invalid.
const (
	ErrTrap             = Reason("guest trapped")
	ErrExit             = Reason("guest called proc_exit")
	ErrHostPointer      = Reason("guest passed the host a pointer outside its memory")
	ErrAllocOutOfBounds = Reason("alloc returned a range outside memory")
	ErrRefused          = Reason("validation function refused the block")
	ErrResultTooLarge   = Reason("result exceeds the size limit")
	ErrResultBounds     = Reason("result lies outside memory")
)

// reasons lists every Reason; ParseReason accepts no other.
var reasons = [...]Reason{
	ErrCodeTooLarge, ErrMalformed, ErrUnsupported, ErrTooComplex, ErrUnknownImport,
	ErrImportSignature, ErrStartSection, ErrMissingExport, ErrExportSignature,
	ErrMemoryTooLarge, ErrInvalidModule, ErrSegmentOutOfBounds,
	ErrTrap, ErrExit, ErrHostPointer, ErrAllocOutOfBounds, ErrRefused,
	ErrResultTooLarge, ErrResultBounds,
}

// ParseReason returns the Reason with text s and whether there is one. It is for
// reasons that crossed a process boundary.
func ParseReason(s string) (Reason, bool) {
	for _, r := range reasons {
		if string(r) == s {
			return r, true
		}
	}
	return "", false
}

// IsInvalid reports whether err is the guest's fault, so that a vote against the
// candidate is justified. Any other non-nil error is local to this machine.
func IsInvalid(err error) bool {
	var r Reason
	return errors.As(err, &r)
}

// Local errors: faults of this machine or of the caller, never of the guest.
var (
	// ErrEngineStack: the native call stack of this machine's engine was exhausted.
	// Its depth differs between architectures, so it is no verdict.
	ErrEngineStack = errors.New("engine stack exhausted")
	// ErrParamsTooLarge: the caller passed more than Limits.ParamsBytes.
	ErrParamsTooLarge = errors.New("parameters exceed the size limit")
	// ErrNoCompiler: wazero has no compiler for this platform, or the system
	// forbids executable memory.
	ErrNoCompiler = errors.New("no wasm compiler on this platform")
)
