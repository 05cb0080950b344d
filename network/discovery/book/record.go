package book

import (
	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// Limits of a record and of what nodes tell each other.
const (
	// MaxAddresses bounds the addresses of a record.
	MaxAddresses = 8
	// MaxAuthorities bounds the keys whose records count: those of two sessions.
	MaxAuthorities = 3000
)

// context begins what is signed, so that it is no other message that Rampart
// signs: read as a bitfield its first byte would be that of a length beyond 64
// bits, a statement begins with letters, and a hash is shorter.
const context = "\xfframpart authority record\x01"

// Version is the first byte of a message: 1, else ErrVersion.
type Version struct{}

// AppendSCALE appends the byte.
func (Version) AppendSCALE(b []byte) []byte { return append(b, 1) }

// DecodeSCALE reads the byte.
func (*Version) DecodeSCALE(d *scale.Decoder) {
	if d.U8() != 1 {
		d.Fail(ErrVersion)
	}
}

// Address is a multiaddr in its binary form, without the peer id.
//
//frame:codec max=256
type Address []byte

// Record says which node an authority runs and where it listens.
//
//frame:codec
type Record struct {
	// Authority is the authority-discovery key.
	Authority primitives.SR25519Public
	// Peer is the node's public key; its peer id follows from it.
	Peer      primitives.ED25519Public
	Addresses []Address `scale:"max=8"`
	// Sequence is when the record was made, Unix milliseconds.
	Sequence uint64
}

// SigningPayload returns the bytes that authority and node sign on the chain with
// this genesis.
func (r Record) SigningPayload(genesis primitives.Hash) []byte {
	return r.AppendSCALE(append([]byte(context), genesis[:]...))
}

// Signed is a Record with the signatures of authority and node.
//
//frame:codec
type Signed struct {
	Record Record
	// Signature is that of Record.Authority, sr25519.
	Signature primitives.Signature
	// PeerSignature is that of Record.Peer, ed25519.
	PeerSignature primitives.Signature
}

// peerPrefix begins the peer id of a node with an ed25519 key: an identity
// multihash of 36 bytes, which are the protobuf encoding of the key.
//
// Source: libp2p specification, peer ids.
const peerPrefix = "\x00\x24\x08\x01\x12\x20"

// PeerID returns the peer id of the node.
func (r Record) PeerID() protocol.PeerID { return peerID(r.Peer) }

func peerID(key primitives.ED25519Public) protocol.PeerID {
	return protocol.PeerID(peerPrefix + string(key[:]))
}

// PeerKey returns the ed25519 key of a peer id, false if it is of another kind.
func PeerKey(id protocol.PeerID) (primitives.ED25519Public, bool) {
	var key primitives.ED25519Public
	if len(id) != len(peerPrefix)+len(key) || id[:len(peerPrefix)] != peerPrefix {
		return key, false
	}
	copy(key[:], id[len(peerPrefix):])
	return key, true
}

// Message is what nodes tell each other: Announcement, Digest or List.
//
//frame:enum
type Message interface{ message() }

// Announcement carries a record.
//
//frame:variant Message 0
type Announcement struct{ Signed Signed }

// Digest is BLAKE2b-256 of the encoded List of a node. Equal ones mean that two
// nodes have nothing to tell each other.
//
//frame:variant Message 1
type Digest struct{ Hash primitives.Hash }

// List says which records a node has, and of which it needs one: those with
// sequence 0. Entries are in ascending order of their keys.
//
//frame:variant Message 2
type List struct {
	Entries []Entry `scale:"max=3000"`
}

// Entry is one authority in a List.
//
//frame:codec
type Entry struct {
	// Key is the first eight bytes of the authority-discovery key.
	Key      [8]byte
	Sequence uint64
}

func (Announcement) message() {}
func (Digest) message()       {}
func (List) message()         {}

// Encode returns the bytes of m: the version, then its encoding.
func Encode(m Message) []byte { return AppendMessage(Version{}.AppendSCALE(nil), m) }

// Decode reads what Encode wrote.
func Decode(b []byte) (Message, error) {
	d := scale.NewDecoder(b)
	new(Version).DecodeSCALE(d)
	m := DecodeMessage(d)
	return m, d.Finish()
}
