//go:build !wasip1

package guest

// sink is written by LogTo before anything validates.
var sink func(Level, string)

// LogTo sets where Log writes when the guest's source runs natively. nil drops.
func LogTo(f func(level Level, line string)) { sink = f }

// Log writes one line to the log that LogTo set.
func Log(level Level, line string) {
	if sink != nil {
		sink(level, line)
	}
}
