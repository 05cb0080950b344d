package ss58

import "github.com/rampart-chain/rampart/relay/crypto/hash"

// Well-known prefixes.
const (
	Polkadot uint16 = 0
	Kusama   uint16 = 2
	Generic  uint16 = 42 // any Substrate chain; Rampart's own
)

// MaxPrefix is the largest network prefix.
const MaxPrefix = 1<<14 - 1

const (
	accountSize  = 32
	ecdsaSize    = 33
	checksumSize = 2
)

// Reason says why an address or prefix was refused.
type Reason string

func (r Reason) Error() string { return string(r) }

const (
	ErrBase58       = Reason("address has a character outside base58")
	ErrLength       = Reason("address has the wrong length for a 32-byte account")
	ErrPrefix       = Reason("network prefix is out of range")
	ErrReserved     = Reason("network prefix is reserved")
	ErrNotCanonical = Reason("network prefix below 64 is written in two bytes")
	ErrChecksum     = Reason("address checksum does not match")
)

// Encode returns the address of account under prefix. It returns ErrPrefix above
// MaxPrefix and ErrReserved for 46 and 47.
func Encode(account [32]byte, prefix uint16) (string, error) { return EncodeKey(account[:], prefix) }

// EncodeKey is Encode for a public key of 32 or, of ECDSA, 33 bytes; ErrLength for
// others.
func EncodeKey(key []byte, prefix uint16) (string, error) {
	switch {
	case len(key) != accountSize && len(key) != ecdsaSize:
		return "", ErrLength
	case prefix > MaxPrefix:
		return "", ErrPrefix
	case reserved(prefix):
		return "", ErrReserved
	}
	data := make([]byte, 0, 2+ecdsaSize+checksumSize)
	if prefix < 64 {
		data = append(data, byte(prefix))
	} else {
		data = append(data, byte(prefix&0xfc>>2)|0x40, byte(prefix>>8)|byte(prefix&3)<<6)
	}
	data = append(data, key...)
	sum := checksum(data)
	return encodeBase58(append(data, sum[:]...)), nil
}

// Decode returns the account and prefix of address. It returns, in the order of
// its checks, ErrLength for far too long an address, ErrBase58, ErrPrefix,
// ErrNotCanonical, ErrLength, ErrReserved or ErrChecksum.
func Decode(address string) (account [32]byte, prefix uint16, err error) {
	key, prefix, err := decode(address, accountSize)
	if err != nil {
		return account, prefix, err
	}
	return [32]byte(key), prefix, nil
}

// DecodeKey is Decode for a public key of 32 or, of ECDSA, 33 bytes.
func DecodeKey(address string, size int) (key []byte, prefix uint16, err error) {
	if size != accountSize && size != ecdsaSize {
		return nil, 0, ErrLength
	}
	return decode(address, size)
}

// decode returns the key of size bytes in address, and its prefix.
func decode(address string, size int) (key []byte, prefix uint16, err error) {
	data, err := decodeBase58(address)
	if err != nil {
		return nil, 0, err
	}
	if len(data) < 2 {
		return nil, 0, ErrLength
	}
	prefixSize := 1
	switch {
	case data[0] < 64:
		prefix = uint16(data[0])
	case data[0] < 128:
		prefixSize = 2
		prefix = uint16(data[0]<<2|data[1]>>6) | uint16(data[1]&0x3f)<<8
		if prefix < 64 {
			return nil, 0, ErrNotCanonical
		}
	default:
		return nil, 0, ErrPrefix
	}
	if len(data) != prefixSize+size+checksumSize {
		return nil, 0, ErrLength
	}
	if reserved(prefix) {
		return nil, 0, ErrReserved
	}
	body := data[:prefixSize+size]
	if checksum(body) != [checksumSize]byte(data[len(body):]) {
		return nil, 0, ErrChecksum
	}
	return body[prefixSize:], prefix, nil
}

func reserved(prefix uint16) bool { return prefix == 46 || prefix == 47 }

func checksum(body []byte) [checksumSize]byte {
	digest := hash.Blake2b512(append([]byte("SS58PRE"), body...))
	return [checksumSize]byte(digest[:checksumSize])
}
