// Package blockfile reads and writes files of blocks, in the two forms of
// Substrate's export-blocks: JSON, one object after the other, and binary, the
// number of blocks as 8 bytes, little-endian, then the SCALE encodings.
//
//	NewWriter(w, binary, count) → Write(block) …
//	NewReader(r, binary)        → Next() → block, io.EOF at the end
//
// A block is Substrate's SignedBlock: header, extrinsics and optional
// justifications. Of those the one of GRANDPA is kept. The package checks nothing
// but the form.
//
// Source: polkadot-sdk substrate/client/service/src/chain_ops/export_blocks.rs and
// import_blocks.rs; sp-runtime src/generic/block.rs, SignedBlock.
package blockfile
