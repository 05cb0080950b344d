package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/rampart-chain/rampart/relay/node"
	"github.com/rampart-chain/rampart/testnet/spec"
)

// networkFlags are the flags about peers as they were given. Names and defaults are
// those of the polkadot binary.
type networkFlags struct {
	command                                *cobra.Command
	listen, public, bootnodes, reserved    []string
	port, in, out                          uint16
	reservedOnly, noPrivate, allowPrivate  bool
	noMDNS, discoverLocal, generate        bool
	nodeKey, nodeKeyFile, nodeKeyType, how string
}

// Defaults of the polkadot binary: substrate/client/cli/src/params/network_params.rs.
const (
	defaultInPeers  = 32
	defaultOutPeers = 8
)

func (n *networkFlags) add(c *cobra.Command) {
	n.command = c
	f := c.Flags()
	f.StringSliceVar(&n.bootnodes, "bootnodes", nil, "nodes to dial first: /ip4/…/tcp/…/p2p/…")
	f.StringSliceVar(&n.reserved, "reserved-nodes", nil, "nodes to stay connected to")
	f.BoolVar(&n.reservedOnly, "reserved-only", false, "connect to reserved nodes only, and to validators if the node is one")
	f.StringSliceVar(&n.public, "public-addr", nil, "addresses to announce")
	f.StringSliceVar(&n.listen, "listen-addr", nil, "addresses to listen on, with /ws at the end for WebSocket (default: /ip4/0.0.0.0/tcp/PORT)")
	f.Uint16Var(&n.port, "port", 30333, "TCP port to listen on; 0 is any free one")
	f.Uint16Var(&n.in, "in-peers", defaultInPeers, "peers that may dial this node; without this flag and the next a node has up to 50 peers, or as many as there are validators")
	f.Uint16Var(&n.out, "out-peers", defaultOutPeers, "peers that this node wants to have dialed itself; validators connect to each other beyond that")
	f.BoolVar(&n.noPrivate, "no-private-ip", false, "do not dial private addresses, unless they are given here or in the chain spec (default: so on live chains)")
	f.BoolVar(&n.allowPrivate, "allow-private-ip", false, "dial private addresses on live chains too")
	f.StringVar(&n.nodeKey, "node-key", "", "key of the network identity, 64 hexadecimal digits (default: the one in the base path); others may see it")
	f.StringVar(&n.nodeKeyFile, "node-key-file", "", "file with the key of the network identity, made if there is none")
	f.StringVar(&n.nodeKeyType, "node-key-type", "ed25519", "type of that key: ed25519")
	f.BoolVar(&n.generate, "unsafe-force-node-key-generation", false, "let a validator of a live chain make itself a network identity if it has none")
	f.BoolVar(&n.noMDNS, "no-mdns", false, "do not look for nodes on the local network")
	f.BoolVar(&n.discoverLocal, "discover-local", false, "look for nodes on the local network on live chains too")
	f.StringVar(&n.how, "sync", "full", "how to get the chain: full, every block is fetched and executed")
	c.MarkFlagsMutuallyExclusive("no-private-ip", "allow-private-ip")
	c.MarkFlagsMutuallyExclusive("node-key", "node-key-file")
}

// config returns how a node of the chain talks to others.
func (n networkFlags) config(s spec.Spec) (node.Network, error) {
	live := s.ChainType == "Live"
	c := node.Network{
		Listen: n.listen, Public: n.public, Bootnodes: slices.Concat(s.BootNodes, n.bootnodes), Reserved: n.reserved,
		MDNS: !n.noMDNS && (n.discoverLocal || !live), Target: len(s.Genesis.RuntimeGenesis.Config.Session.Keys),
		NoPrivate: n.noPrivate || live && !n.allowPrivate, ReservedOnly: n.reservedOnly,
	}
	if len(c.Listen) == 0 {
		c.Listen = []string{fmt.Sprintf("/ip4/0.0.0.0/tcp/%d", n.port)}
	}
	if f := n.command.Flags(); f.Changed("in-peers") || f.Changed("out-peers") {
		c.Target, c.Peers, c.Outbound = max(int(n.out), 1), int(n.in)+int(n.out), int(n.out)
		if n.out == 0 {
			c.Outbound = -1
		}
		c.ReservedOnly = c.ReservedOnly || c.Peers == 0
	}
	if n.how != "full" {
		return c, fmt.Errorf("--sync %s: only full; a chain cannot be begun at a later state here, whose blocks nobody has executed", n.how)
	}
	if n.nodeKeyType != "ed25519" {
		return c, fmt.Errorf("--node-key-type %s: only ed25519", n.nodeKeyType)
	}
	var err error
	switch {
	case n.nodeKey != "":
		if c.Key, err = node.ParseNodeKey(n.nodeKey); err != nil {
			return c, fmt.Errorf("--node-key: %w", err)
		}
	case n.nodeKeyFile != "":
		if c.Key, err = node.NodeKey(n.nodeKeyFile); err != nil {
			return c, fmt.Errorf("--node-key-file: %w", err)
		}
	}
	return c, nil
}

// errNoIdentity: if a validator makes a new network identity at each start, as in a
// container without a volume, others need long to find it.
var errNoIdentity = errors.New("a validator of a live chain needs a network identity that it keeps: make one with rampart key generate-node-key --base-path, or give --node-key-file or --unsafe-force-node-key-generation")
