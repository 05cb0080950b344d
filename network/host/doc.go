// Package host is the node's place in the network: its libp2p host, whom it is
// connected to, and who is let in.
//
// It decides whom to dial and when to dial again, which peers may talk to this
// node (same genesis and protocol version, by a handshake on connect), and which
// are shut out (network/reputation). It does not know what peers talk about:
// network/request and network/gossip use the same libp2p host ([Host.LibP2P]).
//
// Inputs are addresses (bootnodes, reserved peers, mDNS, what peers tell), the
// chain's head ([Config.Status]) and reports of misbehavior ([Host.Report]).
// Outputs are [Event]s and the list of [Host.Peers].
//
// The node owns its connections: nobody else dials. Bootnodes and reserved peers
// are redialed for ever, with pauses from one second to twenty; other peers, met
// before or heard of, while there are fewer than [Config.Target]. Without that a
// network that was split stays split.
package host
