package signer_test

import (
	"fmt"

	"github.com/rampart-chain/rampart/relay/primitives"
	"github.com/rampart-chain/rampart/relay/signer"
)

func ExampleSigner_SignBABESeal() {
	keys, err := signer.OpenKeystore(signer.KeystoreConfig{})
	if err != nil {
		fmt.Println(err)
		return
	}
	public, err := keys.InsertMemory(signer.BABE, "//Alice")
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := signer.Open(signer.Config{Keystore: keys, Disk: signer.NewMemory()})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer s.Close()
	first, err := s.SignBABESeal(public, 7, primitives.Hash{1})
	fmt.Println(err)
	again, err := s.SignBABESeal(public, 7, primitives.Hash{1})
	fmt.Println(err, first == again)
	_, err = s.SignBABESeal(public, 7, primitives.Hash{2})
	fmt.Println(err)
	// Output:
	// <nil>
	// <nil> true
	// another message was signed in its place
}
