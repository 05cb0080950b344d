package guest

// Func validates a block: it returns the encoded result and true, or false to
// refuse. It owns neither argument nor result after it returned.
type Func func(params []byte) (result []byte, ok bool)

// registered is written once, by an init function of the guest's main package.
var registered Func

// Register says what validates blocks. It is called once, from an init function; a
// second call panics.
func Register(f Func) {
	if registered != nil {
		panic("guest: Register called twice")
	}
	registered = f
}

// Validate runs what was registered. It panics if nothing was.
func Validate(params []byte) (result []byte, ok bool) {
	if registered == nil {
		panic("guest: nothing registered")
	}
	return registered(params)
}

// Level is how grave a logged line is; numbers as in sp_core::LogLevel.
type Level uint32

// Levels, gravest first.
const (
	Error Level = iota
	Warn
	Info
	Debug
	Trace
)
