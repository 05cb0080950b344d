package local

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/rampart-chain/rampart/parachain/chains/coin"
	"github.com/rampart-chain/rampart/parachain/chains/embed"
	"github.com/rampart-chain/rampart/parachain/collator"
	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/crypto/keys"
	"github.com/rampart-chain/rampart/relay/genesis"
	"github.com/rampart-chain/rampart/relay/node"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/telemetry"
	"github.com/rampart-chain/rampart/testnet/spec"
)

// firstPara is the id of the first chain; the others follow.
const firstPara primitives.ParaID = 2000

// paymentEvery is how many blocks of a chain there are to a payment to the next
// chain.
const paymentEvery = 4

// coins returns the specs of the chains of a network, and how the relay chain
// lists them.
func coins(chains, collators int) ([]spec.ParaSpec, []spec.Para, error) {
	if chains == 0 {
		return nil, nil, nil
	}
	code, err := embed.Coin()
	if err != nil {
		return nil, nil, err
	}
	var specs []spec.ParaSpec
	var registered []spec.Para
	for i := range chains {
		id := firstPara + primitives.ParaID(i)
		var peers []primitives.ParaID
		for j := range chains {
			if j != i {
				peers = append(peers, firstPara+primitives.ParaID(j))
			}
		}
		s, err := spec.CoinSpec(id, collators, peers)
		if err != nil {
			return nil, nil, err
		}
		para, err := s.Registration(code)
		if err != nil {
			return nil, nil, err
		}
		specs, registered = append(specs, s), append(registered, para)
	}
	return specs, registered, nil
}

// collating is a collator with its relay node.
type collating struct {
	name     string
	para     primitives.ParaID
	relay    *node.Node
	collator *collator.Collator
}

// addCollator opens the collator of a chain with the key of the development
// account i, beside a node of the relay chain with the id.
func (n *network) addCollator(s spec.ParaSpec, i int, id string, g genesis.Genesis) error {
	account := spec.ValidatorName(i)
	name := fmt.Sprintf("coin-%d-%s", s.ParaID, strings.ToLower(account))
	base := filepath.Join(n.config.BasePath, name)
	key, err := keys.Sr25519("//" + account)
	if err != nil {
		return err
	}
	rules, err := s.Chain()
	if err != nil {
		return err
	}
	block0, err := s.Build()
	if err != nil {
		return err
	}
	config := collator.Config{Para: s.ParaID, Chain: rules, Block0: block0, Key: key, BasePath: base, Logger: n.config.Logger, RPC: n.endpoint(), Spec: s.ForWallets()}
	if config.Network, err = n.paraNetwork(s.ParaID, base); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if len(s.Genesis.Peers) > 0 {
		config.Workload = coin.Workload{Genesis: block0.Header.Hash(), Dest: nextPeer(s), Every: paymentEvery}.At
	}
	var c *collator.Collator
	var relay *node.Node
	meters, err := n.observe(name, func() telemetry.Health { return healthOf(relay, c) })
	if err != nil {
		return err
	}
	config.Registerer = meters(s.ID)
	if c, err = collator.New(config); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	relay, err = node.New(node.Config{
		Name: name, BasePath: filepath.Join(base, "relay"), ChainID: id, Genesis: g, Collator: true, CacheBytes: 4 << 20, Logger: n.config.Logger,
		Listeners: []chain.Listener{c.Listener()}, Registerer: meters(id),
		Network: node.Network{Listen: []string{"/ip4/127.0.0.1/tcp/0"}, Bootnodes: n.nodes[0].Addresses()},
	})
	if err != nil {
		c.Close()
		return fmt.Errorf("%s: %w", name, err)
	}
	n.collators = append(n.collators, collating{name, s.ParaID, relay, c})
	n.announce(name, c.RPCAddresses())
	return nil
}

// paraNetwork returns how a collator of a chain finds the others: the first one
// opened is their bootnode.
func (n *network) paraNetwork(para primitives.ParaID, base string) (collator.Network, error) {
	key, err := node.NodeKey(filepath.Join(base, "node.key"))
	c := collator.Network{Key: key, Listen: []string{"/ip4/127.0.0.1/tcp/0"}}
	for _, other := range n.collators {
		if other.para == para {
			c.Bootnodes = other.collator.Addresses()
			break
		}
	}
	return c, err
}

// nextPeer returns whom the chain pays: the next id among its peers, or the
// first.
func nextPeer(s spec.ParaSpec) primitives.ParaID {
	for _, p := range s.Genesis.Peers {
		if p > s.ParaID {
			return p
		}
	}
	return s.Genesis.Peers[0]
}
