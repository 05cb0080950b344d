package main

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/rampart-chain/rampart/relay/rpc"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
)

// parseEndpoints reads the values of --experimental-rpc-endpoint, of which there is
// one or more.
func parseEndpoints(list []string, development bool) (rpc.Endpoint, error) {
	var all []rpc.Endpoint
	for _, text := range list {
		e, err := parseEndpoint(text)
		if err != nil {
			return rpc.Endpoint{}, fmt.Errorf("--experimental-rpc-endpoint %s: %w", text, err)
		}
		if development && len(e.JSONRPC.Origins) == 0 {
			e.JSONRPC.Origins = []string{"all"}
		}
		all = append(all, e)
	}
	all[0].More = all[1:]
	return all[0], nil
}

// parseEndpoint reads KEY=VALUE,KEY=VALUE,… with white space around any of it.
//
// Source: substrate/client/cli/src/params/rpc_params.rs, RpcEndpoint::from_str, but
// for disable-batch-requests, whose values it takes for each other.
func parseEndpoint(text string) (rpc.Endpoint, error) {
	var e rpc.Endpoint
	c := &e.JSONRPC
	noBatches := false
	numbers := map[string]*int{
		"max-connections": &c.Limits.Connections, "max-request-size": &c.Limits.Request, "max-response-size": &c.Limits.Response,
		"max-subscriptions-per-connection": &c.Limits.Subscriptions, "max-buffer-capacity-per-connection": &c.Limits.Messages,
		"max-batch-request-len": &c.Limits.Batch, "rate-limit": &c.Limits.Rate,
	}
	switches := map[string]*bool{
		"optional": &e.Optional, "retry-random-port": &e.AnyPort, "rate-limit-trust-proxy-headers": &c.TrustProxy, "disable-batch-requests": &noBatches,
	}
	var seen, networks []string
	for each := range strings.SplitSeq(text, ",") {
		key, value, _ := strings.Cut(each, "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if slices.Contains(seen, key) && key != "cors" && key != "rate-limit-whitelisted-ips" {
			return e, fmt.Errorf("%s stands twice", key)
		}
		seen = append(seen, key)
		var err error
		switch {
		case value == "":
			return e, fmt.Errorf("%q is not like KEY=VALUE", strings.TrimSpace(each))
		case key == "listen-addr":
			var address netip.AddrPort
			address, err = netip.ParseAddrPort(value)
			e.Listen = []string{address.String()}
		case key == "methods":
			c.Exposure = jsonrpc.Exposure(strings.ToLower(value))
		case key == "cors":
			c.Origins = append(c.Origins, value)
		case key == "rate-limit-whitelisted-ips":
			networks = append(networks, value)
		case numbers[key] != nil:
			*numbers[key], err = parseAtLeastOne(value)
		case switches[key] != nil:
			*switches[key], err = strconv.ParseBool(value)
		default:
			return e, fmt.Errorf("%s: there is no such key", key)
		}
		if err != nil {
			return e, fmt.Errorf("%s: %w", key, err)
		}
	}
	if len(e.Listen) == 0 {
		return e, errors.New("no listen-addr=IP:PORT")
	}
	if noBatches {
		if c.Limits.Batch != 0 {
			return e, errors.New("disable-batch-requests and max-batch-request-len contradict each other")
		}
		c.Limits.Batch = -1
	}
	c.Limits.Request, c.Limits.Response = c.Limits.Request<<20, c.Limits.Response<<20
	var err error
	if c.Unlimited, err = parseNetworks(networks); err != nil {
		return e, fmt.Errorf("rate-limit-whitelisted-ips: %w", err)
	}
	return e, c.Validate()
}

// parseAtLeastOne reads a number from 1 to 2^31-1.
func parseAtLeastOne(text string) (int, error) {
	n, err := strconv.ParseUint(text, 10, 31)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("%q is no number from 1", text)
	}
	return int(n), nil
}

// parseNetworks reads IP addresses and networks such as 10.0.0.0/8.
func parseNetworks(list []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, text := range list {
		p, err := netip.ParsePrefix(text)
		if a, bad := netip.ParseAddr(text); bad == nil {
			a = a.Unmap().WithZone("")
			p, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			return nil, fmt.Errorf("%q is neither an address nor a network such as 10.0.0.0/8", text)
		}
		out = append(out, p.Masked())
	}
	return out, nil
}
