package erasure

// Limits of the format.
const (
	// MaxValidators is the largest number of validators data can be split among.
	MaxValidators = 10_000
	// MaxPayload bounds a payload, in bytes.
	MaxPayload = 16 << 20
	// blockSize is the unit of a shard, in bytes: 64 symbols of 8 bits or 32 of
	// 16 bits.
	blockSize = 64
	// maxSmallField is the largest number of validators whose shards are coded
	// over GF(2^8), 193. The code has one point of the field for each of the k data
	// shards and m for the parity shards, m the least power of two ≥ n−k; GF(2^8)
	// has 256. With m = 128 there is room for 128 data shards, more than the third
	// that k is; m = 256 leaves none. So n−k = ⌈2(n−1)/3⌉ may be at most 128.
	maxSmallField = 128*3/2 + 1
)

// Index numbers the shards of n validators: 0 … n−1.
type Index uint32

// RecoveryThreshold returns how many distinct shards rebuild data split among
// n validators: k = ⌊(n−1)/3⌋ + 1, so any k honest holders suffice when at
// most ⌊(n−1)/3⌋ are faulty.
//
// n must be in [1, MaxValidators], else ErrValidatorCount.
//
// Source: Polkadot parachain implementers' guide, erasure coding.
func RecoveryThreshold(n int) (int, error) {
	if n < 1 || n > MaxValidators {
		return 0, ErrValidatorCount
	}
	return (n-1)/3 + 1, nil
}

// ShardSize returns the size in bytes of each of the n shards of a payload of
// payloadLen bytes: max(64, ⌈payloadLen/k⌉ rounded up to a multiple of 64).
//
// n must be in [1, MaxValidators], else ErrValidatorCount; payloadLen must be
// in [0, MaxPayload], else ErrPayloadSize.
func ShardSize(payloadLen, n int) (int, error) {
	k, err := RecoveryThreshold(n)
	if err != nil {
		return 0, err
	}
	if payloadLen < 0 || payloadLen > MaxPayload {
		return 0, ErrPayloadSize
	}
	piece := (payloadLen + k - 1) / k
	return max(blockSize, (piece+blockSize-1)/blockSize*blockSize), nil
}

// CheckShardSize returns ErrShardSize if no payload of at most MaxPayload bytes
// has shards of size bytes among n validators, ErrValidatorCount if n is out of
// range.
func CheckShardSize(size, n int) error {
	limit, err := ShardSize(MaxPayload, n)
	if err != nil {
		return err
	}
	if size < blockSize || size > limit || size%blockSize != 0 {
		return ErrShardSize
	}
	return nil
}
