package protocol

import (
	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/scale"
)

// Version is the version of the node-to-node protocols this code speaks. Nodes
// of different versions refuse each other.
const Version = 1

// Role is what a node does on its chain. Validator and Full have Polkadot's
// values.
type Role uint8

// Roles.
const (
	Full      Role = 1
	Validator Role = 4
	Collator  Role = 8
)

func (r Role) String() string {
	switch r {
	case Full:
		return "full"
	case Validator:
		return "validator"
	case Collator:
		return "collator"
	}
	return "unknown"
}

// HandshakeSize is the encoded size of a Handshake, in bytes.
const HandshakeSize = 77

// Handshake is what a node says about itself first. Encoding:
//
//	offset  size  field
//	0       1     role
//	1       4     best number, little-endian
//	5       32    best hash
//	37      32    genesis hash
//	69      4     spec version, little-endian
//	73      4     protocol version, little-endian
//
// The first 69 bytes are those of Polkadot's block-announces handshake.
type Handshake struct {
	Role            Role
	BestNumber      primitives.BlockNumber
	BestHash        primitives.Hash
	Genesis         primitives.Hash
	SpecVersion     uint32
	ProtocolVersion uint32
}

// Reason says why two nodes do not talk, or why a message is malformed.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons of this package.
const (
	ErrRole            = Reason("unknown role")
	ErrGenesis         = Reason("different genesis")
	ErrProtocolVersion = Reason("different protocol version")
)

// AppendSCALE appends the 77 bytes of h.
func (h Handshake) AppendSCALE(b []byte) []byte {
	b = append(b, byte(h.Role))
	b = scale.AppendU32(b, uint32(h.BestNumber))
	b = append(b, h.BestHash[:]...)
	b = append(b, h.Genesis[:]...)
	b = scale.AppendU32(b, h.SpecVersion)
	return scale.AppendU32(b, h.ProtocolVersion)
}

// DecodeSCALE reads h. ErrRole if the role is unknown.
func (h *Handshake) DecodeSCALE(d *scale.Decoder) {
	h.Role = Role(d.U8())
	h.BestNumber = primitives.BlockNumber(d.U32())
	d.Fixed(h.BestHash[:])
	d.Fixed(h.Genesis[:])
	h.SpecVersion = d.U32()
	h.ProtocolVersion = d.U32()
	if h.Role.String() == "unknown" {
		d.Fail(ErrRole)
	}
}

// Check says whether a node that introduces itself as theirs may be talked to
// by one that introduces itself as ours: same genesis, else ErrGenesis, and
// same protocol version, else ErrProtocolVersion. Spec versions may differ: a
// node must be able to follow a chain through an upgrade.
func Check(ours, theirs Handshake) error {
	switch {
	case ours.Genesis != theirs.Genesis:
		return ErrGenesis
	case ours.ProtocolVersion != theirs.ProtocolVersion:
		return ErrProtocolVersion
	}
	return nil
}
