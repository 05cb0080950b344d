package jsonrpc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
)

// ErrHung: calls did not end within Timeouts.Close after their context was done.
// They still run.
var ErrHung = errors.New("calls do not end")

// Server answers clients of any number of listeners. Its limits are for all of
// them together, but for listeners with rules of their own.
type Server struct {
	rules
	methods map[string]*entry // by name and alias
	log     *zap.Logger
	metrics metrics

	heavy         turnstile
	large         chan struct{} // a place for each large message
	backlog       budget        // bytes
	subscriptions budget
	lastClient    atomic.Uint64
}

// New returns a Server without methods but rpc_methods. It returns what
// Config.Validate does.
func New(c Config) (*Server, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c = c.withDefaults()
	s := &Server{
		rules: rules{config: c}, methods: map[string]*entry{}, log: c.Logger.Named("jsonrpc"), metrics: newMetrics(c.Registerer),
		heavy: turnstile{places: make(chan struct{}, c.Limits.Heavy), most: int32(c.Limits.Waiting)},
		large: make(chan struct{}, maxLarge), backlog: budget{most: int64(c.Limits.Backlog)}, subscriptions: budget{most: maxSubscriptions},
	}
	s.origins, _ = newOrigins(c.Origins)
	s.Method(Method{Name: "rpc_methods", Access: Safe, Call: s.list})
	return s, nil
}

// Serve answers who comes through l until ctx ends. Then it takes nobody and
// nothing more, ends subscriptions, lets calls end and be answered for
// Timeouts.Close, and closes l and every connection.
//
// It returns an error if l fails, and ErrHung if a handler did not heed its
// context. Serve may be called once for each of several listeners, after all
// methods are there.
func (s *Server) Serve(ctx context.Context, l net.Listener) error { return s.serve(ctx, l, &s.rules) }

// ServeBy is Serve for a listener with rules of its own: everything in c but
// Timeouts, Yield, Logger, Registerer and of Limits Heavy, Waiting and Backlog, which stay
// the Server's. It also returns what Config.Validate does.
func (s *Server) ServeBy(ctx context.Context, l net.Listener, c Config) error {
	if err := c.Validate(); err != nil {
		return err
	}
	by := &rules{config: c.withDefaults()}
	by.origins, _ = newOrigins(by.config.Origins)
	return s.serve(ctx, l, by)
}

// rules say who is answered, and how much.
type rules struct {
	config      Config
	origins     origins
	connections atomic.Int32
}

func (s *Server) serve(ctx context.Context, l net.Listener, by *rules) error {
	unsafe := by.config.Exposure == UnsafeToAll || by.config.Exposure == Auto && isLoopback(l.Addr())
	p := &port{server: s, sessions: map[*session]struct{}{}}
	t := s.config.Timeouts
	server := &http.Server{
		Handler: p, ReadHeaderTimeout: t.Header, IdleTimeout: t.Idle, WriteTimeout: t.Header + t.Read + t.Call + t.Write,
		MaxHeaderBytes: maxHeader, ErrorLog: log.New(io.Discard, "", 0), // clients' faults
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, clientKey{}, s.newClient(c, by, unsafe))
		},
	}
	ended := make(chan error, 1)
	go func() {
		ended <- server.Serve(&gate{Listener: l, open: &by.connections, most: int32(by.config.Limits.Connections)})
	}()
	s.log.Info("listening", zap.Stringer("address", l.Addr()), zap.Bool("unsafe", unsafe))
	var err error
	select {
	case err = <-ended:
		err = fmt.Errorf("listener of JSON-RPC: %w", err)
	case <-ctx.Done():
	}
	patience, stop := context.WithTimeout(context.WithoutCancel(ctx), t.Close)
	defer stop()
	p.drain()
	_ = server.Shutdown(patience) // what is left then is closed
	_ = server.Close()
	if !p.wait(patience) {
		err = errors.Join(err, ErrHung)
	}
	if err == nil {
		<-ended
	}
	return err
}

// A port is one listener and its WebSockets.
type port struct {
	server *Server

	// mu guards what follows: every connection is a goroutine of its own.
	mu       sync.Mutex
	draining bool
	sessions map[*session]struct{}
	running  sync.WaitGroup // requests, a session with all it started is one
}

// enter has wait know of a request, which then exits. It returns false if the port
// is draining.
func (p *port) enter() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.draining {
		return false
	}
	p.running.Add(1)
	return true
}

func (p *port) exit() { p.running.Done() }

// join has drain know a session, which then parts. It returns false if the port is
// draining.
func (p *port) join(x *session) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.draining {
		return false
	}
	p.sessions[x] = struct{}{}
	return true
}

func (p *port) part(x *session) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.sessions, x)
}

// drain has every session take nothing more, end its subscriptions, answer what it
// has taken, and close.
func (p *port) drain() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.draining = true
	for x := range p.sessions {
		close(x.drained)
	}
}

// wait returns true when all requests have ended. When patience ends before, it
// cuts them off and gives handlers a moment to see that.
func (p *port) wait(patience context.Context) bool {
	done := make(chan struct{})
	go func() {
		p.running.Wait()
		close(done)
	}()
	select {
	case <-done:
		return true
	case <-patience.Done():
	}
	p.mu.Lock()
	for x := range p.sessions {
		x.cut()
	}
	p.mu.Unlock()
	grace := time.NewTimer(time.Second)
	defer grace.Stop()
	select {
	case <-done:
		return true
	case <-grace.C:
		return false
	}
}
