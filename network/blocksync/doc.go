// Package blocksync fetches the blocks that a late or restarted node lacks, and
// serves them to others.
//
// What to ask of whom is decided by network/blocksync/plan. This package asks over
// network/request, keeps the blocks until their turn and gives them to the
// importer, one batch at a time, parents first. Blocks are opaque to it but for the
// header fields that [Config.Inspect] reads.
//
// Inputs are our head, the claims of peers and their answers; outputs are calls of
// [Config.Import], and of [Config.Serve] for other nodes.
package blocksync
