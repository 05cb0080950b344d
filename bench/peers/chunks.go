package main

import (
	"github.com/klauspost/reedsolomon"
	"lukechampine.com/blake3"

	"github.com/rampart-chain/rampart/availability/chunk"
	"github.com/rampart-chain/rampart/availability/erasure"
)

const payloadSize = 5 << 20

func chunks() []comparison {
	return []comparison{{
		name: "chunks with proofs and root, 5 MiB, n = 1000",
		peer: "klauspost/reedsolomon encode and BLAKE3 of each chunk, no tree", goal: 1 / 1.15,
		make: func() (func(), func()) {
			const n = 1000
			payload := make([]byte, payloadSize)
			fill(payload)
			k := must(erasure.RecoveryThreshold(n))
			size := must(erasure.ShardSize(payloadSize, n))
			return func() {
					if _, _, err := chunk.Encode(payload, n); err != nil {
						panic(err)
					}
				}, func() {
					// The same layout, made by hand: k data shards, then parity.
					code := must(reedsolomon.New(k, n-k, reedsolomon.WithLeopardGF16(true)))
					all := make([]byte, n*size)
					copy(all, payload)
					shards := make([][]byte, n)
					for i := range shards {
						shards[i] = all[i*size : (i+1)*size]
					}
					if err := code.Encode(shards); err != nil {
						panic(err)
					}
					for _, s := range shards {
						hashed = blake3.Sum256(s)
					}
				}
		},
	}}
}

// hashed keeps the compiler from leaving out what it is the result of.
var hashed [32]byte

// sentRatio returns the bytes of all n chunks as they are sent, with index and
// proof, in parts of n/k of the payload.
func sentRatio(n int) float64 {
	payload := make([]byte, payloadSize)
	_, all, err := chunk.Encode(payload, n)
	if err != nil {
		panic(err)
	}
	sent := 0
	for i := range all {
		sent += len(all[i].AppendSCALE(nil))
	}
	k := must(erasure.RecoveryThreshold(n))
	return float64(sent) * float64(k) / float64(n) / payloadSize
}
