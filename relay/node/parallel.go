package node

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// parallel calls work with every number below n, on all processors. It is a
// trie.Each.
func parallel(n int, work func(i int)) {
	var next atomic.Int64
	some := func() {
		for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
			work(i)
		}
	}
	var others sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) - 1 {
		others.Go(some)
	}
	some()
	others.Wait()
}
