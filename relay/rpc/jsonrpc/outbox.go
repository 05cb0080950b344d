package jsonrpc

import (
	"context"
	"time"

	"github.com/coder/websocket"
)

// outgoing is a message to be written. Cost is what it takes of the backlog. With
// a status it is the last.
type outgoing struct {
	text   []byte
	cost   int
	status websocket.StatusCode
	reason string
}

// send has a notification written. A client whose notification finds no room does
// not take enough, and is cut off.
func (x *session) send(ctx context.Context, text []byte) error {
	if !x.server.backlog.take(len(text)) {
		x.slow()
		return ErrSlow
	}
	return x.enqueue(ctx, outgoing{text: text, cost: len(text)})
}

// enqueue waits for a place in the queue, but not longer than Timeouts.Write.
func (x *session) enqueue(ctx context.Context, m outgoing) error {
	select {
	case x.queue <- m:
		return nil
	default:
	}
	late := time.NewTimer(x.server.config.Timeouts.Write)
	defer late.Stop()
	err := ErrEnded
	select {
	case x.queue <- m:
		return nil
	case <-ctx.Done():
	case <-x.done:
	case <-late.C:
		x.slow()
		err = ErrSlow
	}
	x.server.backlog.give(m.cost)
	return err
}

// last has a message written, and the socket closed after it.
func (x *session) last(text []byte, status websocket.StatusCode, reason string) {
	select {
	case x.queue <- outgoing{text: text, status: status, reason: reason}:
	case <-x.done:
	}
}

// write writes messages until the session ends.
func (x *session) write() {
	defer x.finish()
	for {
		select {
		case <-x.done:
			return
		case m := <-x.queue:
			err := x.writeMessage(m)
			x.server.backlog.give(m.cost)
			if err != nil {
				x.cut()
				return
			}
			if m.status != 0 {
				_ = x.socket.Close(m.status, m.reason)
				return
			}
		}
	}
}

// writeMessage writes a message, a large one in parts, between which pings are
// answered.
func (x *session) writeMessage(m outgoing) error {
	if len(m.text) == 0 {
		return nil
	}
	ctx, stop := context.WithTimeout(context.Background(), x.server.config.Timeouts.Write)
	defer stop()
	if len(m.text) <= largeMessage {
		return x.socket.Write(ctx, websocket.MessageText, m.text)
	}
	w, err := x.socket.Writer(ctx, websocket.MessageText)
	if err != nil {
		return err
	}
	for rest := m.text; len(rest) > 0; {
		part := rest[:min(len(rest), largeMessage)]
		if _, err := w.Write(part); err != nil {
			return err
		}
		rest = rest[len(part):]
	}
	return w.Close()
}
