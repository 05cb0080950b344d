// Package hash is the one place where Rampart hashes: BLAKE2b, xxHash ("twox")
// and Keccak, under the names the Polkadot specification gives them.
//
// On the host the functions run here; in a guest (GOOS=wasip1) they call the
// host module rampart_1, which gives the same results six times faster. Only
// Blake2b512, which that module lacks, runs inside the guest.
// All functions are pure and safe for concurrent use.
package hash
