// Package local runs a whole network in this process: every node is a real node
// with its own network host on loopback, its own directory and its own loops,
// and they talk only through the network.
package local
