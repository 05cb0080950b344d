package main

import (
	"net/netip"
	"reflect"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/rampart-chain/rampart/relay/rpc"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
)

// endpointOf returns the endpoint of a full node with these flags.
func endpointOf(t *testing.T, development bool, args ...string) (rpc.Endpoint, error) {
	t.Helper()
	var f rpcFlags
	c := &cobra.Command{Use: "test"}
	f.add(c)
	if err := c.ParseFlags(args); err != nil {
		return rpc.Endpoint{}, err
	}
	return f.endpoint(false, development)
}

func prefixes(list ...string) []netip.Prefix {
	var out []netip.Prefix
	for _, each := range list {
		out = append(out, netip.MustParsePrefix(each))
	}
	return out
}

func TestRateFlags(t *testing.T) {
	e, err := endpointOf(t, false, strings.Fields("--rpc-rate-limit 7 --rpc-rate-limit-whitelisted-ips 10.1.2.3/8,::1 --rpc-rate-limit-whitelisted-ips 1.2.3.4 --rpc-rate-limit-trust-proxy-headers")...)
	if err != nil {
		t.Fatal(err)
	}
	if c, want := e.JSONRPC, prefixes("10.0.0.0/8", "::1/128", "1.2.3.4/32"); c.Limits.Rate != 7 || !c.TrustProxy || !reflect.DeepEqual(c.Unlimited, want) {
		t.Errorf("got %+v, want 7 calls, proxies trusted, and %v", c, want)
	}
	if e, err := endpointOf(t, false); err != nil || e.JSONRPC.TrustProxy || e.JSONRPC.Unlimited != nil {
		t.Errorf("without flags: %+v, %v", e.JSONRPC, err)
	}
}

// TestEndpointFlag reads what polkadot's own tests of this flag read.
func TestEndpointFlag(t *testing.T) {
	all := jsonrpc.Config{
		Exposure: jsonrpc.UnsafeToAll, Origins: []string{"*"}, TrustProxy: true, Unlimited: prefixes("192.168.1.0/24", "ff01::/32"),
		Limits: jsonrpc.Limits{Request: 4 << 20, Response: 3 << 20, Batch: 100, Connections: 33, Subscriptions: 7, Messages: 8, Rate: 99},
	}
	for text, want := range map[string]rpc.Endpoint{
		"listen-addr=127.0.0.1:9944":          {Listen: []string{"127.0.0.1:9944"}},
		"listen-addr=[::1]:9944,methods=auto": {Listen: []string{"[::1]:9944"}, JSONRPC: jsonrpc.Config{Exposure: jsonrpc.Auto}},
		"   listen-addr = 127.0.0.1:9944,       methods    =   safe,  optional    =     true   ": {Listen: []string{"127.0.0.1:9944"}, Optional: true, JSONRPC: jsonrpc.Config{Exposure: jsonrpc.SafeOnly}},
		"listen-addr=127.0.0.1:9944,methods=Unsafe,cors=*,optional=true,retry-random-port=true,rate-limit=99,max-batch-request-len=100,rate-limit-trust-proxy-headers=true,max-connections=33,max-request-size=4," +
			"max-response-size=3,max-subscriptions-per-connection=7,max-buffer-capacity-per-connection=8,rate-limit-whitelisted-ips=192.168.1.0/24,rate-limit-whitelisted-ips=ff01::0/32": {
			Listen: []string{"127.0.0.1:9944"}, Optional: true, AnyPort: true, JSONRPC: all},
		"listen-addr=127.0.0.1:9944,cors=https://polkadot.js.org,cors=*,cors=http://localhost:*": {
			Listen: []string{"127.0.0.1:9944"}, JSONRPC: jsonrpc.Config{Origins: []string{"https://polkadot.js.org", "*", "http://localhost:*"}}},
		"listen-addr=127.0.0.1:1,disable-batch-requests=true":                          {Listen: []string{"127.0.0.1:1"}, JSONRPC: jsonrpc.Config{Limits: jsonrpc.Limits{Batch: -1}}},
		"listen-addr=127.0.0.1:1,disable-batch-requests=false,max-batch-request-len=2": {Listen: []string{"127.0.0.1:1"}, JSONRPC: jsonrpc.Config{Limits: jsonrpc.Limits{Batch: 2}}},
	} {
		if got, err := parseEndpoint(text); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\ngot  %+v, %v\nwant %+v", text, got, err, want)
		}
	}
	for _, text := range []string{
		"", "listen-addr", "listen-addr=", "methods=auto", "listen-addrs=127.0.0.1:9944", "listen-addr=9944", "listen-addr=localhost:9944", "listen-addr=127.0.0.1:99440",
		"listen-addr=127.0.0.1:1,listen-addr=127.0.0.1:2", "listen-addr=127.0.0.1:1,foo=*", "listen-addr=127.0.0.1:1,cors=", "listen-addr=127.0.0.1:1,cors=here",
		"listen-addr=127.0.0.1:1,methods=some", "listen-addr=127.0.0.1:1,methods=safe,methods=safe", "listen-addr=127.0.0.1:1,optional=perhaps", "listen-addr=127.0.0.1:1,",
		"listen-addr=127.0.0.1:1,rate-limit=0", "listen-addr=127.0.0.1:1,max-connections=-1", "listen-addr=127.0.0.1:1,max-request-size=99999999999",
		"listen-addr=127.0.0.1:1,rate-limit-whitelisted-ips=10", "listen-addr=127.0.0.1:1,disable-batch-requests=true,max-batch-request-len=100",
	} {
		if got, err := parseEndpoint(text); err == nil {
			t.Errorf("%q: got %+v, want an error", text, got)
		}
	}
}

func TestEndpointsOfANode(t *testing.T) {
	flags := []string{"--experimental-rpc-endpoint", "listen-addr=127.0.0.1:1,methods=unsafe", "--experimental-rpc-endpoint=listen-addr=[::]:2,methods=safe,cors=https://wallet.example"}
	for _, development := range []bool{false, true} {
		e, err := endpointOf(t, development, flags...)
		if err != nil {
			t.Fatal(err)
		}
		if len(e.More) != 1 || e.Listen[0] != "127.0.0.1:1" || e.More[0].Listen[0] != "[::]:2" || e.AnyPort {
			t.Errorf("got %+v, want two addresses in order", e)
		}
		if all := len(e.JSONRPC.Origins) == 1 && e.JSONRPC.Origins[0] == "all"; all != development || e.More[0].JSONRPC.Origins[0] != "https://wallet.example" {
			t.Errorf("development %t: origins %q and %q", development, e.JSONRPC.Origins, e.More[0].JSONRPC.Origins)
		}
	}
}
