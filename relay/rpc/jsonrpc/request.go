package jsonrpc

import (
	"bytes"
	"encoding/json"
	"iter"
	"unicode/utf8"
)

// Bounds of what a request may contain, whatever its size.
const (
	maxID     = 128     // bytes of an id as JSON text
	maxMethod = 128     // bytes of a method's name as JSON text
	maxValues = 1 << 17 // commas of a message: values of all its arrays and objects
)

// A request is one call of a message. Its slices are of the message.
type request struct {
	id     json.RawMessage // nil: a notification, which is not answered
	method string
	params json.RawMessage // empty: none
	err    *Error          // not nil: no request, answer id with it
}

// decodeMessage returns the calls of a message, and whether they are a batch.
//
// A message has at most limits.Depth nested arrays and objects, 2^17 values, and a
// batch at most limits.Batch calls. What is no request is one with err set; a
// message that cannot be read at all is an error for the id null.
func decodeMessage(text []byte, limits Limits) (calls []request, batch bool, e *Error) {
	if e := checkShape(text, limits.Depth); e != nil {
		return nil, false, e
	}
	text = trim(text)
	if text[0] != '[' {
		return []request{decodeRequest(text)}, false, nil
	}
	if limits.Batch < 0 {
		return nil, false, errBatchRefused
	}
	n := 0
	for range pieces(text) {
		n++
	}
	switch {
	case n == 0:
		return nil, false, errInvalidRequest
	case n > limits.Batch:
		return nil, false, exceeded(CodeBatchSize, "The batch request was too large", limits.Batch)
	}
	calls = make([]request, 0, n)
	for piece := range pieces(text) {
		calls = append(calls, decodeRequest(piece))
	}
	return calls, true, nil
}

// checkShape returns nil if text is JSON in UTF-8 of bounded depth and number of
// values.
func checkShape(text []byte, maxDepth int) *Error {
	depth, values := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			i += stringEnd(text[i:])
		case '[', '{':
			if depth++; depth > maxDepth {
				return exceeded(CodeParse, "Parse error", maxDepth)
			}
		case ']', '}':
			depth--
		case ',':
			if values++; values > maxValues {
				return exceeded(CodeInvalidRequest, "Invalid request", maxValues)
			}
		}
	}
	switch {
	case !utf8.Valid(text):
		return parseError("not UTF-8")
	case !json.Valid(text):
		return parseError("not JSON")
	}
	return nil
}

// decodeRequest reads one call of valid JSON. Members that it does not know are
// ignored; one that stands twice makes it no request.
func decodeRequest(text []byte) request {
	r := request{err: errInvalidRequest}
	if text[0] != '{' {
		r.id = noID
		return r
	}
	var id, version, method, params []byte
	for piece := range pieces(text) {
		end := stringEnd(piece) + 1
		var field *[]byte
		switch unquote(piece[:end]) {
		case "id":
			field = &id
		case "jsonrpc":
			field = &version
		case "method":
			field = &method
		case "params":
			field = &params
		default:
			continue
		}
		if *field != nil {
			r.id = noID
			return r
		}
		*field = trim(trim(piece[end:])[1:]) // after the colon
	}
	r.id = id
	if id != nil && !validID(id) {
		r.id = noID
		return r
	}
	if len(method) < 2 || method[0] != '"' || len(method) > maxMethod || unquote(version) != "2.0" {
		if r.id == nil {
			r.id = noID // it does not say that it wants no answer
		}
		return r
	}
	switch {
	case params == nil, string(params) == "null":
	case params[0] == '[', params[0] == '{':
		r.params = params
	default:
		return r
	}
	r.method, r.err = unquote(method), nil
	return r
}

// validID says whether an id is null, a string or a whole number, and short.
func validID(id []byte) bool {
	if len(id) > maxID {
		return false
	}
	if id[0] == '"' || string(id) == "null" {
		return true
	}
	for i, c := range id {
		if (c < '0' || c > '9') && (i > 0 || c != '-') {
			return false
		}
	}
	return true
}

// pieces yields what stands between the commas of an array or object, trimmed:
// values, or names with their values. Text is valid JSON.
func pieces(text []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		inner := text[1 : len(text)-1]
		depth, start := 0, 0
		for i := 0; i < len(inner); i++ {
			switch inner[i] {
			case '"':
				i += stringEnd(inner[i:])
			case '[', '{':
				depth++
			case ']', '}':
				depth--
			case ',':
				if depth == 0 {
					if !yield(trim(inner[start:i])) {
						return
					}
					start = i + 1
				}
			}
		}
		if last := trim(inner[start:]); len(last) > 0 {
			yield(last)
		}
	}
}

// stringEnd returns where the string ends that text begins with: the index of the
// closing quote, or of the last byte if there is none.
func stringEnd(text []byte) int {
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(text) - 1
}

// unquote returns the string that valid JSON text is, "" if it is none.
func unquote(text []byte) string {
	if len(text) < 2 || text[0] != '"' {
		return ""
	}
	if bytes.IndexByte(text, '\\') < 0 {
		return string(text[1 : len(text)-1])
	}
	var s string
	if json.Unmarshal(text, &s) != nil {
		return ""
	}
	return s
}

// trim removes the white space of JSON from both ends.
func trim(text []byte) []byte { return bytes.Trim(text, " \t\r\n") }
