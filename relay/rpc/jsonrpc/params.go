package jsonrpc

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Params are the parameters of a call, by position. They are valid JSON, of the
// message: a handler that keeps one copies it.
type Params struct {
	values []json.RawMessage
}

// decodeParams returns the parameters of a call. Names are those that a caller may
// use instead of positions.
func decodeParams(text json.RawMessage, names []string) (Params, *Error) {
	if len(text) == 0 {
		return Params{}, nil
	}
	if text[0] == '{' {
		return decodeNamed(text, names)
	}
	n := 0
	for range pieces(text) {
		n++
	}
	p := Params{values: make([]json.RawMessage, 0, n)}
	for piece := range pieces(text) {
		p.values = append(p.values, piece)
	}
	return p, nil
}

func decodeNamed(text json.RawMessage, names []string) (Params, *Error) {
	if len(names) == 0 && len(trim(text[1:len(text)-1])) > 0 {
		return Params{}, InvalidParams("this method takes parameters by position")
	}
	p := Params{values: make([]json.RawMessage, len(names))}
	for piece := range pieces(text) {
		end := stringEnd(piece) + 1
		i := slices.Index(names, unquote(piece[:end]))
		if i < 0 {
			return Params{}, InvalidParams("a name that this method does not have")
		}
		if p.values[i] != nil {
			return Params{}, InvalidParams("a name stands twice")
		}
		p.values[i] = trim(trim(piece[end:])[1:])
	}
	return p, nil
}

// Len returns how many parameters there are, those that are null among them.
func (p Params) Len() int { return len(p.values) }

// given says whether parameter i is there and not null.
func (p Params) given(i int) bool {
	return i < len(p.values) && len(p.values[i]) > 0 && string(p.values[i]) != "null"
}

// Read puts parameter i into into[i], as json.Unmarshal does.
//
// The first required ones must be there and not be null. The others keep the value
// they have if they are missing or null. More parameters than into has must be
// null: what a caller asked for is never passed over.
//
// It returns an *Error of CodeInvalidParams.
func (p Params) Read(required int, into ...any) error {
	for i := range max(len(into), len(p.values)) {
		switch {
		case !p.given(i) && i >= required:
		case !p.given(i):
			return InvalidParams(fmt.Sprintf("parameter %d is missing", i))
		case i >= len(into):
			return InvalidParams(fmt.Sprintf("at most %d parameters", len(into)))
		default:
			if err := json.Unmarshal(p.values[i], into[i]); err != nil {
				return InvalidParams(fmt.Sprintf("parameter %d: %s", i, err))
			}
		}
	}
	return nil
}
