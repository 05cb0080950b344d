package main

import (
	"bytes"

	gossamer "github.com/ChainSafe/gossamer/pkg/scale"

	"github.com/rampart-chain/rampart/bench/record"
	"github.com/rampart-chain/rampart/relay/scale"
)

// fill returns n bytes that differ from call to call.
var filled uint64

func fill(b []byte) {
	for i := range b {
		filled = filled*6364136223846793005 + 1442695040888963407
		b[i] = byte(filled >> 56)
	}
}

func sampleRecord() record.Record {
	r := record.Record{Para: 2000, Number: 1 << 20, Session: 7, Payload: make([]byte, 50)}
	for _, b := range [][]byte{r.RelayParent[:], r.Collator[:], r.Data[:], r.PoV[:], r.Erasure[:], r.Signature[:], r.Head[:], r.Code[:], r.Payload} {
		fill(b)
	}
	return r
}

func sampleTransfers() record.Transfers {
	t := make(record.Transfers, 1000)
	for i := range t {
		fill(t[i].From[:])
		fill(t[i].To[:])
		t[i].Amount, t[i].Nonce = uint64(i)<<33, uint32(i)
	}
	return t
}

// encoded returns the bytes of v, which gossamer's codec agrees on.
func encoded(v scale.Marshaler) []byte {
	data := scale.Marshal(v)
	if !bytes.Equal(data, must(gossamer.Marshal(v))) {
		panic("two encodings of one value")
	}
	return data
}

func codec() []comparison {
	const peer = "gossamer pkg/scale v0.9.0"
	return []comparison{
		{"SCALE encode, record of 12 fields", peer, 50, func() (func(), func()) {
			r := sampleRecord()
			buf := make([]byte, 0, len(encoded(r)))
			return func() { buf = r.AppendSCALE(buf[:0]) }, func() { must(gossamer.Marshal(r)) }
		}},
		{"SCALE decode, record of 12 fields", peer, 50, func() (func(), func()) {
			data := encoded(sampleRecord())
			return decodes[record.Record](data)
		}},
		{"SCALE encode, 1000 transactions of 76 bytes", peer, 50, func() (func(), func()) {
			t := sampleTransfers()
			encoded(t)
			return func() { scale.Marshal(t) }, func() { must(gossamer.Marshal(t)) }
		}},
		{"SCALE decode, 1000 transactions of 76 bytes", peer, 50, func() (func(), func()) {
			data := encoded(sampleTransfers())
			return decodes[record.Transfers](data)
		}},
	}
}

func decodes[T any, P interface {
	*T
	scale.Unmarshaler
}](data []byte) (ours, theirs func()) {
	var mine, its T
	return func() {
			if err := scale.Unmarshal(data, P(&mine)); err != nil {
				panic(err)
			}
		}, func() {
			if err := gossamer.Unmarshal(data, &its); err != nil {
				panic(err)
			}
		}
}
