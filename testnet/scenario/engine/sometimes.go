package engine

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Sometimes counts rare events by name: what a suite of simulations never meets
// it does not test.
type Sometimes map[string]int

// Add counts one.
func (s Sometimes) Add(name string) { s[name]++ }

// Merge adds the counts of another run.
func (s Sometimes) Merge(other Sometimes) {
	for name, n := range other {
		s[name] += n
	}
}

// Never returns those of names that were not counted, in order.
func (s Sometimes) Never(names ...string) []string {
	return slices.DeleteFunc(slices.Sorted(slices.Values(names)), func(name string) bool { return s[name] > 0 })
}

// String lists the counts by name.
func (s Sometimes) String() string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(s)) {
		out = append(out, fmt.Sprintf("%s %d", name, s[name]))
	}
	return strings.Join(out, ", ")
}
