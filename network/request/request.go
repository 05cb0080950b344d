package request

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	libp2p "github.com/libp2p/go-libp2p/core/protocol"
	"github.com/multiformats/go-multistream"
	"go.uber.org/zap"

	"github.com/rampart-chain/rampart/network/protocol"
	"github.com/rampart-chain/rampart/network/reputation"
	"github.com/rampart-chain/rampart/relay/failpoint"
	"github.com/rampart-chain/rampart/relay/supervise"
)

// Handler answers one request of a peer. It is called from many goroutines at
// once, at most Config.Workers per protocol. ctx ends at the deadline. request
// belongs to the handler; the response must not change after it is returned. An
// error that wraps a Refusal refuses with its text, any other with Internal.
type Handler func(ctx context.Context, from peer.ID, request []byte) (response []byte, err error)

// route is one protocol: its limits, its handler and who waits for it.
type route struct {
	protocol.Limits
	id      libp2p.ID
	handler Handler
	workers chan struct{} // one token per running handler
	waiting atomic.Int64
}

func (r *route) deadline() time.Duration { return time.Duration(r.Deadline) * time.Millisecond }

// Service asks and answers requests. Its methods may be called from any
// goroutine.
type Service struct {
	config   Config
	routes   map[protocol.Name]*route
	metrics  *metrics
	outgoing atomic.Int64 // bytes of responses being sent

	// mu guards what follows. A loop would not do: libp2p calls every stream
	// handler from a goroutine of its own.
	mu      sync.Mutex
	running bool
	ended   bool
	open    map[peer.ID]int
	serving sync.WaitGroup
}

// New returns a Service that answers nothing before Run.
func New(c Config) (*Service, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c = c.withDefaults()
	c.Logger = c.Logger.Named("request")
	m, err := newMetrics(c.Registerer)
	if err != nil {
		return nil, fmt.Errorf("request metrics: %w", err)
	}
	s := &Service{config: c, routes: map[protocol.Name]*route{}, metrics: m, open: map[peer.ID]int{}}
	for _, l := range c.Protocols {
		s.routes[l.Name] = &route{
			Limits: l, id: libp2p.ID(protocol.RequestID(c.Genesis, l.Name)), workers: make(chan struct{}, c.Workers),
		}
	}
	return s, nil
}

// Handle answers protocol name with h once Run runs. ErrUnknownProtocol if name
// is not among Config.Protocols, ErrHandled if it has a handler, ErrRunning if
// Run was called.
func (s *Service) Handle(name protocol.Name, h Handler) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.routes[name]
	switch {
	case r == nil:
		return fmt.Errorf("%s: %w", name, ErrUnknownProtocol)
	case s.running:
		return fmt.Errorf("%s: %w", name, ErrRunning)
	case r.handler != nil:
		return fmt.Errorf("%s: %w", name, ErrHandled)
	}
	r.handler = h
	return nil
}

// Run answers peers until ctx ends, then resets the open streams and returns
// when their handlers have. Call it once.
func (s *Service) Run(ctx context.Context) error {
	s.mu.Lock()
	if s.running {
		s.mu.Unlock()
		return ErrRunning
	}
	s.running = true
	s.mu.Unlock()
	for _, r := range s.routes {
		if r.handler == nil {
			continue
		}
		s.config.Host.SetStreamHandler(r.id, func(stream network.Stream) { s.accept(ctx, r, stream) })
	}
	s.idle(ctx)
	for _, r := range s.routes {
		if r.handler != nil {
			s.config.Host.RemoveStreamHandler(r.id)
		}
	}
	s.mu.Lock()
	s.ended = true
	s.mu.Unlock()
	s.serving.Wait()
	return nil
}

// idle waits for the end of ctx. Meanwhile it takes the lock now and then, as
// every request does.
func (s *Service) idle(ctx context.Context) {
	tick := time.NewTicker(supervise.Idle)
	defer tick.Stop()
	for {
		s.config.Beat.Alive()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.mu.Lock()
			s.metrics.open.Set(float64(s.inOpen()))
			s.mu.Unlock()
		}
	}
}

// inOpen returns how many requests of peers are open. The caller holds mu.
func (s *Service) inOpen() int {
	open := 0
	for _, n := range s.open {
		open += n
	}
	return open
}

// Do asks peer id and returns its response, at most Limits.MaxResponse bytes,
// which belong to the caller. It never dials: ErrNotConnected if there is no
// connection. The error wraps a Refusal if the peer refused, else a Reason of
// this package, context.Canceled, or what the stream says.
func (s *Service) Do(ctx context.Context, id peer.ID, name protocol.Name, request []byte) ([]byte, error) {
	r := s.routes[name]
	if r == nil {
		return nil, fmt.Errorf("%s: %w", name, ErrUnknownProtocol)
	}
	if len(request) > r.MaxRequest {
		return nil, fmt.Errorf("%s request of %d bytes: %w", name, len(request), ErrTooLarge)
	}
	begin := time.Now()
	response, err := s.exchange(ctx, r, id, request)
	took := time.Since(begin)
	if err == nil {
		s.metrics.outSuccess.WithLabelValues(string(name)).Observe(took.Seconds())
		return response, nil
	}
	err = s.blame(ctx, id, err)
	s.metrics.outFailure.WithLabelValues(string(name), failureLabel(err)).Inc()
	s.config.Logger.Debug("request got no answer", zap.String("protocol", string(name)),
		zap.Stringer("peer", id), zap.Duration("took", took), zap.NamedError("reason", err))
	return nil, fmt.Errorf("%s request: %w", name, err)
}

// exchange writes the request and reads the response on a new stream, which it
// always ends by the deadline.
func (s *Service) exchange(ctx context.Context, r *route, id peer.ID, request []byte) ([]byte, error) {
	if s.config.Host.Network().Connectedness(id) != network.Connected {
		return nil, ErrNotConnected
	}
	ctx, cancel := context.WithTimeout(ctx, r.deadline())
	defer cancel()
	stream, err := s.config.Host.NewStream(network.WithNoDial(ctx, "request"), id, r.id)
	if err != nil {
		return nil, err
	}
	// Reset frees the stream at once, whatever it waits for; after Close it does
	// nothing.
	stop := context.AfterFunc(ctx, func() { stream.Reset() })
	defer stop()
	response, err := write(stream, appendFrame(nil, request), r.MaxResponse)
	if err != nil {
		stream.Reset()
		if ctx.Err() != nil {
			err = ctx.Err()
		}
		return nil, err
	}
	stream.Close()
	return response, nil
}

// write sends frame and reads the response. A peer may refuse before it has read
// the whole request, which then cannot be written: its refusal counts.
func write(stream network.Stream, frame []byte, limit int) ([]byte, error) {
	failpoint.Here(failpoint.SendRequestBefore)
	_, err := stream.Write(frame)
	if err == nil {
		err = stream.CloseWrite()
	}
	failpoint.Here(failpoint.SendRequestAfter)
	response, readErr := readResponse(stream, limit)
	var refusal Refusal
	if errors.As(readErr, &refusal) || err == nil {
		return response, readErr
	}
	return nil, err
}

// blame turns err into the Reason it stands for and reports what is the peer's
// fault. It is the one place that maps failures of requests to verdicts.
func (s *Service) blame(ctx context.Context, id peer.ID, err error) error {
	var refusal Refusal
	var unsupported multistream.ErrNotSupported[libp2p.ID]
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &refusal):
		s.config.Report(id, reputation.Refused)
	case errors.Is(err, ErrTooLarge):
		s.config.Report(id, reputation.Oversize)
	case errors.Is(err, ErrMalformed):
		s.config.Report(id, reputation.Malformed)
	case errors.Is(err, context.DeadlineExceeded):
		s.config.Report(id, reputation.Timeout)
		return ErrTimeout
	case errors.As(err, &unsupported):
		return ErrUnsupported
	}
	return err
}

// failureLabel returns a label for err out of a closed set.
func failureLabel(err error) string {
	var refusal Refusal
	var reason Reason
	switch {
	case errors.As(err, &refusal):
		return "refused"
	case errors.As(err, &reason):
		return string(reason)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return "canceled"
	}
	return "stream"
}
