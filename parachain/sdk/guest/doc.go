// Package guest is the guest side of ABI 1 (parachain/pvf): the exports alloc and
// validate_block, and the log.
//
// It decides nothing: the parameters and the result of validation are opaque bytes.
// A guest is a main package, built by parachain/sdk/build, whose init function
// registers what validates:
//
//	func init() {
//		guest.Register(func(params []byte) (result []byte, ok bool) {
//			return hash(params), true
//		})
//	}
//
//	func main() {} // never runs
//
// A panic ends the call with a trap: the block is invalid. Each call runs in a fresh
// instance; package variables do not outlive it.
//
// On the host the same source runs natively through Validate. Only the two Go files
// with the suffix wasip1 speak to the WebAssembly host; they use package unsafe to
// name addresses in the guest's own memory.
package guest
