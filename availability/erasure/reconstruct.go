package erasure

import "fmt"

// Shard is one of the n shards of a payload.
type Shard struct {
	Index Index
	Data  []byte
}

// Check reports whether shards can be given to Reconstruct, without looking at
// their content. In this order:
//
//	ErrValidatorCount  n is not in [1, MaxValidators]
//	ErrTooFew          fewer than k shards
//	ErrIndex           an index is not below n
//	ErrDuplicate       an index occurs twice
//	ErrShardSize       sizes differ or are not possible for n
func Check(shards []Shard, n int) error {
	k, err := RecoveryThreshold(n)
	if err != nil {
		return err
	}
	if len(shards) < k {
		return ErrTooFew
	}
	size := len(shards[0].Data)
	var seen [(MaxValidators + 63) / 64]uint64
	for _, s := range shards {
		if int64(s.Index) >= int64(n) {
			return fmt.Errorf("shard %d of %d: %w", s.Index, n, ErrIndex)
		}
		word, bit := s.Index/64, uint64(1)<<(s.Index%64)
		if seen[word]&bit != 0 {
			return fmt.Errorf("shard %d: %w", s.Index, ErrDuplicate)
		}
		seen[word] |= bit
		if len(s.Data) != size {
			return fmt.Errorf("shard %d of %d bytes, another of %d: %w", s.Index, len(s.Data), size, ErrShardSize)
		}
	}
	if err := CheckShardSize(size, n); err != nil {
		return fmt.Errorf("shards of %d bytes: %w", size, err)
	}
	return nil
}

// Reconstruct returns the payload that shards were made of, followed by zeros
// up to k times the shard size; the length of the payload is not part of the
// format. The result belongs to the caller and does not alias shards.
//
// Any k distinct shards will do, in any order. Of more than k, the k with the
// lowest indices are used and the others are not looked at. Whether the shards
// come from one encoding is not seen here: Extend the result and compare it with
// what was committed to.
//
// It refuses what Check refuses.
func Reconstruct(shards []Shard, n int) ([]byte, error) {
	if err := Check(shards, n); err != nil {
		return nil, err
	}
	k, size := (n-1)/3+1, len(shards[0].Data)
	padded := make([]byte, k*size)
	all := make([][]byte, n)
	for _, s := range shards {
		all[s.Index] = s.Data
	}
	used := 0
	for i := range all {
		if i < k {
			// A missing shard stays empty; the library fills its spare capacity.
			all[i] = append(padded[i*size:i*size:(i+1)*size], all[i]...)
		} else if used == k {
			all[i] = nil
		}
		if len(all[i]) > 0 {
			used++
		}
	}
	if n == 1 {
		return padded, nil
	}
	code, err := newCode(n, size)
	if err != nil {
		return nil, err
	}
	if err := code.ReconstructData(all); err != nil {
		return nil, fmt.Errorf("data of %d shards: %w", n, err)
	}
	return padded, nil
}
