package trie

const alone = true // a guest, whose code has to be small
