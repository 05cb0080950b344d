package ss58_test

import (
	"fmt"

	"github.com/rampart-chain/rampart/relay/crypto/ss58"
)

func ExampleDecode() {
	account, prefix, err := ss58.Decode("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY")
	fmt.Printf("%x %d %v\n", account[:4], prefix, err)
	_, _, err = ss58.Decode("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQZ")
	fmt.Println(err)
	// Output:
	// d43593c7 42 <nil>
	// address checksum does not match
}
