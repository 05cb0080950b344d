package main

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/rampart-chain/rampart/relay/rpc"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
)

// rpcFlags are the flags about JSON-RPC as they were given. Names and defaults are
// those of the polkadot binary.
type rpcFlags struct {
	command                     *cobra.Command
	port                        uint16
	external, unsafeExternal    bool
	methods                     string
	cors                        []string
	connections, subscriptions  int
	requestMiB, responseMiB     int
	messages, rate, batchLength int
	noBatches, trustProxy       bool
	unlimited, endpoints        []string
}

// defaultRPCPort is where wallets look for a node on the same machine.
const defaultRPCPort = 9944

func (r *rpcFlags) add(c *cobra.Command) {
	r.command = c
	f := c.Flags()
	f.Uint16Var(&r.port, "rpc-port", defaultRPCPort, "port of JSON-RPC over WebSocket and HTTP; 0 is any free one")
	f.BoolVar(&r.external, "rpc-external", false, "answer on all interfaces; not with --validator")
	f.BoolVar(&r.unsafeExternal, "unsafe-rpc-external", false, "answer on all interfaces, also beside a validator")
	f.StringVar(&r.methods, "rpc-methods", string(jsonrpc.Auto), "who may call unsafe methods: auto (who comes over loopback), safe (nobody), unsafe (everybody)")
	f.StringSliceVar(&r.cors, "rpc-cors", nil, "web pages that may use the node: origins such as https://example.org, or all (default: localhost and https://polkadot.js.org; all with --chain dev)")
	f.IntVar(&r.connections, "rpc-max-connections", 0, "clients at once (default: 100)")
	f.IntVar(&r.subscriptions, "rpc-max-subscriptions-per-connection", 0, "subscriptions of a client (default: 1024)")
	f.IntVar(&r.requestMiB, "rpc-max-request-size", 0, "bytes of a request, in MiB (default: 15)")
	f.IntVar(&r.responseMiB, "rpc-max-response-size", 0, "bytes of an answer, in MiB (default: 15)")
	f.IntVar(&r.messages, "rpc-message-buffer-capacity-per-connection", 0, "messages that wait for a client (default: 64)")
	f.IntVar(&r.rate, "rpc-rate-limit", 0, "calls a minute of a client (default: any number)")
	f.StringSliceVar(&r.unlimited, "rpc-rate-limit-whitelisted-ips", nil, "clients that it does not bound: addresses, or networks such as 10.0.0.0/8")
	f.BoolVar(&r.trustProxy, "rpc-rate-limit-trust-proxy-headers", false, "know these clients by what a proxy says in X-Real-IP, X-Forwarded-For or Forwarded; not without a proxy that always sets one of them")
	f.IntVar(&r.batchLength, "rpc-max-batch-request-len", 0, "calls of a batch (default: 1000)")
	f.BoolVar(&r.noBatches, "rpc-disable-batch-requests", false, "refuse batches")
	f.StringArrayVar(&r.endpoints, "experimental-rpc-endpoint", nil, "an address with rules of its own, in place of all other flags of JSON-RPC: listen-addr=IP:PORT,"+
		"methods=auto,cors=ORIGIN,optional=true,retry-random-port=true,rate-limit=N and so on; also several times")
	for _, other := range []string{
		"rpc-port", "rpc-external", "unsafe-rpc-external", "rpc-methods", "rpc-cors", "rpc-max-connections", "rpc-max-subscriptions-per-connection", "rpc-max-request-size",
		"rpc-max-response-size", "rpc-message-buffer-capacity-per-connection", "rpc-rate-limit", "rpc-rate-limit-whitelisted-ips",
		"rpc-rate-limit-trust-proxy-headers", "rpc-max-batch-request-len", "rpc-disable-batch-requests",
	} {
		c.MarkFlagsMutuallyExclusive("experimental-rpc-endpoint", other)
	}
}

// endpoint returns where and whom a node answers. validator says that it holds
// session keys, development that its chain is nobody's but this machine's.
func (r rpcFlags) endpoint(validator, development bool) (rpc.Endpoint, error) {
	if len(r.endpoints) > 0 {
		return parseEndpoints(r.endpoints, development)
	}
	if r.external && validator && !r.unsafeExternal {
		return rpc.Endpoint{}, errors.New("--rpc-external with --validator: a validator should answer nobody but its operator; if you mean it, use --unsafe-rpc-external")
	}
	host := "127.0.0.1"
	if r.external || r.unsafeExternal {
		host = ""
	}
	e := rpc.Endpoint{
		Listen:  []string{net.JoinHostPort(host, strconv.Itoa(int(r.port)))},
		AnyPort: !r.command.Flags().Changed("rpc-port"),
		JSONRPC: jsonrpc.Config{Exposure: jsonrpc.Exposure(strings.ToLower(r.methods)), Origins: r.cors, Limits: jsonrpc.Limits{
			Request: r.requestMiB << 20, Response: r.responseMiB << 20, Batch: r.batchLength, Connections: r.connections,
			Subscriptions: r.subscriptions, Messages: r.messages, Rate: r.rate,
		}},
	}
	var err error
	if e.JSONRPC.Unlimited, err = parseNetworks(r.unlimited); err != nil {
		return e, fmt.Errorf("--rpc-rate-limit-whitelisted-ips: %w", err)
	}
	e.JSONRPC.TrustProxy = r.trustProxy
	if r.noBatches {
		e.JSONRPC.Limits.Batch = -1
	}
	if development && !r.command.Flags().Changed("rpc-cors") {
		e.JSONRPC.Origins = []string{"all"}
	}
	return e, e.JSONRPC.Validate()
}
