// Command peers measures Rampart's primitives against those of other
// libraries, in pairs within one process: gossamer's codec and trie,
// go-schnorrkel, the standard library, and klauspost's erasure code with
// nothing around it.
//
//	go run . [-rounds 9] [-only regexp]
//
// It prints one row of a Markdown table for each comparison. The ratio is the
// peer's time over ours, the median over the rounds, with the least and the
// greatest; a ratio of 1.00 means equal.
package main

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
)

// comparisons is everything measured, in the order of the table.
func comparisons() []comparison {
	return slices.Concat(codec(), tries(), chunks(), signatures())
}

func main() {
	rounds := flag.Int("rounds", 9, "rounds of each comparison")
	only := flag.String("only", "", "measure only names that match this regular expression")
	flag.Parse()
	match, err := regexp.Compile(*only)
	if err != nil || *rounds < 1 || flag.NArg() > 0 {
		fmt.Fprintln(os.Stderr, "usage: peers [-rounds n] [-only regexp]")
		os.Exit(2)
	}
	fmt.Println("| what | ours | peer | peer's | ratio | goal | our allocations |")
	fmt.Println("|---|---|---|---|---|---|---|")
	for _, c := range comparisons() {
		if match.MatchString(c.name) {
			measure(c, *rounds).print(os.Stdout)
		}
	}
}
