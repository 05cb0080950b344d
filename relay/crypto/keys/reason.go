//go:build !wasip1

package keys

// Reason says why a phrase or URI was refused. It never quotes the secret.
type Reason string

func (r Reason) Error() string { return string(r) }

const (
	ErrPhrase       = Reason("phrase is not 12, 15, 18, 21 or 24 BIP-39 words with a good checksum")
	ErrEntropy      = Reason("entropy is not 16, 20, 24, 28 or 32 bytes")
	ErrSeed         = Reason("seed is not 0x and 64 hexadecimal digits")
	ErrLength       = Reason("secret URI is too long")
	ErrCharacter    = Reason("secret URI has a character where none of its kind may be")
	ErrJunction     = Reason("secret URI has an empty junction")
	ErrSoftJunction = Reason("ed25519 and ECDSA keys have no soft junctions")
	ErrScheme       = Reason("scheme is not one of sr25519, ed25519, ecdsa")
)
