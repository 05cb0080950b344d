package pvf

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/tetratelabs/wazero/api"
)

// call is the state of one execution that host functions reach through the context.
type call struct {
	random uint64 // state of the stream behind random_get
	waits  int    // calls of poll_oneoff that were answered
	log    guestLog
}

// callKey is the context key of *call.
type callKey struct{}

// Execute runs the guest once on params, in a fresh instance: _initialize, alloc,
// validate_block. It returns the guest's result, which the caller owns.
//
// A Reason means the candidate is invalid: the guest trapped, exited, refused, or
// returned a range that is too large or outside its memory. Any other error is
// local: parameters beyond the limit, an exhausted native stack, an engine fault.
//
// Execute has no time limit; a guest may run for ever.
func (a *Artifact) Execute(params []byte, limits Limits) ([]byte, error) {
	limits = limits.WithDefaults()
	if len(params) > limits.ParamsBytes {
		return nil, fmt.Errorf("%d bytes, at most %d: %w", len(params), limits.ParamsBytes, ErrParamsTooLarge)
	}
	if a.pages > limits.MemoryPages {
		return nil, fmt.Errorf("%d pages, at most %d: %w", a.pages, limits.MemoryPages, ErrMemoryTooLarge)
	}
	c := &call{random: randomSeed, log: guestLog{emit: a.log, left: limits.LogBytes}}
	defer c.log.flush()
	ctx := context.WithValue(context.Background(), callKey{}, c)
	mem := &linearMemory{buf: a.spare.take(), limit: uint64(limits.MemoryPages) * PageBytes}
	mod, err := a.instantiate(ctx, mem)
	if err != nil {
		return nil, fmt.Errorf("instance: %w", err) // Prepare has made one: not the guest's fault
	}
	result, err := run(ctx, mod, params, limits)
	if cerr := mod.Close(ctx); err == nil && cerr != nil {
		err = fmt.Errorf("closing instance: %w", cerr)
	}
	a.spare.release(mem.buf)
	if err != nil {
		return nil, err
	}
	return result, nil
}

func run(ctx context.Context, mod api.Module, params []byte, limits Limits) ([]byte, error) {
	if _, err := enter(ctx, mod, exportInitialize); err != nil {
		return nil, err
	}
	size := uint64(len(params))
	ptr, err := enter(ctx, mod, exportAlloc, size)
	if err != nil {
		return nil, err
	}
	if !mod.Memory().Write(uint32(ptr), params) {
		return nil, fmt.Errorf("%d bytes at %d: %w", size, uint32(ptr), ErrAllocOutOfBounds)
	}
	packed, err := enter(ctx, mod, exportValidateBlock, uint64(uint32(ptr)), size)
	if err != nil {
		return nil, err
	}
	if packed == 0 {
		return nil, ErrRefused
	}
	at, n := uint32(packed), uint32(packed>>32)
	if uint64(n) > uint64(limits.ResultBytes) {
		return nil, fmt.Errorf("%d bytes, at most %d: %w", n, limits.ResultBytes, ErrResultTooLarge)
	}
	view, ok := mod.Memory().Read(at, n)
	if !ok {
		return nil, fmt.Errorf("%d bytes at %d: %w", n, at, ErrResultBounds)
	}
	return append([]byte{}, view...), nil
}

// enter calls an export of guest ABI 1 and returns its result, if it has one.
func enter(ctx context.Context, mod api.Module, name string, args ...uint64) (uint64, error) {
	results, err := mod.ExportedFunction(name).Call(ctx, args...)
	if err != nil {
		return 0, fmt.Errorf("%s: %w", name, fault(err))
	}
	if len(results) == 0 {
		return 0, nil
	}
	return results[0], nil
}

// traps are the ways in which wasm 1.0 code traps, as wazero words them; the text
// is all it offers. TestTraps provokes each of them.
var traps = map[string]bool{
	"unreachable":                   true,
	"out of bounds memory access":   true,
	"integer divide by zero":        true,
	"integer overflow":              true,
	"invalid conversion to integer": true,
	"invalid table access":          true,
	"indirect call type mismatch":   true,
}

// stackOverflow is wazero's text for ErrEngineStack.
const stackOverflow = "stack overflow"

// fault sorts the error of a guest call into the guest's faults, which are named
// one by one, and local ones: everything else.
func fault(err error) error {
	var r Reason
	if errors.As(err, &r) { // a host function ended the call
		return r
	}
	cause := err
	if inner := errors.Unwrap(err); inner != nil && strings.HasPrefix(err.Error(), "wasm error: ") {
		cause = inner
	}
	switch text := cause.Error(); {
	case text == stackOverflow:
		return ErrEngineStack
	case cause != err && traps[text]:
		return fmt.Errorf("%s: %w", text, ErrTrap)
	}
	return err
}
