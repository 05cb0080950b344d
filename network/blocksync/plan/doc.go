// Package plan decides which blocks a node that lags behind asks of whom.
//
// It decides from this node's best and finalized block, what peers claim to have,
// and the headers of what they deliver. It does not see the network, nor the
// bodies of blocks, nor check them: network/blocksync fetches what a [Fetch] says
// and gives what an [Import] names to the importer.
//
// Blocks are asked for by number, ascending. A peer whose claimed block is unknown
// is probed: from the block after our best, and when its answer does not build on
// a block we know, from one, three, seven … blocks earlier, down to the finalized
// block. So a fork is found in few steps, however deep, and nothing finalized is
// ever asked for again.
//
// A probe that fits begins the chain: ranges of up to 128 blocks, of several peers
// at once, imported in order. At most 512 blocks are held or on their way. A range
// that does not continue the one before is dropped, and its peer left out until
// the chain ends; a range that does not come goes to the next peer.
//
// A peer that is late, refuses, or has not what it claims is asked again after a
// pause that doubles up to five minutes, while the others go on. Only what no
// honest node does is reported against it: blocks that do not follow each other,
// and invalid blocks.
package plan
