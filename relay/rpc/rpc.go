// Package rpc serves the JSON-RPC methods of one chain of a node, over WebSocket and
// HTTP: the methods that Substrate nodes always had (package legacy) and those of
// the JSON-RPC interface specification (package v1).
//
//	New   listens       address → Server
//	Run   answers       until its context ends
//
// What a method does is decided by those packages; who is answered, and how much, by
// package jsonrpc.
package rpc

import (
	"context"
	"errors"
	"fmt"
	"net"
	"syscall"

	"golang.org/x/sync/errgroup"

	"github.com/rampart-chain/rampart/relay/rpc/backend"
	"github.com/rampart-chain/rampart/relay/rpc/jsonrpc"
	"github.com/rampart-chain/rampart/relay/rpc/legacy"
	v1 "github.com/rampart-chain/rampart/relay/rpc/v1"
	"github.com/rampart-chain/rampart/relay/transactions"
)

// Endpoint is where and whom a server answers: the operator's choice.
type Endpoint struct {
	// Listen are addresses, host:port; port 0 is any free one. None: no server.
	Listen []string
	// AnyPort takes any free port if that of an address is in use.
	AnyPort bool
	// Optional leaves an address out that cannot be listened on.
	Optional bool
	// JSONRPC says who is answered and how much.
	JSONRPC jsonrpc.Config
	// More are endpoints of the same server whose rules differ; see
	// jsonrpc.Server.ServeBy. More of More is not looked at.
	More []Endpoint
}

// Backend is what the methods are about. Transactions, Network and Keys may be nil:
// methods that need them are absent then.
type Backend struct {
	Chain        backend.Chain
	Transactions *transactions.Pool
	Network      backend.Network
	Keys         backend.Keys
	// Archive says that the state of every final block is kept.
	Archive bool
}

// Server serves the methods of one chain.
type Server struct {
	server    *jsonrpc.Server
	listeners []listener
}

// listener is an open listener and the rules for who comes through it.
type listener struct {
	net.Listener
	rules *jsonrpc.Config // nil: those of the server
}

// New listens, and answers nobody before Run.
func New(e Endpoint, b Backend) (*Server, error) {
	server, err := jsonrpc.New(e.JSONRPC)
	if err != nil {
		return nil, err
	}
	legacy.Register(server, legacy.Config{Chain: b.Chain, Transactions: b.Transactions, Network: b.Network, Keys: b.Keys})
	v1.Register(server, v1.Config{Chain: b.Chain, Transactions: b.Transactions, Archive: b.Archive, Logger: e.JSONRPC.Logger})
	s := &Server{server: server}
	err = s.open(e, nil)
	for _, more := range e.More {
		if err == nil {
			err = errors.Join(more.JSONRPC.Validate(), s.open(more, &more.JSONRPC))
		}
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// open listens on the addresses of an endpoint.
func (s *Server) open(e Endpoint, rules *jsonrpc.Config) error {
	for _, address := range e.Listen {
		l, err := listen(address, e.AnyPort)
		if err != nil && e.Optional {
			continue
		}
		if err != nil {
			return fmt.Errorf("JSON-RPC: %w", err)
		}
		s.listeners = append(s.listeners, listener{l, rules})
	}
	return nil
}

// listen listens on an address, or on another port of its host if that may be.
func listen(address string, anyPort bool) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) && anyPort {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		return net.Listen("tcp", net.JoinHostPort(host, "0"))
	}
	return l, err
}

// Addresses returns where the server can be reached: host:port each.
func (s *Server) Addresses() []string {
	out := make([]string, len(s.listeners))
	for i, l := range s.listeners {
		out[i] = l.Addr().String()
	}
	return out
}

// Run answers until ctx ends. It returns an error if a listener fails. Everything is
// closed then.
func (s *Server) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { // there may be no listener
		<-ctx.Done()
		return nil
	})
	for _, l := range s.listeners {
		group.Go(func() error {
			if l.rules != nil {
				return s.server.ServeBy(ctx, l, *l.rules)
			}
			return s.server.Serve(ctx, l)
		})
	}
	return group.Wait()
}

// Close stops listening. Run does it too.
func (s *Server) Close() error {
	var errs []error
	for _, l := range s.listeners {
		if err := l.Close(); !errors.Is(err, net.ErrClosed) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
