package scale_test

import (
	"fmt"

	"github.com/rampart-chain/rampart/relay/scale"
)

// A value that is a number and a text, written and read by hand; framegen writes
// such code from declarations.
func Example() {
	encoded := scale.AppendString(scale.AppendCompact(nil, 1000), "core")
	fmt.Printf("%x\n", encoded)

	d := scale.NewDecoder(encoded)
	number, text := d.Compact(), d.String(16)
	fmt.Println(number, text, d.Finish())

	d = scale.NewDecoder(append(encoded, 0))
	d.Compact()
	_ = d.String(16)
	fmt.Println(d.Finish())
	// Output:
	// a10f10636f7265
	// 1000 core <nil>
	// bytes left after the value
}
