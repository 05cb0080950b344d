package jsonrpc

import (
	"bytes"
	"context"
	"errors"
	"io"
)

// errTooLarge: a request is larger than Limits.Request.
var errTooLarge = errors.New("request is too big")

func (r *rules) requestSize() *Error {
	return exceeded(CodeRequestSize, "Request is too big", r.config.Limits.Request)
}

// readMessage reads a message of at most so many bytes, else errTooLarge, and waits
// until it may be answered.
// Few large ones are in memory at a time: leave gives the place of one free.
func (s *Server) readMessage(ctx context.Context, r io.Reader, most int) (text []byte, leave func(), err error) {
	leave = func() {}
	if text, err = io.ReadAll(io.LimitReader(r, int64(min(most+1, largeMessage)))); err != nil {
		return nil, leave, err
	}
	if len(text) == largeMessage {
		select {
		case s.large <- struct{}{}:
			leave = func() { <-s.large }
		case <-ctx.Done():
			return nil, leave, ctx.Err()
		}
		rest := io.LimitReader(r, int64(most+1-len(text)))
		if text, err = io.ReadAll(io.MultiReader(bytes.NewReader(text), rest)); err != nil {
			leave()
			return nil, func() {}, err
		}
	}
	if len(text) > most {
		leave()
		return nil, func() {}, errTooLarge
	}
	s.config.Yield(ctx)
	return text, leave, nil
}
