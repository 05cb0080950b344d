package protocol

import (
	"encoding/hex"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// PeerID names a node: the bytes of its libp2p peer id. Cores that speak of
// peers use it so that they need not import libp2p.
type PeerID string

// Name is a request protocol.
type Name string

// Request protocols.
const (
	Handshaking    Name = "handshake"           // network/host: who are you
	Peers          Name = "peers"               // network/host: addresses of other nodes
	Sync           Name = "sync"                // network/blocksync: ranges of blocks
	Pull           Name = "pull"                // summaries and what the other lacks, of all topics
	Collation      Name = "collation"           // validator fetches a collation
	CollationOffer Name = "collation-advertise" // collator offers a collation
	PoV            Name = "pov"                 // group member fetches a proof of validity
	Chunk          Name = "chunk"               // erasure chunk with its proof
	AvailableData  Name = "available-data"      // the whole payload from a backer
)

// Topic is a gossip topic.
type Topic string

// Gossip topics.
const (
	BlockAnnounce Topic = "block-announce" // a new block: header, or header and body
	GRANDPA       Topic = "grandpa"        // votes and commits
	Transactions  Topic = "transactions"   // extrinsics for the pool
	Statements    Topic = "statements"     // backing statements
	Bitfields     Topic = "bitfields"      // signed availability bitfields
	Approvals     Topic = "approvals"      // assignments and approval votes
	Disputes      Topic = "disputes"       // dispute statements
	Authorities   Topic = "authorities"    // which peer is which validator
)

// HandshakeID is the id of the handshake protocol. It is the only one without
// the genesis hash: two nodes of different chains must be able to tell each
// other so.
const HandshakeID = "/rampart/handshake/1"

// Network returns what stands for a chain in the ids of its protocols and in
// handshakes: the genesis hash, or, with a fork id, Blake2b-256 of the genesis hash
// and the fork id. So networks with one genesis can be kept apart, as with the forkId
// of Substrate's chain specs.
func Network(genesis primitives.Hash, forkID string) primitives.Hash {
	if forkID == "" {
		return genesis
	}
	return primitives.Blake2b256(append(genesis[:], forkID...))
}

// RequestID returns the id of request protocol name on the chain with this
// genesis: /rampart/<genesis, 64 hexadecimal digits>/<name>/1. The handshake
// keeps its own id, HandshakeID.
func RequestID(genesis primitives.Hash, name Name) string {
	if name == Handshaking {
		return HandshakeID
	}
	return id(genesis, string(name))
}

// TopicID returns the id of gossip topic t on the chain with this genesis, of
// the same form as RequestID.
func TopicID(genesis primitives.Hash, t Topic) string { return id(genesis, string(t)) }

func id(genesis primitives.Hash, name string) string {
	return "/rampart/" + hex.EncodeToString(genesis[:]) + "/" + name + "/1"
}
