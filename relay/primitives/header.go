package primitives

// Header of a relay-chain or parachain block. Its hash, seal included, names
// the block.
//
//frame:codec
//frame:path sp_runtime::generic::header::Header
type Header struct {
	ParentHash Hash
	// Number is compact here and nowhere else.
	Number BlockNumber `scale:"compact"`
	// StateRoot and ExtrinsicsRoot are the roots after execution.
	StateRoot      Hash
	ExtrinsicsRoot Hash
	Digest         Digest `scale:"max=64"`
}

// Hash returns the block hash, BLAKE2b-256 of the encoding with the seal.
func (h Header) Hash() Hash { return Blake2b256(h.AppendSCALE(make([]byte, 0, usualHeader))) }

// usualHeader is enough for the encoding of most headers, in bytes.
const usualHeader = 384

// BlockID is a block's hash together with its number.
//
//frame:codec
type BlockID struct {
	Hash   Hash
	Number BlockNumber
}

// ID returns the hash and number of h.
func (h Header) ID() BlockID { return BlockID{Hash: h.Hash(), Number: h.Number} }

// Digest is the list of digest items of a header, in order: the pre-runtime
// item of the author first, consensus items as the runtime deposits them, the
// seal last.
//
//frame:path sp_runtime::generic::digest::Digest
//frame:as digestLayout
type Digest []DigestItem

// digestLayout is how metadata describes a Digest.
type digestLayout struct{ Logs []DigestItem }

var _ = digestLayout{} // for metadata

// EngineID names the consensus engine a digest item or justification is for.
type EngineID [4]byte

// Engines.
var (
	EngineBABE    = EngineID{'B', 'A', 'B', 'E'}
	EngineGRANDPA = EngineID{'F', 'R', 'N', 'K'}
)

// DigestItem is one of Other, Consensus, Seal, PreRuntime and
// RuntimeEnvironmentUpdated.
//
//frame:enum
//frame:path sp_runtime::generic::digest::DigestItem
type DigestItem interface{ digestItem() }

// Other is opaque data put in the digest.
//
//frame:variant DigestItem 0
type Other struct {
	Data []byte `scale:"max=16384"`
}

// Consensus is a message of the runtime to a consensus engine.
//
//frame:variant DigestItem 4
type Consensus struct {
	Engine EngineID
	Data   []byte `scale:"max=1048576"`
}

// Seal is the author's signature, put on by the author outside the runtime.
//
//frame:variant DigestItem 5
type Seal struct {
	Engine EngineID
	Data   []byte `scale:"max=16384"`
}

// PreRuntime is a message of the author to the runtime.
//
//frame:variant DigestItem 6
type PreRuntime struct {
	Engine EngineID
	Data   []byte `scale:"max=16384"`
}

// RuntimeEnvironmentUpdated says that the block changed the runtime code.
//
//frame:variant DigestItem 8
type RuntimeEnvironmentUpdated struct{}

func (Other) digestItem()                     {}
func (Consensus) digestItem()                 {}
func (Seal) digestItem()                      {}
func (PreRuntime) digestItem()                {}
func (RuntimeEnvironmentUpdated) digestItem() {}

// Unsealed returns h without its seal, and the seal. The hash of the unsealed
// header is the pre-hash that the seal signs. ErrNoSeal if the last digest item
// is not a seal, or another item is. Whose seal it is, the caller checks.
func (h Header) Unsealed() (Header, Seal, error) {
	last := len(h.Digest) - 1
	if last < 0 {
		return Header{}, Seal{}, ErrNoSeal
	}
	seal, ok := h.Digest[last].(Seal)
	if !ok {
		return Header{}, Seal{}, ErrNoSeal
	}
	for _, item := range h.Digest[:last] {
		if _, sealed := item.(Seal); sealed {
			return Header{}, Seal{}, ErrNoSeal
		}
	}
	h.Digest = h.Digest[:last:last]
	return h, seal, nil
}

// Sealed returns h with seal appended to its digest. h is not changed.
func (h Header) Sealed(seal Seal) Header {
	h.Digest = append(h.Digest[:len(h.Digest):len(h.Digest)], seal)
	return h
}

// Extrinsic is the opaque encoding of a transaction or inherent, without its
// length prefix.
//
//frame:as extrinsic
type Extrinsic []byte

// Block is a header with its body.
//
//frame:codec
type Block struct {
	Header     Header
	Extrinsics []Extrinsic `scale:"max=65536"`
}

// Justification proves finality of a block to the engine that made it.
//
//frame:codec
type Justification struct {
	Engine EngineID
	Data   []byte
}
