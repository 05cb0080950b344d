package guest

import "unsafe"

// kept holds what the host was given addresses of, so that it is not collected.
var kept struct {
	params [][]byte
	result []byte
}

// alloc returns the address of n writable bytes that stay valid until the call ends.
//
//go:wasmexport alloc
func alloc(n uint32) uint32 {
	b := make([]byte, n)
	kept.params = append(kept.params, b)
	return address(b)
}

// validateBlock validates the n bytes at ptr, which alloc returned for that n. It
// returns the result's address in the low 32 bits and its length in the high ones,
// or 0 if the block is refused.
//
//go:wasmexport validate_block
func validateBlock(ptr, n uint32) uint64 {
	for _, b := range kept.params {
		if address(b) != ptr || uint32(len(b)) != n {
			continue
		}
		result, ok := Validate(b)
		if !ok {
			return 0
		}
		kept.result = result
		return uint64(len(result))<<32 | uint64(address(result))
	}
	panic("guest: parameters were not allocated here")
}

// somewhere is what an empty buffer points at: its address is not 0, so that an
// empty result differs from a refusal.
var somewhere byte

func address(b []byte) uint32 {
	if len(b) == 0 {
		return uint32(uintptr(unsafe.Pointer(&somewhere)))
	}
	return uint32(uintptr(unsafe.Pointer(&b[0])))
}
