package primitives

import (
	"math"

	"github.com/rampart-chain/rampart/relay/scale"
)

// MultiAddress names an account in a call or as a signer. Only AddressID can be
// resolved; the other forms are decoded so that they can be refused by name.
//
//frame:enum
//frame:path sp_runtime::multiaddress::MultiAddress
//frame:params AccountId=AccountID AccountIndex=u32
type MultiAddress interface{ multiAddress() }

// AddressID is an account by its identifier.
//
//frame:variant MultiAddress 0 name=Id
type AddressID struct{ ID AccountID }

// AddressIndex is an account by an index; nothing maps indices to accounts here.
//
//frame:variant MultiAddress 1 name=Index
type AddressIndex struct {
	Index uint32 `scale:"compact"`
}

// AddressRaw is an account by arbitrary bytes.
//
//frame:variant MultiAddress 2 name=Raw
type AddressRaw struct {
	Data []byte `scale:"max=1024"`
}

// Address32 is an account by 32 bytes that are not its identifier.
//
//frame:variant MultiAddress 3
type Address32 struct{ Data [32]byte }

// Address20 is an account by 20 bytes.
//
//frame:variant MultiAddress 4
type Address20 struct{ Data [20]byte }

func (AddressID) multiAddress()    {}
func (AddressIndex) multiAddress() {}
func (AddressRaw) multiAddress()   {}
func (Address32) multiAddress()    {}
func (Address20) multiAddress()    {}

// MultiSignature is a signature of one of three schemes.
//
//frame:enum
//frame:path sp_runtime::MultiSignature
type MultiSignature interface{ multiSignature() }

// ED25519Signature is verified with the signer's account as ed25519 key.
//
//frame:variant MultiSignature 0 name=Ed25519
type ED25519Signature struct{ Signature Signature }

// SR25519Signature is verified with the signer's account as sr25519 key.
//
//frame:variant MultiSignature 1 name=Sr25519
type SR25519Signature struct{ Signature Signature }

// ECDSASignature is a recoverable secp256k1 signature.
//
//frame:variant MultiSignature 2 name=Ecdsa
type ECDSASignature struct{ Signature [65]byte }

func (ED25519Signature) multiSignature() {}
func (SR25519Signature) multiSignature() {}
func (ECDSASignature) multiSignature()   {}

// Era is how long a signed extrinsic may wait: for ever (the zero value), or
// Period blocks from the block at which number mod Period = Phase.
type Era struct {
	// Period is 0 for an immortal extrinsic, else a power of two, 4 to 65536.
	Period uint32
	// Phase is below Period and a multiple of max(Period>>12, 1).
	Phase uint32
}

// Birth returns the number of the block at which an extrinsic with this era,
// valid at current, began to be valid; 0 if it is immortal.
func (e Era) Birth(current BlockNumber) BlockNumber {
	if e.Period == 0 {
		return 0
	}
	return BlockNumber((max(uint32(current), e.Phase)-e.Phase)/e.Period*e.Period + e.Phase)
}

// Death returns the number of the first block at which an extrinsic with this
// era, valid at current, is no longer valid; the greatest number if immortal.
func (e Era) Death(current BlockNumber) BlockNumber {
	if e.Period == 0 {
		return math.MaxUint32
	}
	return BlockNumber(min(uint64(e.Birth(current))+uint64(e.Period), math.MaxUint32))
}

// MortalEra returns the era of the least power of two ≥ period (4 to 65536)
// that is valid from current on.
func MortalEra(period uint32, current BlockNumber) Era {
	p := uint32(4)
	for p < period && p < 1<<16 {
		p <<= 1
	}
	step := max(p>>12, 1)
	return Era{Period: p, Phase: uint32(current) % p / step * step}
}

// AppendSCALE appends one byte 0, or two bytes: the low four bits are
// log2(Period)−1, the high twelve Phase/max(Period>>12, 1).
func (e Era) AppendSCALE(b []byte) []byte {
	if e.Period == 0 {
		return append(b, 0)
	}
	log := uint16(0)
	for p := e.Period; p > 2; p >>= 1 {
		log++
	}
	return scale.AppendU16(b, log|uint16(e.Phase/max(e.Period>>12, 1))<<4)
}

// DecodeSCALE reads e; scale.ErrRange for a phase outside its period.
func (e *Era) DecodeSCALE(d *scale.Decoder) {
	*e = Era{}
	first := d.U8()
	if first == 0 {
		return
	}
	encoded := uint32(first) | uint32(d.U8())<<8
	period := uint32(2) << (encoded & 15)
	phase := encoded >> 4 * max(period>>12, 1)
	if period < 4 || phase >= period {
		d.Fail(scale.ErrRange)
		return
	}
	*e = Era{Period: period, Phase: phase}
}

// SignedExtra is what a signer adds to a call: the explicit parts of the
// transaction extensions, in their order (CheckNonZeroSender, CheckSpecVersion,
// CheckTxVersion, CheckGenesis, CheckMortality, CheckNonce, CheckWeight,
// ChargeTransactionPayment, CheckMetadataHash).
//
//frame:codec
type SignedExtra struct {
	Era   Era
	Nonce Nonce   `scale:"compact"`
	Tip   Balance `scale:"compact"`
	// MetadataMode is 0: the metadata hash is not checked. Mode 1 is decoded
	// so that it can be refused by name.
	MetadataMode uint8
}

// NonceTag is what the extrinsic of account with nonce provides in a pool, and the
// one with the next nonce requires: the SCALE encoding of the pair, 36 bytes.
//
// Source: substrate/frame/system/src/extensions/check_nonce.rs.
func NonceTag(account AccountID, nonce Nonce) []byte {
	return scale.AppendU32(account[:], uint32(nonce))
}

// SignedImplicit is what a signature covers besides call and SignedExtra: the
// implicit parts of the transaction extensions.
//
//frame:codec
type SignedImplicit struct {
	SpecVersion        uint32
	TransactionVersion uint32
	GenesisHash        Hash
	// EraBirthHash is the hash of the block at which the era began, the
	// genesis hash for an immortal extrinsic.
	EraBirthHash Hash
	MetadataHash *Hash
}

// ExtrinsicSignature is the signed part of an extrinsic.
//
//frame:codec
type ExtrinsicSignature struct {
	Signer    MultiAddress
	Signature MultiSignature
	Extra     SignedExtra
}

// UncheckedExtrinsic is a decoded version 4 extrinsic: bare (an inherent) if
// Signature is nil. Call is the encoded call.
type UncheckedExtrinsic struct {
	Signature *ExtrinsicSignature
	Call      []byte
}

// Version bytes of extrinsics.
const (
	extrinsicBare   = 0x04
	extrinsicSigned = 0x84
)

// Encode returns the extrinsic without length prefix:
//
//	bare    04 ‖ call
//	signed  84 ‖ address ‖ signature ‖ extra ‖ call
func (x UncheckedExtrinsic) Encode() Extrinsic {
	if x.Signature == nil {
		return append([]byte{extrinsicBare}, x.Call...)
	}
	return append(x.Signature.AppendSCALE([]byte{extrinsicSigned}), x.Call...)
}

// DecodeExtrinsic reads x up to the call, which is not looked into.
// ErrExtrinsicFormat for another version, or a fault of the encoding.
func DecodeExtrinsic(x Extrinsic) (UncheckedExtrinsic, error) {
	d := scale.NewDecoder(x)
	var u UncheckedExtrinsic
	switch d.U8() {
	case extrinsicBare:
	case extrinsicSigned:
		u.Signature = new(ExtrinsicSignature)
		u.Signature.DecodeSCALE(d)
	default:
		return UncheckedExtrinsic{}, ErrExtrinsicFormat
	}
	u.Call = d.Rest()
	if err := d.Finish(); err != nil {
		return UncheckedExtrinsic{}, err
	}
	return u, nil
}

// SigningPayload returns the bytes that the signer of call signs: call ‖ extra ‖
// implicit, or their BLAKE2b-256 digest if they are longer than 256 bytes.
func SigningPayload(call []byte, extra SignedExtra, implicit SignedImplicit) []byte {
	payload := append([]byte(nil), call...)
	payload = implicit.AppendSCALE(extra.AppendSCALE(payload))
	if len(payload) > 256 {
		digest := Blake2b256(payload)
		return digest[:]
	}
	return payload
}
