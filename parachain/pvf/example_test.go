package pvf_test

import (
	"fmt"

	"github.com/rampart-chain/rampart/parachain/pvf"
)

func ExampleCheck() {
	// A module with a memory of 4,096 pages and nothing else.
	code := []byte("\x00asm\x01\x00\x00\x00\x05\x04\x01\x00\x80\x20")
	err := pvf.Check(code, pvf.Limits{})
	fmt.Println(err)
	fmt.Println(pvf.IsInvalid(err))
	// Output:
	// _initialize: required export is missing
	// true
}
