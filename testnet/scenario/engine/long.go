package engine

import "flag"

var long = flag.Bool("long", false, "run simulations at their full sizes and times")

// Long reports whether simulations run at full size: flag -long of the tests
// that import this package.
func Long() bool { return *long }
