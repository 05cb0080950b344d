package chunkstore

import (
	"encoding/hex"
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/rampart-chain/rampart/relay/primitives"
)

// Part says which part of a candidate's data an item is: the index of one
// chunk, or AvailableData.
type Part uint32

// AvailableData is the Part that is the candidate's full available data.
const AvailableData Part = math.MaxUint32

// String returns "data" or the decimal chunk index.
func (p Part) String() string {
	if p == AvailableData {
		return "data"
	}
	return strconv.FormatUint(uint64(p), 10)
}

// Key names an item.
type Key struct {
	Candidate primitives.Hash
	Part      Part
}

// name returns the file name of the item named k that is kept up to block.
func (k Key) name(block primitives.BlockNumber) string {
	return hex.EncodeToString(k.Candidate[:]) + "." + k.Part.String() + "." + strconv.FormatUint(uint64(block), 10)
}

// folder returns the directory of k's file below the store's.
func (k Key) folder() string {
	digits := hex.EncodeToString(k.Candidate[:1])
	return filepath.Join(digits[:1], digits[1:])
}

// parseName is the inverse of name. It returns false for what name never
// returns.
func parseName(name string) (Key, primitives.BlockNumber, bool) {
	fields := strings.Split(name, ".")
	if len(fields) != 3 {
		return Key{}, 0, false
	}
	var k Key
	raw, err := hex.DecodeString(fields[0])
	if err != nil || len(raw) != len(k.Candidate) {
		return Key{}, 0, false
	}
	copy(k.Candidate[:], raw)
	k.Part = AvailableData
	if fields[1] != "data" {
		part, err := strconv.ParseUint(fields[1], 10, 32)
		if err != nil {
			return Key{}, 0, false
		}
		k.Part = Part(part)
	}
	block, err := strconv.ParseUint(fields[2], 10, 32)
	if err != nil || k.name(primitives.BlockNumber(block)) != name {
		return Key{}, 0, false
	}
	return k, primitives.BlockNumber(block), true
}
