//go:build unix

package benchmark

import (
	"syscall"
	"time"
)

// clock returns for how long this process has been on a processor.
func clock() time.Duration {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
