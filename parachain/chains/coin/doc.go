// Package coin is a sample chain: accounts with coins that can be paid to accounts
// on the same chain and on others of its kind.
//
// It shows what an author writes: one pallet (package transfer), the Rules that
// list it and connect it to inbound messages, a genesis, and the main package
// guest, which is all of the validation function's own code.
package coin
