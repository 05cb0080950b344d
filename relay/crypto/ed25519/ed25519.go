package ed25519

// PublicKey is a compressed Edwards point. Any 32 bytes can be held; bytes that
// are no point verify nothing.
type PublicKey [32]byte

// Signature is R ‖ s: a compressed Edwards point and a reduced scalar,
// little-endian.
type Signature [64]byte
