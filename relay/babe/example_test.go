package babe_test

import (
	"bytes"
	"fmt"

	"github.com/rampart-chain/rampart/relay/babe"
)

func ExampleSecondaryAuthor() {
	randomness := [32]byte(bytes.Repeat([]byte{3}, 32))
	fmt.Println(babe.SecondaryAuthor(randomness, 100, 1000))
	// Output: 167
}

func ExamplePrimaryThreshold() {
	// One of four equal authorities, c = 1/4: it wins 6.9 % of slots.
	t := babe.PrimaryThreshold([2]uint64{1, 4}, 1, 4)
	fmt.Printf("%.4f\n", float64(t.Hi)/(1<<64))
	// Output: 0.0694
}
