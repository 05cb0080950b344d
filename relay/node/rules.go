package node

import (
	"errors"
	"fmt"

	"github.com/rampart-chain/rampart/relay/chain"
	"github.com/rampart-chain/rampart/relay/store"
)

// advice says what can be done with a database that this program cannot go on with.
func advice(basePath string) string {
	return "choose another --base-path, or remove it with rampart purge-chain, the same --chain, and --base-path " + basePath
}

// checkRules returns chain.ErrOtherRules, with what to do, unless this program can make
// the block after the best one. A chain that has only its genesis begins with the rules
// of whoever makes its first block.
func checkRules(st *store.Store, basePath string) error {
	err := chain.CheckRules(st, st.Best())
	if errors.Is(err, chain.ErrOtherRules) {
		return fmt.Errorf("%w, %s", err, advice(basePath))
	}
	return err
}

// foreign returns why a database with another genesis is refused: fault, and what to
// do.
func foreign(st *store.Store, basePath string, fault error) error {
	if err := checkRules(st, basePath); err != nil {
		return fmt.Errorf("%w; %w", fault, err)
	}
	return fmt.Errorf("%w: the chain spec is another one, or it is a preset of another version of this program; %s", fault, advice(basePath))
}
