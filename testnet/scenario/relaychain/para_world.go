package relaychain

import (
	"slices"

	"github.com/rampart-chain/rampart/parachain/paras"
	"github.com/rampart-chain/rampart/parachain/shared/initializer"
	"github.com/rampart-chain/rampart/relay/crypto/cryptotest"
	"github.com/rampart-chain/rampart/relay/pallet/configuration"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/testnet/scenario/engine"
	"github.com/rampart-chain/rampart/testnet/scenario/oracle"
	"github.com/rampart-chain/rampart/xcmp/hrmp"
)

// Paras describes the parachains of a simulation. The zero value is none: then
// they cost nothing.
type Paras struct {
	// Count is how many paras there are. Each has a core of its own, and HRMP
	// channels to all others.
	Count int
	// Collators is how many collators each para has, default 1. They are the
	// nodes after the validators: first one of each para, then the second ones.
	Collators int
	// Deep collators put a second candidate on each of their own, at the same
	// relay parent.
	Deep bool
	// Connected collators reach all validators all the time; else one in five is
	// out of reach at a relay block, and fetches the PoV of another one.
	Connected bool
	// Capacity bounds the messages in a channel, default 12.
	Capacity uint32
	// Host changes the configuration of parachains; nil for none.
	Host func(*configuration.HostConfiguration)
	// Misbehavior is what nodes do wrong.
	Misbehavior map[engine.NodeID]Misbehavior
}

// Misbehavior is what a byzantine node does wrong about parachains. An Observer
// must be told that the node is Byzantine.
type Misbehavior struct {
	// Claims sets all bits of its bitfields.
	Claims bool
	// Serves says whom it gives chunks, data and PoVs to; nil for everybody.
	Serves func(engine.NodeID) bool
	// Forges gives wrong chunks: another index, other data, another proof, or
	// bytes that mean nothing.
	Forges bool
	// Seconds a second candidate on the same head for each one.
	SecondsTwice bool
	// Collator is what a collator does wrong.
	Collator CollatorMisbehavior
}

// CollatorMisbehavior is what a collator does wrong.
type CollatorMisbehavior uint8

// Values of CollatorMisbehavior.
const (
	Honest CollatorMisbehavior = iota
	// Silent offers and never delivers.
	Silent
	// Flooding offers 1000 candidates a second that do not exist.
	Flooding
	// Forging makes candidates that take other messages than were sent.
	Forging
)

func (p Paras) withDefaults() Paras {
	if p.Collators == 0 {
		p.Collators = 1
	}
	if p.Capacity == 0 {
		p.Capacity = 12
	}
	return p
}

// firstPara is the id of the first para.
const firstPara = primitives.ParaID(2000)

// channelMessage bounds the bytes of a message.
const channelMessage = 64

// genesis returns the parachains at the start.
func (p Paras) genesis() initializer.Genesis {
	g := initializer.Genesis{Host: configuration.Local()}
	if p.Host != nil {
		p.Host(&g.Host)
	}
	g.Host.HrmpChannelMaxMessageSize = channelMessage
	for i := range p.Count {
		id := firstPara + primitives.ParaID(i)
		g.Paras = append(g.Paras, paras.Registration{ID: id, Head: oracle.Genesis(id), Code: primitives.ValidationCode{byte(i)}})
		g.Cores = append(g.Cores, []primitives.ParaID{id})
		for j := range p.Count {
			if j != i {
				g.Channels = append(g.Channels, hrmp.Preopened{From: id, To: firstPara + primitives.ParaID(j), Capacity: p.Capacity, Size: channelMessage})
			}
		}
	}
	return g
}

// paraWorld is what nodes with parachains agree on, and a memory of what all of
// them compute alike.
type paraWorld struct {
	Paras
	keys   []cryptotest.Keys // of para validators, by node
	nodeOf map[primitives.SR25519Public]engine.NodeID
	// quiet collators send no messages.
	quiet bool
	// made are the candidates of honest collators, and what is said of others.
	made map[primitives.Hash]built
}

// built is a candidate with all that belongs to it.
type built struct {
	receipt primitives.CommittedCandidateReceipt
	data    primitives.PersistedValidationData
	pov     primitives.PoV
	// invalid says that honest validators must refuse it.
	invalid bool
}

func newParaWorld(p Paras, scheme cryptotest.Stub, validators int) *paraWorld {
	w := &paraWorld{
		Paras: p.withDefaults(), nodeOf: map[primitives.SR25519Public]engine.NodeID{},
		made: map[primitives.Hash]built{},
	}
	for id := range validators {
		keys := scheme.Keys([32]byte{byte(id), 2})
		w.keys = append(w.keys, keys)
		w.nodeOf[keys.Sr25519Public()] = engine.NodeID(id)
	}
	return w
}

// nodesOf returns the nodes that are the validators, in their order.
func (w *paraWorld) nodesOf(validators []primitives.SR25519Public) []engine.NodeID {
	nodes := make([]engine.NodeID, len(validators))
	for i, key := range validators {
		nodes[i] = w.nodeOf[key]
	}
	return nodes
}

// collatorOf returns which para a collator node serves, and its place among the
// collators of it.
func (w *World) collatorOf(id engine.NodeID) (para primitives.ParaID, place int) {
	i := int(id) - len(w.keys)
	return firstPara + primitives.ParaID(i%w.paras.Count), i / w.paras.Count
}

// nodes returns how many nodes there are in all.
func (w *World) nodes() int { return len(w.keys) + w.paras.Count*w.paras.Collators }

// ids returns the paras.
func (w *paraWorld) ids() []primitives.ParaID {
	return slices.Collect(func(yield func(primitives.ParaID) bool) {
		for i := range w.Count {
			if !yield(firstPara + primitives.ParaID(i)) {
				return
			}
		}
	})
}
