package sr25519

// Context is the signing context of every signature here.
const Context = "substrate"

// PublicKey is a compressed Ristretto255 point. Any 32 bytes can be held; bytes
// that are no canonical point verify nothing.
type PublicKey [32]byte

// Signature is R ‖ s with the schnorrkel marker:
//
//	 0..32  R, a compressed Ristretto255 point
//	32..64  s, a canonical scalar, little-endian; bit 7 of byte 63 set
type Signature [64]byte
