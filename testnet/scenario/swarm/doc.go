// Package swarm tries the relay chain, and parachains on it, under random faults: a seed gives a
// [Plan], the size of the network, its parameters, which validators lie, and a
// schedule of faults of which each class is on or off; [Run] simulates it. A run
// has a safety phase, in which anything may happen and all invariants hold; then
// faults end for at least two thirds of the validators, and a liveness phase, in
// which blocks and transactions must become final in time.
//
//	seed → Draw → Plan → Run → Result
//	Plan that fails → Shrink → smaller Plan that fails
//
// The test runs 20 seeds; more with
//
//	go test ./testnet/scenario/swarm -run TestSwarm -seed 1000 -seeds 500
//
// testdata/seeds.txt keeps one line for each defect that was found, and the tests
// run them again.
package swarm
