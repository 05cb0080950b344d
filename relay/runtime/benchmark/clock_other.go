//go:build !unix

package benchmark

import "time"

var start = time.Now()

// clock returns how much time passed: the time on a processor is not known here,
// so the machine must have nothing else to do.
func clock() time.Duration { return time.Since(start) }
