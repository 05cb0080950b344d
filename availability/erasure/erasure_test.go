package erasure

import (
	"bytes"
	"errors"
	"testing"
)

func TestRecoveryThreshold(t *testing.T) {
	for n, want := range map[int]int{
		1: 1, 2: 1, 3: 1, 4: 2, 6: 2, 7: 3, 10: 4, 100: 34, 300: 100, 500: 167, 1000: 334, 10_000: 3334,
	} {
		if k, err := RecoveryThreshold(n); err != nil || k != want {
			t.Errorf("n=%d: got %d, %v, want %d", n, k, err, want)
		}
	}
	for _, n := range []int{-1, 0, 10_001, 1<<31 - 1} {
		if _, err := RecoveryThreshold(n); !errors.Is(err, ErrValidatorCount) {
			t.Errorf("n=%d: got %v, want %v", n, err, ErrValidatorCount)
		}
	}
}

func TestShardSize(t *testing.T) {
	for _, c := range []struct{ size, n, want int }{
		{0, 4, 64}, {1, 4, 64}, {128, 4, 64}, {129, 4, 128}, {5 << 20, 1000, 15_744},
		{0, 1, 64}, {64, 1, 64}, {65, 1, 128}, {MaxPayload, 1, MaxPayload}, {MaxPayload, 10_000, 5056},
	} {
		if got, err := ShardSize(c.size, c.n); err != nil || got != c.want {
			t.Errorf("len=%d n=%d: got %d, %v, want %d", c.size, c.n, got, err, c.want)
		}
		if err := CheckShardSize(c.want, c.n); err != nil {
			t.Errorf("n=%d: size %d: %v", c.n, c.want, err)
		}
	}
	for _, c := range []struct {
		size, n int
		want    Reason
	}{{-1, 4, ErrPayloadSize}, {MaxPayload + 1, 4, ErrPayloadSize}, {0, 0, ErrValidatorCount}} {
		if _, err := ShardSize(c.size, c.n); !errors.Is(err, c.want) {
			t.Errorf("len=%d n=%d: got %v, want %v", c.size, c.n, err, c.want)
		}
	}
	for _, size := range []int{-64, 0, 1, 63, 65, MaxPayload/2 + 64} {
		if err := CheckShardSize(size, 4); !errors.Is(err, ErrShardSize) {
			t.Errorf("size %d: got %v, want %v", size, err, ErrShardSize)
		}
	}
}

func TestEncode(t *testing.T) {
	t.Run("the first k shards are the padded payload", func(t *testing.T) {
		for n := 1; n <= 300; n++ {
			payload := pattern(n*37, uint64(n))
			shards, err := Encode(payload, n)
			if err != nil {
				t.Fatal(err)
			}
			k := (n-1)/3 + 1
			data := bytes.Join(shards[:k], nil)
			if !bytes.Equal(data[:len(payload)], payload) || len(bytes.Trim(data[len(payload):], "\x00")) != 0 {
				t.Fatalf("n=%d: data shards are not the payload and zeros", n)
			}
		}
	})
	t.Run("refusals", func(t *testing.T) {
		if _, err := Encode(nil, 0); !errors.Is(err, ErrValidatorCount) {
			t.Errorf("got %v", err)
		}
		if _, err := Encode(make([]byte, MaxPayload+1), 4); !errors.Is(err, ErrPayloadSize) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("the largest payload comes back", func(t *testing.T) {
		if testing.Short() {
			t.Skip("16 MiB")
		}
		payload := pattern(MaxPayload, 1)
		shards, err := Encode(payload, 1000)
		if err != nil {
			t.Fatal(err)
		}
		padded, err := Reconstruct(numbered(shards)[666:], 1000)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(padded[:MaxPayload], payload) {
			t.Fatal("payload differs")
		}
		again, err := Extend(padded, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(again[999], shards[999]) {
			t.Fatal("extending gives another shard")
		}
	})
}

// numbered gives every shard its index.
func numbered(shards [][]byte) []Shard {
	out := make([]Shard, len(shards))
	for i, data := range shards {
		out[i] = Shard{Index: Index(i), Data: data}
	}
	return out
}

func TestExtend(t *testing.T) {
	for _, c := range []struct {
		name    string
		size, n int
		want    error
	}{
		{"empty", 0, 4, ErrShardSize},
		{"not a multiple of k", 129, 4, ErrShardSize},
		{"odd size", 130, 4, ErrShardSize},
		{"too large", MaxPayload + 128, 4, ErrShardSize},
		{"no validators", 64, 0, ErrValidatorCount},
		{"one", 64, 1, nil},
	} {
		if _, err := Extend(make([]byte, c.size), c.n); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", c.name, err, c.want)
		}
	}
}

func TestReconstructRefuses(t *testing.T) {
	shards, err := Encode(pattern(1000, 3), 7) // k = 3, shards of 384 bytes
	if err != nil {
		t.Fatal(err)
	}
	good := numbered(shards)
	for _, c := range []struct {
		name   string
		n      int
		change func(s []Shard) []Shard
		want   Reason
	}{
		{"none", 7, func(s []Shard) []Shard { return nil }, ErrTooFew},
		{"k-1", 7, func(s []Shard) []Shard { return s[:2] }, ErrTooFew},
		{"index n", 7, func(s []Shard) []Shard { s[1].Index = 7; return s }, ErrIndex},
		{"index 2^32-1", 7, func(s []Shard) []Shard { s[1].Index = 1<<32 - 1; return s }, ErrIndex},
		{"same index twice", 7, func(s []Shard) []Shard { s[1].Index = 4; return s }, ErrDuplicate},
		{"one shorter", 7, func(s []Shard) []Shard { s[2].Data = s[2].Data[:320]; return s }, ErrShardSize},
		{"one empty", 7, func(s []Shard) []Shard { s[2].Data = nil; return s }, ErrShardSize},
		{"all empty", 7, func(s []Shard) []Shard { return resize(s, 0) }, ErrShardSize},
		{"all odd", 7, func(s []Shard) []Shard { return resize(s, 383) }, ErrShardSize},
		{"all too large", 4, func(s []Shard) []Shard { return resize(s[:4], MaxPayload/2+64) }, ErrShardSize},
		{"no validators", 0, func(s []Shard) []Shard { return s }, ErrValidatorCount},
		{"too many validators", 10_001, func(s []Shard) []Shard { return s }, ErrValidatorCount},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Reconstruct(c.change(append([]Shard(nil), good...)), c.n)
			if !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
		})
	}
}

// resize gives all shards size bytes.
func resize(shards []Shard, size int) []Shard {
	for i := range shards {
		shards[i].Data = make([]byte, size)
	}
	return shards
}
