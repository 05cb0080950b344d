package jsonrpc

import (
	"context"
	"net"

	"golang.org/x/time/rate"
)

// client is a connection as the calls on it see it.
type client struct {
	Connection
	rules   *rules
	conn    net.Conn
	refused bool          // there are too many
	rate    *rate.Limiter // nil lets all pass
}

type (
	clientKey     struct{}
	connectionKey struct{}
)

func (s *Server) newClient(conn net.Conn, by *rules, unsafe bool) *client {
	v, _ := conn.(*visitor)
	c := &client{
		Connection: Connection{ID: s.lastClient.Add(1), Unsafe: unsafe},
		rules:      by, conn: conn, refused: v != nil && v.refused,
	}
	if perMinute := by.config.Limits.Rate; perMinute > 0 { // all at once or spread
		c.rate = rate.NewLimiter(rate.Limit(perMinute)/60, perMinute)
	}
	return c
}

// Connection says on which connection a call came.
type Connection struct {
	// ID is different for every connection of a Server, and never 0.
	ID uint64
	// Unsafe says whether unsafe methods may be called on it.
	Unsafe bool
	done   <-chan struct{}
}

// Done is closed when the WebSocket ends, or the call if it came by HTTP: the time
// to forget what was kept for the client.
func (c Connection) Done() <-chan struct{} { return c.done }

// ConnectionOf returns the connection on which the call came whose context this
// is. It is the zero Connection for any other context.
func ConnectionOf(ctx context.Context) Connection {
	c, _ := ctx.Value(connectionKey{}).(Connection)
	return c
}

// withConnection returns a context of calls on c, which ends with ctx.
func (c *client) withConnection(ctx context.Context) context.Context {
	connection := c.Connection
	connection.done = ctx.Done()
	return context.WithValue(ctx, connectionKey{}, connection)
}
