package jsonrpc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// Codes of errors that this package answers with. Those of the JSON-RPC 2.0
// specification first, then those of jsonrpsee (types/src/error.rs) and of
// polkadot-sdk (substrate/client/rpc-servers/src/middleware/mod.rs).
const (
	CodeParse          = -32700 // not JSON, not UTF-8, or nested too deep
	CodeInvalidRequest = -32600 // JSON, but no request
	CodeMethodNotFound = -32601 // no such method, or it is not for this client
	CodeInvalidParams  = -32602
	CodeInternal       = -32603

	CodeCallFailed        = -32000 // also: the call took too long
	CodeBatchRefused      = -32005 // the server takes no batches
	CodeSubscriptions     = -32006 // too many subscriptions
	CodeRequestSize       = -32007
	CodeResponseSize      = -32008
	CodeBusy              = -32009 // too many heavy calls, or too much to send
	CodeBatchSize         = -32010 // too many calls in a batch
	CodeBatchResponseSize = -32011
	CodeRate              = -32999 // too many calls a minute
)

// Error is the error object of an answer. A handler returns one to choose what
// the client sees; any other error is logged and shown as CodeInternal.
type Error struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	// Data says more, as any JSON. Omitted if nil.
	Data any `json:"data,omitempty"`
}

// Error returns code, message and data in one line, as polkadot.js shows them.
func (e *Error) Error() string {
	if e.Data == nil {
		return fmt.Sprintf("%d: %s", e.Code, e.Message)
	}
	return fmt.Sprintf("%d: %s: %v", e.Code, e.Message, e.Data)
}

// Errors without data of their own.
var (
	errInvalidRequest = &Error{Code: CodeInvalidRequest, Message: "Invalid request"}
	errNotFound       = &Error{Code: CodeMethodNotFound, Message: "Method not found"}
	errUnsafe         = &Error{Code: CodeMethodNotFound, Message: "RPC call is unsafe to be called externally"}
	errNeedsSocket    = &Error{Code: CodeMethodNotFound, Message: "Method not found", Data: "this method needs a WebSocket"}
	errInternal       = &Error{Code: CodeInternal, Message: "Internal error"}
	errBatchRefused   = &Error{Code: CodeBatchRefused, Message: "Batched requests are not supported by this server"}
	errBusy           = &Error{Code: CodeBusy, Message: "Server is busy, try again later"}
	errRate           = &Error{Code: CodeRate, Message: "RPC rate limit exceeded"}
	errTooLong        = &Error{Code: CodeCallFailed, Message: "Call took too long"}
	errEnding         = &Error{Code: CodeCallFailed, Message: "Call was canceled"}
)

// parseError is CodeParse with what is wrong.
func parseError(why string) *Error { return &Error{CodeParse, "Parse error", why} }

// InvalidParams is CodeInvalidParams with what is wrong, for handlers that check
// more than types.
func InvalidParams(why string) *Error { return &Error{CodeInvalidParams, "Invalid params", why} }

// exceeded is an error about a limit, with the data that jsonrpsee gives.
func exceeded(code int, message string, limit int) *Error {
	return &Error{code, message, fmt.Sprintf("Exceeded max limit of %d", limit)}
}

// shown returns what a client is told of the error of a handler. Known says
// whether it was meant for clients; an unknown one must be logged.
func shown(err error) (e *Error, known bool) {
	var own *Error
	switch {
	case errors.As(err, &own) && own != nil:
		return own, true
	case errors.Is(err, context.DeadlineExceeded):
		return errTooLong, true
	case errors.Is(err, context.Canceled), errors.Is(err, ErrEnded), errors.Is(err, ErrSlow):
		return errEnding, true
	}
	return errInternal, false
}

// noID is the id of an answer to what had none that could be read.
var noID = json.RawMessage("null")

// encodeResult returns the answer to id. The size of a result in bytes is at most
// limit, else the answer is CodeResponseSize.
func encodeResult(id json.RawMessage, result any, limit int) ([]byte, *Error) {
	text, err := encode(result)
	if err != nil {
		return encodeError(id, errInternal), errInternal
	}
	if len(text) > limit {
		e := exceeded(CodeResponseSize, "Response is too big", limit)
		return encodeError(id, e), e
	}
	out := make([]byte, 0, len(text)+len(id)+32)
	out = append(append(out, `{"jsonrpc":"2.0","id":`...), id...)
	out = append(append(out, `,"result":`...), text...)
	return append(out, '}'), nil
}

// encodeError returns the answer to id that says e.
func encodeError(id json.RawMessage, e *Error) []byte {
	text, err := json.Marshal(e)
	if err != nil { // its data cannot be shown
		text, _ = json.Marshal(Error{Code: e.Code, Message: e.Message})
	}
	out := make([]byte, 0, len(text)+len(id)+32)
	out = append(append(out, `{"jsonrpc":"2.0","id":`...), id...)
	out = append(append(out, `,"error":`...), text...)
	return append(out, '}')
}

// encode returns v as JSON. A json.RawMessage is taken as it is: who sends the
// same to many encodes once.
func encode(v any) ([]byte, error) {
	if raw, ok := v.(json.RawMessage); ok && len(raw) > 0 {
		return raw, nil
	}
	return json.Marshal(v)
}
