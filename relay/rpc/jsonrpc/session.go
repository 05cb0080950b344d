package jsonrpc

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
)

// A session is a WebSocket: a goroutine that reads, one that writes, one that
// pings, one that waits for the end, and one for each message and subscription in
// progress.
type session struct {
	server *Server
	client *client
	socket *websocket.Conn
	done   <-chan struct{} // closed when the session has ended
	finish func()          // ends it

	drained chan struct{} // closed: take nothing more
	queue   chan outgoing // to be written
	calls   chan struct{} // a place for each message in progress
	reading atomic.Bool   // it is the client who does nothing
	tasks   tasks
}

// runSession serves a WebSocket until it ends, and returns when all calls on it
// have.
func (p *port) runSession(ctx context.Context, c *client, socket *websocket.Conn) {
	s, limits := p.server, c.rules.config.Limits
	life, finish := context.WithCancel(context.WithoutCancel(ctx))
	x := &session{
		server: s, client: c, socket: socket, done: life.Done(), finish: finish,
		drained: make(chan struct{}), queue: make(chan outgoing, limits.Messages), calls: make(chan struct{}, limits.Calls),
		tasks: tasks{open: map[string]*Sink{}},
	}
	defer finish()
	if !p.join(x) {
		_ = socket.CloseNow()
		return
	}
	defer p.part(x)
	s.metrics.opened.Inc()
	begin := time.Now()
	var loops sync.WaitGroup
	loops.Go(x.write)
	loops.Go(func() { x.ping(life) })
	loops.Go(x.drain)
	x.read(c.withConnection(life))
	finish()
	x.tasks.close()
	_ = socket.CloseNow()
	loops.Wait()
	x.tasks.Wait()
	for len(x.queue) > 0 { // nobody sends any more
		s.backlog.give((<-x.queue).cost)
	}
	s.metrics.ended(time.Since(begin))
}

// read takes messages until the session ends.
func (x *session) read(ctx context.Context) {
	x.socket.SetReadLimit(-1) // Server.readMessage bounds them
	timeouts := x.server.config.Timeouts
	for {
		x.reading.Store(true)
		_, r, err := x.socket.Reader(ctx)
		x.reading.Store(false)
		if err != nil {
			return
		}
		late := time.AfterFunc(timeouts.Read, x.cut)
		text, leave, err := x.server.readMessage(ctx, r, x.client.rules.config.Limits.Request)
		late.Stop()
		switch {
		case errors.Is(err, errTooLarge):
			x.server.metrics.refused.WithLabelValues(refusedSize).Inc()
			x.last(encodeError(noID, x.client.rules.requestSize()), websocket.StatusMessageTooBig, "request is too big")
			<-x.done
			return
		case err != nil:
			return
		}
		select {
		case x.calls <- struct{}{}:
		case <-x.done:
			leave()
			return
		}
		if !x.tasks.begin() {
			leave()
			<-x.done
			return
		}
		go func() {
			defer func() { leave(); <-x.calls; x.tasks.Done() }()
			x.handle(ctx, text)
		}()
	}
}

// handle answers a message.
func (x *session) handle(ctx context.Context, text []byte) {
	timed, stop := context.WithTimeout(ctx, x.server.config.Timeouts.Call)
	defer stop()
	e := exchange{server: x.server, client: x.client, session: x, protocol: "ws"}
	answer := e.answer(timed, text)
	if answer == nil {
		return
	}
	cost := len(answer)
	if !x.server.backlog.take(cost) {
		e.settle(false)
		answer, cost = encodeError(e.id, errBusy), 0
	}
	if x.enqueue(ctx, outgoing{text: answer, cost: cost}) != nil {
		e.settle(false)
	}
	e.settle(true)
}

// ping ends the session when the client does not answer pings. A client whose
// messages are not being read cannot be heard, and is not judged.
func (x *session) ping(ctx context.Context) {
	period := x.server.config.Timeouts.Ping
	tick := time.NewTicker(period)
	defer tick.Stop()
	for unanswered := 0; unanswered < maxUnanswered; {
		select {
		case <-x.done:
			return
		case <-tick.C:
		}
		timed, stop := context.WithTimeout(ctx, period)
		err := x.socket.Ping(timed)
		stop()
		switch {
		case err == nil:
			unanswered = 0
		case x.reading.Load():
			unanswered++
		}
	}
	x.cut()
}

// drain lets the session end in peace when it is told to.
func (x *session) drain() {
	select {
	case <-x.done:
		return
	case <-x.drained:
	}
	x.tasks.close()
	x.tasks.Wait()
	x.last(nil, websocket.StatusGoingAway, "server ends")
}

// slow ends the session of a client that does not take what it is sent.
func (x *session) slow() {
	x.server.metrics.refused.WithLabelValues(refusedSlow).Inc()
	x.cut()
}

// cut ends the session without a word.
func (x *session) cut() {
	_ = x.client.conn.Close()
	x.finish()
}
