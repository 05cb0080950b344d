// Command hostile is a guest that does what its first parameter byte says, most of
// it bad. It links fmt, os and time, so it also shows what the standard library
// finds in a guest's world.
package main

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"time"

	"github.com/rampart-chain/rampart/parachain/sdk/guest"
)

// calls survives within an instance and must not survive it.
var calls byte

func init() {
	guest.Register(func(params []byte) ([]byte, bool) {
		calls++
		switch params[0] {
		case 'n': // how often was this instance called?
			return []byte{calls}, true
		case 'l': // loop for ever
			guest.Log(guest.Info, "looping")
			for {
				calls++
			}
		case 'm': // take all memory
			return take(), true
		case 'h': // huge output
			return make([]byte, binary.LittleEndian.Uint32(params[1:])), true
		case 'p':
			panic(fmt.Sprintf("guest panics, %d bytes of parameters", len(params)))
		case 'x':
			os.Exit(3)
		case 's': // the clock stands still
			time.Sleep(time.Second)
		case 'e': // empty result
			return nil, true
		case 'r': // recursion without end
			return []byte{byte(deep(0))}, true
		case 'w':
			return world(), true
		case 'g': // garbage collection under a clock that stands still
			return churn(), true
		case 'o': // much output
			for i := range 1000 {
				fmt.Println("line", i, string(make([]byte, 100)))
			}
			return nil, true
		}
		return nil, false
	})
}

func take() []byte {
	var all [][]byte
	for {
		b := make([]byte, 1<<20)
		for i := 0; i < len(b); i += 4096 {
			b[i] = 1
		}
		all = append(all, b)
		if len(all) > 1<<16 {
			return all[0]
		}
	}
}

//go:noinline
func deep(n int) int {
	var frame [64]int
	frame[n%64] = n
	return deep(n+1) + frame[(n+1)%64]
}

// world reports what a guest can see of the world around it.
func world() []byte {
	random := make([]byte, 16)
	_, randomErr := rand.Read(random)
	_, fileErr := os.ReadFile("/etc/passwd")
	name, hostErr := os.Hostname()
	guest.Log(guest.Info, "looking around")
	fmt.Fprintln(os.Stderr, "on standard error")
	return fmt.Appendf(nil, "args=%q env=%q now=%d random=%x %v file=%t host=%q %t",
		os.Args, os.Environ(), time.Now().UnixNano(), random, randomErr, fileErr != nil, name, hostErr != nil)
}

func churn() []byte {
	table := map[int][]byte{}
	for i := range 20000 {
		table[i%100] = make([]byte, 4096)
	}
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return fmt.Appendf(nil, "%d tables, collected %t", len(table), stats.NumGC > 0)
}

func main() {}
