package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of CPU time in /proc, the same on every Linux that Go runs on.
const tick = 10 * time.Millisecond

// usage returns the CPU time that the processes and all their living
// descendants used, with that of descendants that ended, and their resident
// memory in KiB: the proportional set size, which counts a page that k processes
// share as 1/k of a page in each.
func usage(roots []int) (cpu time.Duration, rss int, err error) {
	children := map[int][]int{}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0, 0, err
	}
	ticks := map[int]int{}
	for _, path := range stats {
		raw, err := os.ReadFile(path)
		if err != nil {
			continue // ended meanwhile
		}
		// pid (name) state ppid …: the name may hold anything.
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		fields := strings.Fields(string(raw[bytes.LastIndexByte(raw, ')')+1:]))
		parent, _ := strconv.Atoi(fields[1])
		children[parent] = append(children[parent], pid)
		for _, f := range fields[11:15] { // utime, stime, and those of children waited for
			n, _ := strconv.Atoi(f)
			ticks[pid] += n
		}
	}
	for queue := roots; len(queue) > 0; queue = queue[1:] {
		pid := queue[0]
		if _, ok := ticks[pid]; !ok {
			return 0, 0, fmt.Errorf("process %d has ended", pid)
		}
		cpu += time.Duration(ticks[pid]) * tick
		rss += resident(pid)
		queue = append(queue, children[pid]...)
	}
	return cpu, rss, nil
}

// resident returns the proportional set size of a process in KiB; 0 if it is gone.
func resident(pid int) int {
	raw, _ := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	for line := range strings.Lines(string(raw)) {
		if rest, ok := strings.CutPrefix(line, "Pss:"); ok {
			n, _ := strconv.Atoi(strings.Fields(rest)[0])
			return n
		}
	}
	return 0
}
