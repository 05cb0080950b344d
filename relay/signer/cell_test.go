package signer

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/rampart-chain/rampart/relay/primitives"
)

var testKey = keyName{GRANDPA, [32]byte{1, 2, 3}}

// someRecords returns one record of each kind.
func someRecords() []Record {
	return []Record{
		Floor{Slot: 1, Set: 2, Session: 3},
		SealedBlock{Slot: 5, PreHash: hashOf(1), Signature: primitives.Signature{9}},
		CastVote{Set: 1, Round: 2, Message: primitives.Precommit{TargetBlock: target(1)}, Signature: primitives.Signature{8}},
		MadeStatement{Context: context(4, 5), Statement: statement(primitives.Valid, 6), Signature: primitives.Signature{7}},
		SentBitfield{Context: context(4, 5), BitsHash: hashOf(2), Signature: primitives.Signature{6}},
	}
}

// intact reports whether decoding damaged gave all records of a guard, or an
// error that stops the key from signing.
func intact(damaged []byte, want []Record) error {
	got, err := decodeGuard(testKey, damaged)
	if err == nil && !slices.Equal(got.records, want) {
		return errors.New("records are lost without an error")
	}
	return nil
}

// TestBitFlips flips every bit of the records and of the free cells behind them
// (scenario S04).
func TestBitFlips(t *testing.T) {
	t.Parallel()
	file, made := encodeGuard(testKey, someRecords())
	refused := 0
	for i := range (made.used + 2) * cellSize {
		for bit := range 8 {
			file[i] ^= 1 << bit
			if err := intact(file, made.records); err != nil {
				t.Fatalf("bit %d of byte %d: %v", bit, i, err)
			}
			if _, err := decodeGuard(testKey, file); err != nil {
				refused++
			} else if i < made.used*cellSize {
				t.Fatalf("bit %d of byte %d in a record is not noticed", bit, i)
			}
			file[i] ^= 1 << bit
		}
	}
	if refused < made.used*cellSize*8 {
		t.Errorf("%d of %d flips refused", refused, made.used*cellSize*8)
	}
}

// TestTails cuts off or clears the last 1 to 4096 bytes of a guard that is as
// full as it gets (scenario S03).
func TestTails(t *testing.T) {
	t.Parallel()
	full, made := encodeGuard(testKey, someRecords())
	full = full[:(made.used+minFree)*cellSize]
	for n := 1; n <= 4096; n++ {
		if err := intact(full[:len(full)-n], made.records); err != nil {
			t.Fatalf("%d bytes cut off: %v", n, err)
		}
		cleared := slices.Clone(full)
		clear(cleared[len(cleared)-n:])
		if err := intact(cleared, made.records); err != nil {
			t.Fatalf("%d bytes cleared: %v", n, err)
		}
	}
	// Without its free cells a guard may have lost records.
	for n := range made.used*cellSize + 1 {
		if _, err := decodeGuard(testKey, full[:n]); !errors.Is(err, ErrCorrupt) {
			t.Fatalf("cut to %d bytes: %v, want %v", n, err, ErrCorrupt)
		}
	}
}

// TestMissingCell takes a record out, swaps two and doubles one: each cell is
// good by itself, their sequence is not.
func TestMissingCell(t *testing.T) {
	t.Parallel()
	file, _ := encodeGuard(testKey, someRecords())
	at := func(i int) []byte { return file[i*cellSize : (i+1)*cellSize] }
	for what, cells := range map[string][]int{
		"taken out": {0, 1, 3, 4, 5}, "swapped": {0, 1, 3, 2, 4, 5}, "doubled": {0, 1, 1, 2, 3, 4, 5}, "no preamble": {1, 2, 3},
	} {
		var b []byte
		for _, i := range cells {
			b = append(b, at(i)...)
		}
		if _, err := decodeGuard(testKey, append(b, make([]byte, minFree*cellSize)...)); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v, want %v", what, err, ErrCorrupt)
		}
	}
}

// FuzzDecodeGuard checks that no file makes the decoder panic, and that what it
// accepts is what the encoder writes.
func FuzzDecodeGuard(f *testing.F) {
	file, made := encodeGuard(testKey, someRecords())
	f.Add(file[:(made.used+2)*cellSize])
	f.Add(file[:made.used*cellSize])
	f.Add(file[:(made.used+1)*cellSize+17])
	f.Fuzz(func(t *testing.T, raw []byte) {
		got, err := decodeGuard(testKey, raw)
		if err != nil {
			if !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrNewer) {
				t.Fatal(err)
			}
			return
		}
		again, made := encodeGuard(testKey, got.records)
		if n := got.used * cellSize; made.used != got.used || !bytes.Equal(again[:n], raw[:n]) {
			t.Fatal("records encode differently")
		}
		newLedger(got.records).needed()
	})
}

// FuzzDecodeRecord reaches records without the checksum in the way.
func FuzzDecodeRecord(f *testing.F) {
	for _, r := range someRecords() {
		f.Add(AppendRecord(nil, r))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		if len(payload) > maxPayload {
			return
		}
		file, made := encodeGuard(testKey, nil)
		c := makeCell(made.check, payload)
		copy(file[cellSize:], c[:])
		got, err := decodeGuard(testKey, file)
		if err == nil && (len(got.records) != 1 || !bytes.Equal(AppendRecord(nil, got.records[0]), payload)) {
			t.Fatalf("%x read as %v", payload, got.records)
		}
	})
}
