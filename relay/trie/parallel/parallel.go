// Package parallel is how a trie's work gets to all processors. The trie itself, a core,
// starts no goroutine: who has processors to spare gives it [Each].
package parallel

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Each calls work once with every number below n, on all processors, and returns when all
// calls have. It is a trie.Each. The caller works too, so that what is small is done
// before another processor wakes.
func Each(n int, work func(i int)) {
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
