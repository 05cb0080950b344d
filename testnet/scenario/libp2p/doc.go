// Package libp2p tests the shells of real nodes over real libp2p: QUIC, gossipsub
// and the resource manager run on a simulated network (network/nettest) with
// virtual time (testing/synctest). Runs are not reproducible event by event, so its
// tests compare what was reached, not how; the simulation of cores is in
// testnet/scenario/relaychain. Validation functions do not run here.
//
// Tests are named by the scenario they play: N for network abuse, C for
// consensus. Each says what an honest node must keep while it lasts.
package libp2p
