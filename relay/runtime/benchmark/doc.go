// Package benchmark measures what the calls of the relay chain cost, and those of
// chains made with parachain/sdk, and writes it into the pallets: their files
// zz_weights.go. Weights are constants of the
// rules; nothing here runs in a node.
//
//	Cases()                      the worst state of every call, and its arguments; the end of a session
//	NewWorld()                   a chain with 100,000 accounts to make them in
//	Count(cases)                 keys read and changed, bytes of proof: the same everywhere
//	Measure(cases, …)            that and the time
//	Database, Overhead           what a key, a block and an extrinsic cost besides
//	Table                        all of it; weights.json is the one that is in force
//	Table.Files()                the generated files
//
// # Time
//
// A call is decoded, made, and its events are encoded, over and over, on a state
// in memory. The clock is the time that the process has been on a processor, and the
// least of several samples counts, so that other load of the machine matters little.
// Next to each measurement a yardstick is measured by the same clock (hashing and a
// signature), and the time is multiplied by how much faster the yardstick is on
// the reference machine: 1 of RefTime is one picosecond there.
//
// # State
//
// Keys are counted, each once, and cost frame.ReadTime and frame.WriteTime, which
// are measured on a database on disk: a read that misses the cache of the store,
// and a change's part in the new root and in storing the block. Keys that every
// signed extrinsic touches count with the extrinsic and not with the call: the
// account of the signer, the total issuance, and the author.
//
// # Components
//
// Where arguments say how much there is to do, the cost is
// base + Σ component × each, fitted to several sizes by least squares. Where the
// state does (the proxies of an account, the approvals of a multisig), it is as
// large as it can be.
//
// The model is that of polkadot-sdk's substrate/frame/benchmarking.
package benchmark
