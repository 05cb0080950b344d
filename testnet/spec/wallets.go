package spec

import (
	"encoding/json"

	"github.com/rampart-chain/rampart/relay/rpc/backend"
	"github.com/rampart-chain/rampart/relay/runtime"
)

// ForWallets returns what nodes of the chain tell wallets of it.
func (s Spec) ForWallets() backend.Spec {
	return forWallets(s.Name, s.ID, s.ChainType, s.Properties)
}

// ForWallets returns what collators of the chain tell wallets of it.
func (s ParaSpec) ForWallets() backend.Spec {
	return forWallets(s.Name, s.ID, s.ChainType, s.Properties)
}

func forWallets(name, id, chainType string, p Properties) backend.Spec {
	properties, err := json.Marshal(p)
	if err != nil {
		panic(err) // a struct of strings and numbers
	}
	return backend.Spec{Name: name, ID: id, Type: chainType, Properties: properties, SS58Prefix: runtime.SS58Prefix}
}
