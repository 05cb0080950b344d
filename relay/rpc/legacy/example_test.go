package legacy_test

import (
	"fmt"

	"github.com/rampart-chain/rampart/relay/rpc/backend"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/rpc/legacy"
	"github.com/rampart-chain/rampart/relay/store"
)

func ExampleRegister() {
	s, err := store.Open(store.Config{InMemory: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	server, err := jsonrpc.New(jsonrpc.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	legacy.Register(server, legacy.Config{
		Chain: backend.Chain{Store: s, Feed: backend.NewFeed(s), Spec: backend.Spec{Name: "Example", Type: "Local"}},
	})
	// Then server.Serve answers system_chain and all the others.
}
