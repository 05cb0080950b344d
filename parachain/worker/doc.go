// Package worker runs validation functions in processes of their own, so that one
// that never ends, or breaks the engine, costs a process and not the node.
//
// Pool keeps a few worker processes. A worker is the node's own binary, started as
// "<path> pvf-worker" with an empty environment and no keys; Main, first line of
// main, takes over there. Execute hands a worker code and parameters and returns
// what parachain/pvf says about them.
//
// Inputs → outputs:
//
//	Execute(ctx, code hash, code, params, deadline) → result | pvf.Reason | local error
//
// It does not decide what a local error means for a vote; pvf.IsInvalid tells the
// two families apart. Wall-clock limits are local: passing one ends the process and
// is never a verdict.
//
// # Trust
//
// A worker ran foreign code and is treated as hostile: whatever it sends is bounded
// before it is read, and anything unexpected ends it. The worker bounds what it
// reads as well. It exits as soon as its input closes, so none outlives its node.
//
// # Frames
//
// A frame is a kind (1 byte), a length (u32, little-endian) and a body.
//
//	node → worker                         worker → node
//	config  limits, cache folder          hello     engine version
//	job     code hash (32) ‖ params       need      code of the job is unknown
//	code    code                          prepared  code is ready, the call begins
//	abort   the code cannot be had        log       level (1) ‖ line
//	                                      result    bytes
//	                                      invalid   reason ‖ 0 ‖ details
//	                                      local     text
//
// One job at a time: config, hello once; then job, [need, code], prepared, log…, and
// one of result, invalid, local.
package worker
