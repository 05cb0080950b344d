package main

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"sync"
	"testing"

	"github.com/libp2p/go-libp2p/core/peer"
	"golang.org/x/sync/errgroup"

	"github.com/rampart-chain/rampart/network/gossip"
	"github.com/rampart-chain/rampart/network/host"
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/request"
	"github.com/rampart-chain/rampart/parachain/backing"
	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/grandpa"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// recorder is a peer that keeps what every validator signed and gossiped: seals,
// votes (in commits too), statements and bitfields. It takes all of it for honest,
// and hears what a validator says twice only if it says something else.
//
// It does not see what goes from one peer to another past gossip.
type recorder struct {
	mu        sync.Mutex
	signed    map[string]string // what may be signed once → what was
	heard     map[protocol.Topic]int
	conflicts []string
}

// note takes in that what was signed in a place where one thing may be.
func (r *recorder) note(topic protocol.Topic, place, what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.heard[topic]++
	if before, ok := r.signed[place]; ok && before != what {
		r.conflicts = append(r.conflicts, fmt.Sprintf("%s: %s, then %s", place, before, what))
	}
	r.signed[place] = what
}

// contradictions returns what was signed against something signed before.
func (r *recorder) contradictions() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string{}, r.conflicts...)
}

// count returns how many messages of a topic were heard.
func (r *recorder) count(topic protocol.Topic) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.heard[topic]
}

// check fails the test if validators contradicted themselves, or if some kind of
// message was not heard at all.
func (r *recorder) check(t *testing.T, topics ...protocol.Topic) {
	t.Helper()
	for _, conflict := range r.contradictions() {
		t.Errorf("conflicting signatures: %s", conflict)
	}
	for _, topic := range topics {
		if r.count(topic) == 0 {
			t.Errorf("no %s was heard", topic)
		}
	}
}

// every topic of validators.
var everyTopic = []protocol.Topic{protocol.BlockAnnounce, protocol.GRANDPA, protocol.Statements, protocol.Bitfields}

// record connects a recorder to the network until the test ends.
func (n *network) record(t *testing.T) *recorder {
	t.Helper()
	r := &recorder{signed: map[string]string{}, heard: map[protocol.Topic]int{}}
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	genesis := n.genesis.Header.Hash()
	var addresses []string
	for _, p := range n.validators {
		addresses = append(addresses, *p.address.Load())
	}
	h, err := host.New(host.Config{
		Key: key, Addresses: host.Addresses{Bootnodes: addresses},
		Status: func() protocol.Handshake {
			return protocol.Handshake{Role: protocol.Full, BestHash: genesis, Genesis: genesis, ProtocolVersion: protocol.Version}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	requests, err := request.New(request.Config{Host: h.LibP2P(), Genesis: genesis, Protocols: []protocol.Limits{pullLimits()}})
	if err != nil {
		t.Fatal(err)
	}
	ignored := func(context.Context, peer.ID, []byte) ([]byte, error) { return nil, nil }
	if err := requests.Handle(protocol.Pull, ignored); err != nil {
		t.Fatal(err)
	}
	g, err := gossip.New(gossip.Config{Host: h.LibP2P(), Genesis: genesis, Topics: r.topics()})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	group, ctx := errgroup.WithContext(ctx)
	for _, run := range []func(context.Context) error{g.Run, requests.Run, h.Run, func(ctx context.Context) error {
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-h.Events():
			}
		}
	}} {
		group.Go(func() error { return run(ctx) })
	}
	t.Cleanup(func() {
		stop()
		if err := group.Wait(); err != nil {
			t.Errorf("recorder: %v", err)
		}
		h.Close()
	})
	return r
}

func pullLimits() protocol.Limits {
	for _, l := range protocol.Requests(0) {
		if l.Name == protocol.Pull {
			return l
		}
	}
	panic("no pull protocol")
}

// topics are what the recorder listens to.
func (r *recorder) topics() []gossip.Topic {
	readers := map[protocol.Topic]func(*scale.Decoder, []byte){
		protocol.BlockAnnounce: r.block, protocol.GRANDPA: r.vote, protocol.Statements: r.statement, protocol.Bitfields: r.bitfield,
	}
	var out []gossip.Topic
	for _, limits := range protocol.Topics() {
		read, ok := readers[limits.Topic]
		if !ok {
			continue
		}
		out = append(out, gossip.Topic{TopicLimits: limits, Validate: func(_ peer.ID, data []byte) protocol.Verdict {
			read(scale.NewDecoder(data), data)
			return protocol.Accept
		}})
	}
	return out
}

func (r *recorder) block(d *scale.Decoder, _ []byte) {
	header := chain.DecodeAnnouncement(d).Head()
	claim, err := header.BABEPreDigest()
	if d.Err() != nil || err != nil {
		return
	}
	author, slot := claim.Author()
	r.note(protocol.BlockAnnounce, fmt.Sprintf("block of author %d in slot %d", author, slot), header.Hash().String())
}

func (r *recorder) vote(_ *scale.Decoder, data []byte) {
	message, err := grandpa.Decode(data)
	if err != nil {
		return
	}
	note := func(set primitives.SetID, round primitives.Round, voter primitives.ED25519Public, m primitives.GRANDPAMessage) {
		r.note(protocol.GRANDPA, fmt.Sprintf("%T of %x in set %d, round %d", m, voter[:4], set, round), fmt.Sprint(m))
	}
	switch m := message.(type) {
	case grandpa.Vote:
		note(m.Set, m.Round, m.Signed.ID, m.Signed.Message)
	case grandpa.CommitMessage:
		for i, precommit := range m.Commit.Precommits {
			if i < len(m.Commit.AuthData) {
				note(m.Set, m.Round, m.Commit.AuthData[i].ID, precommit)
			}
		}
	}
}

func (r *recorder) statement(_ *scale.Decoder, data []byte) {
	message, err := backing.Decode(data)
	if err != nil {
		return
	}
	note := func(relayParent primitives.Hash, v primitives.ValidatorIndex, candidate primitives.Hash, kind string) {
		r.note(protocol.Statements, fmt.Sprintf("statement of validator %d at %s about %s", v, relayParent, candidate), kind)
	}
	switch m := message.(type) {
	case backing.Seconded:
		note(m.Candidate.Descriptor.RelayParent, m.Validator, m.Candidate.Hash(), "seconded")
	case backing.Valid:
		note(m.RelayParent, m.Validator, m.Candidate, "valid")
	}
}

// bitfield reads a signed bitfield: variant 0 of the messages about them.
func (r *recorder) bitfield(d *scale.Decoder, _ []byte) {
	if d.U8() != 0 {
		return
	}
	var block primitives.Hash
	var signed primitives.SignedBitfield
	d.Fixed(block[:])
	signed.DecodeSCALE(d)
	if d.Finish() == nil {
		r.note(protocol.Bitfields, fmt.Sprintf("bitfield of validator %d about %s", signed.ValidatorIndex, block), fmt.Sprintf("%x", signed.Bitfield.AppendSCALE(nil)))
	}
}
