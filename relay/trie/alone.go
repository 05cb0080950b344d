//go:build !wasip1

package trie

// alone tells whether there is one processor for certain: then nothing is divided.
const alone = false
