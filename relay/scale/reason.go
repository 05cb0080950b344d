package scale

// Reason says why input is not the canonical SCALE encoding of a value, or why
// decoding it was refused.
type Reason string

func (r Reason) Error() string { return string(r) }

// Reasons for which a Decoder refuses its input.
const (
	ErrShort    = Reason("input ends inside a value")
	ErrTrailing = Reason("bytes left after the value")
	ErrCompact  = Reason("compact integer is not minimal")
	ErrRange    = Reason("integer does not fit its type")
	ErrBool     = Reason("boolean is neither 0 nor 1")
	ErrOption   = Reason("option is neither 0 nor 1")
	ErrVariant  = Reason("unknown variant index")
	ErrLength   = Reason("length exceeds its bound")
	ErrPadding  = Reason("unused bits are not zero")
	ErrDepth    = Reason("value is nested too deeply")
	ErrBudget   = Reason("value needs more memory than its input allows")
	ErrUTF8     = Reason("string is not valid UTF-8")
)
