// Package telemetry shows people and their tools how a process is: Prometheus
// metrics at /metrics and a summary at /health over one HTTP listener, and,
// apart from them and on loopback only, Go's profiles.
//
// It changes nothing and decides nothing: what it shows is given to it. Nothing of
// it needs the network of the chain.
package telemetry
