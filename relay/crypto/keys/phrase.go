//go:build !wasip1

package keys

import (
	"crypto/sha512"
	"math/big"
	"strings"

	"github.com/cosmos/go-bip39"
	"golang.org/x/crypto/pbkdf2"
)

// DevPhrase is the phrase of all development keys. Everyone knows it.
const DevPhrase = "bottom drive obey lake curtain smoke basket hold race lonely fit walk"

// rounds of PBKDF2, from BIP-39.
const rounds = 2048

// Entropy returns the 16 to 32 bytes that an English BIP-39 phrase writes down. Words are
// lower case, separated by any white space. It returns ErrPhrase if the number
// of words, a word or the checksum is wrong.
func Entropy(phrase string) ([]byte, error) {
	words := strings.Fields(phrase)
	packed, err := bip39.MnemonicToByteArray(strings.Join(words, " "))
	if err != nil {
		return nil, ErrPhrase
	}
	// Every three words hold 32 bits of entropy and one of checksum; the
	// library returns the whole as one number.
	checksum := uint(len(words) / 3)
	entropy := new(big.Int).SetBytes(packed)
	entropy.Rsh(entropy, checksum)
	return entropy.FillBytes(make([]byte, 4*checksum)), nil
}

// NewPhrase returns the English BIP-39 phrase of entropy. It returns ErrEntropy unless
// entropy has 16, 20, 24, 28 or 32 bytes.
func NewPhrase(entropy []byte) (string, error) {
	phrase, err := bip39.NewMnemonic(entropy)
	if err != nil {
		return "", ErrEntropy
	}
	return phrase, nil
}

// MiniSecret returns the seed of entropy and password: the first 32 bytes of
// PBKDF2-HMAC-SHA512 over the entropy, salt "mnemonic" ‖ password, 2048 rounds. It
// returns ErrEntropy for the lengths that NewPhrase refuses.
//
// Source: substrate-bip39, mini_secret_from_entropy.
func MiniSecret(entropy []byte, password string) (seed [32]byte, err error) {
	if n := len(entropy); n < 16 || n > 32 || n%4 != 0 {
		return seed, ErrEntropy
	}
	return [32]byte(pbkdf2.Key(entropy, []byte("mnemonic"+password), rounds, 32, sha512.New)), nil
}

// FromPhrase is Entropy and MiniSecret.
func FromPhrase(phrase, password string) (seed [32]byte, err error) {
	entropy, err := Entropy(phrase)
	if err != nil {
		return seed, err
	}
	return MiniSecret(entropy, password)
}
